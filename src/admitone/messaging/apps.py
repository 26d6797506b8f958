from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "admitone.messaging"
    label = "messaging"
