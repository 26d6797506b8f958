from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "admitone.accounts"
    label = "accounts"
