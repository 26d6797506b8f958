"""Django's SQLite backend with one queue of writers per process.

SQLite has one writer at a time and lets the others sleep and poll, up to 100 ms a turn; threads of one process can
simply wait for each other. Writers of other processes still meet SQLite's own lock, as before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from sqlite3 import Cursor
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.db.utils import OperationalError

_turn = threading.Lock()


class QuickCursor(base.SQLiteCursorWrapper):
    """Turns a statement's placeholders into SQLite's once, not each time it runs."""

    def execute(self, query: str, params: Any = None) -> Any:
        if params is None or isinstance(params, dict):
            return super().execute(query, params)
        return Cursor.execute(self, with_question_marks(query), params)


@lru_cache(maxsize=1024)
def with_question_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class QuickOperations(DatabaseOperations):
    """Writes an instant once; most values of a request are its own `now`."""

    def adapt_datetimefield_value(self, value: Any) -> Any:
        return as_text(self, value) if type(value) is datetime else super().adapt_datetimefield_value(value)


@lru_cache(maxsize=256)
def as_text(operations: DatabaseOperations, value: datetime) -> Any:
    return DatabaseOperations.adapt_datetimefield_value(operations, value)


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds the turn from BEGIN IMMEDIATE to COMMIT or ROLLBACK. The `timeout` option bounds the wait for it (seconds)."""

    ops_class = QuickOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._has_turn = False

    def create_cursor(self, name: str | None = None) -> QuickCursor:
        return self.connection.cursor(factory=QuickCursor)

    @contextmanager
    def unhurried(self) -> Iterator[None]:
        """Commits that do not wait for the disk, outside of a transaction. The next ordinary one waits for them too."""
        self.ensure_connection()
        self.connection.execute("PRAGMA synchronous=NORMAL")
        try:
            yield
        finally:
            if self.connection is not None:
                self.connection.execute("PRAGMA synchronous=FULL")

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
