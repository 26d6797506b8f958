from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "admitone.api"
    label = "api"
