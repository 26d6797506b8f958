from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "admitone.contacts"
    label = "contacts"
