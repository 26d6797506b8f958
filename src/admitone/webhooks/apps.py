from importlib import import_module

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "admitone.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        import_module("admitone.webhooks.handlers")
