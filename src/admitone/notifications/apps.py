from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "admitone.notifications"
    label = "notifications"
