from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "admitone.ui"
    label = "ui"
