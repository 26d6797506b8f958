from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def install_guards(using: str, **_: Any) -> None:
    from admitone.booking import guards

    guards.install(using)


class BookingConfig(AppConfig):
    name = "admitone.booking"
    label = "booking"

    def ready(self) -> None:
        import_module("admitone.booking.handlers")
        post_migrate.connect(install_guards, sender=self)
