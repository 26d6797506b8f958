from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "admitone.forms"
    label = "forms"
