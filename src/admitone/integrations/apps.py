from importlib import import_module

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "admitone.integrations"
    label = "integrations"

    def ready(self) -> None:
        """Let the busy sources, calendar servers and the channel that asks typed-in addresses register themselves."""
        import_module("admitone.integrations.ics_feed")
        import_module("admitone.integrations.caldav")
        import_module("admitone.integrations.google")
        import_module("admitone.integrations.microsoft")
        import_module("admitone.integrations.sources")
        import_module("admitone.integrations.writing")  # its tasks
        import_module("admitone.integrations.handlers")
        import_module("admitone.integrations.sms_http")
        import_module("admitone.integrations.payments")  # its task
