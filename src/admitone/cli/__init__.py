"""The `admitone` command: one file a noun, each a thin door to services."""

import os

import click

from admitone.cli import doctor as care
from admitone.cli import serve as processes
from admitone.cli.backup import backup, restore
from admitone.cli.demo import demo
from admitone.cli.jobs import jobs
from admitone.cli.links import links
from admitone.cli.slots import slots_command


@click.group()
@click.version_option(package_name="admitone")
def main() -> None:
    """Admit One: scheduling around the one-time booking link."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "admitone.config.settings")


for command in (slots_command, jobs, demo, links, backup, restore, care.doctor, care.keys, care.outbox):
    main.add_command(command)
for process in processes.COMMANDS:
    main.add_command(process)
