from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "admitone.jobs"
    label = "jobs"
