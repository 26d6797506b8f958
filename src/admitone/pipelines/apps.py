from django.apps import AppConfig


class PipelinesConfig(AppConfig):
    name = "admitone.pipelines"
    label = "pipelines"
