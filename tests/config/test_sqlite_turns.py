"""Writers of one process take turns; nobody starves and nobody keeps the turn."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import IntegrityError, connection, transaction

from admitone.config.sqlite3 import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("sqlite")]


def bump(times: int, seen: Counter[int], me: int) -> None:
    try:
        for _ in range(times):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE accounts_ratecount SET count = count + 1 WHERE bucket = 'turns'")
            seen[me] += 1
    finally:
        connection.close()


def test_eight_threads_writing_at_once_lose_no_write():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_ratecount VALUES ('turns', 0, '2030-01-01')")
    seen: Counter[int] = Counter()
    threads = [threading.Thread(target=bump, args=(25, seen, n)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count FROM accounts_ratecount WHERE bucket = 'turns'")
        assert (cursor.fetchone()[0], sum(seen.values())) == (200, 200)


@pytest.mark.parametrize("leave", ["commit", "rollback", "error", "close"])
def test_turn_is_free_again_however_a_transaction_ends(leave):
    def work() -> None:
        with transaction.atomic():
            assert base._turn.locked()
            if leave == "rollback":
                transaction.set_rollback(True)
            if leave == "error":
                raise IntegrityError
            if leave == "close":
                connection.close()

    try:
        work()
    except IntegrityError:
        assert leave == "error"
    assert not base._turn.locked()
