from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "admitone.public"
    label = "public"
