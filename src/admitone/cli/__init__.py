"""The `admitone` command: one file a noun, each a thin door to services."""

import os

import click

from admitone.cli import serve as processes
from admitone.cli.demo import demo
from admitone.cli.jobs import jobs
from admitone.cli.slots import slots_command


@click.group()
@click.version_option(package_name="admitone")
def main() -> None:
    """Admit One: scheduling around the one-time booking link."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "admitone.config.settings")


main.add_command(slots_command)
main.add_command(jobs)
main.add_command(demo)
for process in processes.COMMANDS:
    main.add_command(process)
