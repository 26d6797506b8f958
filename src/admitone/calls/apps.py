from importlib import import_module

from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "admitone.calls"
    label = "calls"

    def ready(self) -> None:
        import_module("admitone.calls.missing")  # its task
