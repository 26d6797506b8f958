from importlib import import_module

from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "admitone.links"
    label = "links"

    def ready(self) -> None:
        import_module("admitone.links.handlers")
