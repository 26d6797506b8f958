"""Django's SQLite backend with one queue of writers per process.

SQLite has one writer at a time and lets the others sleep and poll, up to 100 ms a turn; threads of one process can
simply wait for each other. Writers of other processes still meet SQLite's own lock, as before.
"""

from __future__ import annotations

import threading
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_turn = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the turn from BEGIN IMMEDIATE to COMMIT or ROLLBACK. The `timeout` option bounds the wait for it (seconds)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._has_turn = False

    def _start_transaction_under_autocommit(self) -> None:
        if not self._has_turn:
            if not _turn.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", 5)):
                raise OperationalError("database is locked by another thread")
            self._has_turn = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # not in the stubs
        except BaseException:
            self._give_up_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # not in the stubs
        finally:
            if not self._in_transaction():
                self._give_up_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self._give_up_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            self._give_up_turn()

    def _in_transaction(self) -> bool:
        return self.connection is not None and self.connection.in_transaction

    def _give_up_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            _turn.release()
