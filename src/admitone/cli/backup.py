"""`admitone backup` and `restore`: one SQLite file copied while it is in use; keys only when asked for."""

from __future__ import annotations

import json
import os
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from io import BytesIO
from pathlib import Path

import click
from django.utils import timezone

from admitone.cli.boot import boot
from admitone.cli.erasures import erased_in, replay

DATABASE, MANIFEST = "admitone.sqlite3", "manifest.json"
KEYS = ("link-keys", "secret-key")


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Add link-keys and secret-key: keep such a file as safe as the keys.")
def backup(target: Path, with_keys: bool) -> None:
    """Write a consistent copy of a running installation to TARGET (.tar.gz)."""
    boot()
    from django.conf import settings

    source = sqlite_file()
    keys = [name for name in KEYS if with_keys and (settings.ENV.data_dir / name).exists()]
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as folder:
        copy = Path(folder) / DATABASE
        copy_database(source, copy)
        draft = Path(folder) / "backup.tar.gz"
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            archive.add(copy, DATABASE)
            add_text(archive, MANIFEST, json.dumps({"made_at": timezone.now().isoformat(), "keys": keys}))
            for name in keys:
                archive.add(settings.ENV.data_dir / name, name)
        draft.replace(target)
    click.echo(f"Wrote {target} ({target.stat().st_size:,} bytes).")
    if not with_keys:
        click.echo(
            "Keys are not in it: keep link-keys and secret-key apart, without them links already sent stop working."
        )


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that is already there; it is kept as .before-restore.")
def restore(source: Path, force: bool) -> None:
    """Put the backup SOURCE into the data directory. The server must be stopped."""
    boot()
    from django.conf import settings

    from admitone.cli import server

    target = sqlite_file()
    forgotten = erased_in(target)
    with server.sole_user(settings.ENV.data_dir):
        if target.exists() and not force:
            raise click.ClickException(f"{target.name} is already there. Use --force to replace it (a copy is kept).")
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            members = unpack(source, Path(folder))
            keep_aside(target)
            (Path(folder) / DATABASE).replace(target)
            for name in (name for name in KEYS if name in members):
                put_key(Path(folder) / name, target.parent / name)
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    click.echo(f"Restored {source.name}.")
    if again := replay(forgotten):
        click.echo(f"Contacts that had been erased since, and are erased again: {again}.")
    warn_about_keys()


def sqlite_file() -> Path:
    from django.conf import settings

    if not settings.ENV.is_sqlite:
        raise click.ClickException(
            "This installation is on PostgreSQL: use pg_dump and pg_restore, and keep link-keys."
        )
    return Path(str(settings.DATABASES["default"]["NAME"]))


def copy_database(source: Path, target: Path) -> None:
    """SQLite's online backup: readers and writers go on meanwhile."""
    if not source.exists():
        raise click.ClickException("There is no database yet.")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        (answer,) = copy.execute("PRAGMA integrity_check").fetchone()
        copy.execute("PRAGMA journal_mode=DELETE")
    if answer != "ok":
        raise click.ClickException(f"The copy is damaged: {answer}")


def add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(text.encode())
    archive.addfile(info, BytesIO(text.encode()))


def unpack(source: Path, folder: Path) -> set[str]:
    """Extract the known files only; ClickException for anything that is not a whole backup."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            names = {member.name for member in archive if member.isfile()} & {DATABASE, MANIFEST, *KEYS}
            for name in names:
                archive.extract(name, folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise click.ClickException(f"{source.name} is not a backup of Admit One ({error}).") from error
    if DATABASE not in names:
        raise click.ClickException(f"{source.name} holds no database.")
    with closing(sqlite3.connect(folder / DATABASE)) as copy:
        try:
            (answer,) = copy.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.DatabaseError as error:
            raise click.ClickException(f"The database in {source.name} is damaged ({error}).") from error
    if answer != "ok":
        raise click.ClickException(f"The database in {source.name} is damaged: {answer}")
    return names


def keep_aside(target: Path) -> None:
    """Move the present database away, with its log, so that a wrong restore can be undone."""
    for suffix in ("", "-wal", "-shm"):
        path = target.with_name(target.name + suffix)
        if path.exists():
            path.replace(target.with_name(f"{target.name}.before-restore{suffix}"))


def put_key(source: Path, target: Path) -> None:
    source.chmod(0o600)
    source.replace(target)


def warn_about_keys() -> None:
    from admitone.accounts.keyring import key_path, keys_present

    if not keys_present():
        click.secho(
            f"The link keys are missing: put the old {key_path().name} into the data directory before you start, "
            "else every link already sent stops working.",
            fg="yellow",
        )
