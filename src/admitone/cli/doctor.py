"""`admitone doctor`, `keys` and `outbox`: look after an installation."""

from __future__ import annotations

import os
from email import message_from_bytes, policy
from pathlib import Path

import click
from django.utils import timezone

from admitone.cli.boot import boot


@click.command()
def doctor() -> None:
    """Check database, migrations, guards, keys, mail and address; exit code 1 if something needs to be mended."""
    boot()
    from admitone.api.health import problems

    faults = problems(timezone.now(), with_worker=False)
    for fault in faults:
        click.secho(f"✗ {fault}", fg="red")
    for remark in remarks(answers=not faults):
        click.secho(f"! {remark}", fg="yellow")
    if faults:
        raise SystemExit(1)
    click.secho("✓ Nothing is wrong.", fg="green")


def remarks(*, answers: bool) -> list[str]:
    """What works, but not for others. `answers` says whether the database can be asked."""
    from django.conf import settings

    from admitone.accounts.addresses import is_private_base
    from admitone.jobs.queries import worker_alive

    found = []
    if answers and not worker_alive(timezone.now()):
        found.append("No background worker is running now: mails and reminders wait until one does.")
    if is_private_base():
        found.append(f"Only this computer can open links: ADMITONE_BASE_URL is {settings.BASE_URL}.")
    if not settings.ENV.smtp_url:
        found.append("ADMITONE_SMTP_URL is not set: account mail lands in system-mail/, see `admitone outbox`.")
    return found


@click.group()
def keys() -> None:
    """Keys that make links unforgeable."""


@keys.command("new")
@click.option("--add", is_flag=True, help="Append it to link-keys; new links use it, old links keep working.")
def new_key(add: bool) -> None:
    """Print a new key for ADMITONE_LINK_KEYS, or add it to the data directory."""
    boot()
    from admitone.accounts.keyring import key_path
    from admitone.logic.tokens import Keyring, new_entry

    path = key_path()
    present = Keyring.parse(path.read_text()).keys if path.exists() else ()
    entry = new_entry(max((kid for kid, _ in present), default=0) + 1)
    if not add:
        click.echo(entry)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(entry + "\n")
    click.echo(f"Added key {entry.partition(':')[0]}. Restart the server to use it.")


@keys.command("retire")
@click.argument("kid", type=int)
@click.option("--yes", is_flag=True, help="Do it; without this only say what would happen.")
def retire_key(kid: int, yes: bool) -> None:
    """Remove key KID: every link signed with it stops working."""
    boot()
    from admitone.accounts.keyring import key_path
    from admitone.links.models import OneTimeLink
    from admitone.links.queries import having_status

    path = key_path()
    lines = path.read_text().replace(",", "\n").split() if path.exists() else []
    left = [line for line in lines if line.partition(":")[0] != str(kid)]
    if len(left) == len(lines) or not left:
        raise click.ClickException("There is no such key in link-keys, or it is the only one.")
    count = OneTimeLink.objects.filter(having_status("active", timezone.now())).count()
    click.echo(f"Up to {count} active links were signed with it, and every appointment's manage link of that time.")
    if not yes:
        raise click.ClickException("Nothing was changed. Say --yes to retire it.")
    path.write_text("\n".join(left) + "\n")
    click.echo(f"Retired key {kid}. Restart the server.")


@click.command()
@click.option("--limit", default=5, show_default=True)
def outbox(limit: int) -> None:
    """Print the newest account mails (resets, invitations) of an installation without a mail server."""
    boot()
    from django.conf import settings

    folder = Path(settings.ENV.data_dir) / "system-mail"
    for path in sorted(folder.glob("*.eml"), reverse=True)[:limit]:
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain", "html"))
        click.secho(f"{mail['date']}  to {mail['to']}: {mail['subject']}", bold=True)
        click.echo(body.get_content().strip() + "\n" if body else "")
