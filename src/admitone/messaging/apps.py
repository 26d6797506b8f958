from importlib import import_module

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "admitone.messaging"
    label = "messaging"

    def ready(self) -> None:
        import_module("admitone.messaging.tasks")
