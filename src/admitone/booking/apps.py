from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "admitone.booking"
    label = "booking"
