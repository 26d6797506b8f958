from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "admitone.integrations"
    label = "integrations"
