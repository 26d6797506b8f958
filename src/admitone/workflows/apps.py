from importlib import import_module

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "admitone.workflows"
    label = "workflows"

    def ready(self) -> None:
        import_module("admitone.workflows.handlers")
        import_module("admitone.workflows.ticking")
