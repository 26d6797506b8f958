from importlib import import_module

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "admitone.calendars"
    label = "calendars"

    def ready(self) -> None:
        import_module("admitone.calendars.handlers")
