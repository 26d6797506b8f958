from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class UiConfig(AppConfig):
    name = "admitone.ui"
    label = "ui"

    def ready(self) -> None:
        # whitenoise warns about a missing root, and warnings are errors in tests
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
