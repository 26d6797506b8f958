from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "admitone.links"
    label = "links"
