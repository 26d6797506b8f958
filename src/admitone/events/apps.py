from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "admitone.events"
    label = "events"
