"""The database under test is opened the way production opens it."""

import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


def test_each_process_has_a_data_directory_of_its_own(data_dir: Path):
    assert settings.ENV.data_dir == data_dir


@pytest.mark.database("sqlite")
@pytest.mark.django_db
def test_sqlite_is_a_file_in_wal_mode_with_full_synchronous(data_dir: Path):
    with connection.cursor() as cursor:
        found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
        file = cursor.execute("PRAGMA database_list").fetchone()[2]
    assert (found, Path(file).parent) == (["wal", 2], data_dir)


@pytest.mark.database("postgresql")
@pytest.mark.django_db
def test_postgres_is_a_pooled_connection_with_server_side_binding():
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::int", [1])
        assert (connection.pool is not None, cursor.fetchone()) == (True, (1,))


@pytest.mark.django_db(transaction=True)
def test_thread_sees_what_the_test_committed():
    from django.contrib.sessions.models import Session

    Session.objects.create(session_key="k", session_data="", expire_date="2026-11-02T09:00Z")
    seen: list[int] = []

    def count() -> None:
        seen.append(Session.objects.count())
        connection.close()

    thread = threading.Thread(target=count)
    thread.start()
    thread.join()
    assert seen == [1]
