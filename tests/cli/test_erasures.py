"""A restored backup forgets again whoever was erased after it was made."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.server import Live

from admitone.cli.erasures import erased_in

pytestmark = pytest.mark.database("sqlite")


def database(path: Path, rows: list[tuple[UUID, UUID | None, str | None]]) -> Path:
    file = path / "old.sqlite3"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE contacts_contact (id, account_id, merged_into_id, erased_at)")
        for key, merged, erased in rows:
            made.execute(
                "INSERT INTO contacts_contact VALUES (?, ?, ?, ?)",
                [key.hex, ACCOUNT.hex, merged and merged.hex, erased],
            )
    made.close()
    return file


ACCOUNT = uuid4()


def test_erased_ones_are_found_and_merged_ones_only_with_the_kept_one(tmp_path: Path) -> None:
    erased, into_erased, living, into_living = (uuid4() for _ in range(4))
    rows: list[tuple[UUID, UUID | None, str | None]] = [
        (erased, None, "2026"),
        (into_erased, erased, "2026"),
        (living, None, None),
        (into_living, living, "2026"),
    ]
    assert set(erased_in(database(tmp_path, rows))) == {(ACCOUNT, erased), (ACCOUNT, into_erased)}


def test_no_database_or_a_damaged_one_names_nobody(tmp_path: Path) -> None:
    assert erased_in(tmp_path / "none") == []
    broken = tmp_path / "broken"
    broken.write_bytes(b"x" * 4096)
    assert erased_in(broken) == []


@pytest.mark.slow
def test_restore_of_an_older_backup_erases_again(live: Live, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar.gz"
    with live.client(live.demo()["api_key"]) as client:
        made = client.post("/api/v1/contacts", json={"name": "Zebedee", "email": "zebedee@example.com"}).json()
        live.cli("backup", str(backup))
        assert client.post(f"/api/v1/contacts/{made['id']}/erasure", json={}).status_code == 204
    live.stop()
    told = live.cli("restore", str(backup), "--force")
    assert "erased again: 1" in told
    with sqlite3.connect(live.data_dir / "admitone.sqlite3") as restored:
        name, erased = restored.execute(
            "SELECT name, erased_at FROM contacts_contact WHERE id = ?", [UUID(made["id"]).hex]
        ).fetchone()
    restored.close()
    assert (name, erased is not None) == ("", True)
