from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "admitone.calls"
    label = "calls"
