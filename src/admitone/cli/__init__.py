"""The `admitone` command: one file a noun, each a thin door to services."""

import os

import click


@click.group()
@click.version_option(package_name="admitone")
def main() -> None:
    """Admit One: scheduling around the one-time booking link."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "admitone.config.settings")
