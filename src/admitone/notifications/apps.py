from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "admitone.notifications"
    label = "notifications"

    def ready(self) -> None:
        import_module("admitone.notifications.answers")
        import_module("admitone.notifications.handlers")
        import_module("admitone.notifications.waiting")
