from django.apps import AppConfig


class ManageConfig(AppConfig):
    name = "admitone.manage"
    label = "manage"
