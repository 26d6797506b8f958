from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "admitone.calendars"
    label = "calendars"
