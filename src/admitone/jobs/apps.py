from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "admitone.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Import every app's `tasks` module, so that a worker knows all tasks by name."""
        autodiscover_modules("tasks")
