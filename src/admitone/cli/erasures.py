"""`admitone erasures`: after an older database came back, forget again whoever was erased since."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import click
from django.utils import timezone

from admitone.cli.boot import boot

ROWS = "SELECT id, account_id, merged_into_id, erased_at FROM contacts_contact WHERE erased_at IS NOT NULL"
Pairs = list[tuple[UUID, UUID]]


@click.command()
def erasures() -> None:
    """Erase again every contact in the list of erasures (data directory). For use after pg_restore."""
    boot()
    click.echo(f"Erased again: {replay([])}.")


def replay(known: Pairs) -> int:
    """Erase those that the list beside the database and `known` (account, contact) name; how many came back."""
    from admitone.contacts import erasing

    return erasing.replay([*erasing.remembered(), *known], now=timezone.now())


def erased_in(database: Path) -> Pairs:
    """(account, contact) of whoever is erased in a SQLite file, without those who were merged into a living contact."""
    if not database.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as old:
            rows = {row[0]: row for row in old.execute(ROWS)}
    except sqlite3.DatabaseError:
        return []  # older than erasures, or damaged: that is why there is a restore
    return [(UUID(row[1]), UUID(row[0])) for row in rows.values() if _is_erased(row, rows)]


def _is_erased(row: tuple[str, ...], rows: dict[str, tuple[str, ...]]) -> bool:
    """Follow where it was merged into: the end of the chain is erased itself, or not among these."""
    for _step in range(len(rows) + 1):
        if row[2] is None:
            return True
        if row[2] not in rows:
            return False
        row = rows[row[2]]
    return False
