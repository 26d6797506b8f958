"""The `admitone` command: one file a noun, each a thin door to services."""

import errno
import os
from typing import Any

import click
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from admitone.cli import doctor as care
from admitone.cli import serve as processes
from admitone.cli.backup import backup, restore
from admitone.cli.demo import demo
from admitone.cli.erasures import erasures
from admitone.cli.jobs import jobs
from admitone.cli.links import links
from admitone.cli.slots import slots_command

#: What the machine refuses, not the program: no permission, read-only, disk or quota full.
REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


class Commands(click.Group):
    """Tells what the operator can mend in one line; everything else keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ImproperlyConfigured as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            raise click.ClickException(f"The database refuses: {str(error).strip()}.") from error
        except OSError as error:
            if error.errno not in REFUSED:
                raise
            raise click.ClickException(f"{error.strerror}: {error.filename or 'the data directory'}.") from error


@click.group(cls=Commands)
@click.version_option(package_name="admitone")
def main() -> None:
    """Admit One: scheduling around the one-time booking link."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "admitone.config.settings")


for command in (slots_command, jobs, demo, links, backup, restore, erasures, care.doctor, care.keys, care.outbox):
    main.add_command(command)
for process in processes.COMMANDS:
    main.add_command(process)
