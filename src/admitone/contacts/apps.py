from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ContactsConfig(AppConfig):
    name = "admitone.contacts"
    label = "contacts"

    def ready(self) -> None:
        """Import every app's `personal` module, so that merging and erasing know all rows about a person."""
        import_module("admitone.contacts.own_data")
        import_module("admitone.contacts.jobs")
        autodiscover_modules("personal")
