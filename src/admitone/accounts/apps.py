from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "admitone.accounts"
    label = "accounts"

    def ready(self) -> None:
        from admitone.accounts import tasks  # noqa: F401
