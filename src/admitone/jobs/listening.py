"""On PostgreSQL a trigger announces jobs that are ready at once; this thread hears it and wakes the worker's own.

Without it (a pooler that drops LISTEN, a lost connection) workers still find every job by polling.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

log = logging.getLogger("admitone.jobs")
CHANNEL = "admitone_jobs"
TURN_SECONDS = 0.5
PAUSE_SECONDS = 5.0


class Listener:
    """A thread with a connection of its own that calls `heard` after every announcement, until `stop()`."""

    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard = heard
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs-listener", daemon=True)

    def start(self) -> None:
        if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(TURN_SECONDS * 4)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except psycopg.Error as error:
                log.warning("jobs are found by polling for now: %s", error)
                self._stop.wait(PAUSE_SECONDS)

    def _listen(self) -> None:
        with connect() as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self._heard()  # whatever came while nobody listened
            while not self._stop.is_set():
                if list(connection.notifies(timeout=TURN_SECONDS, stop_after=1)):
                    self._heard()


def connect() -> psycopg.Connection:
    """A connection with Django's parameters, outside its pool: listening keeps it busy for good."""
    given = connections[DEFAULT_DB_ALIAS].get_connection_params()
    own = {"context", "prepare_threshold", "cursor_factory"}
    return psycopg.connect(**{name: value for name, value in given.items() if name not in own}, autocommit=True)
