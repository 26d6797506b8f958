"""The floor: the very statements of requests, run again in a bare loop on the same database."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import Any

import psycopg

Trace = Sequence[tuple[str, Sequence[Any]]]
Took = tuple[float, float]


def floor_of(url: str, traces: Sequence[Trace], *, writes: bool) -> Took:
    """Seconds and CPU seconds of this process a trace, one transaction each; `url` is a SQLite path or a postgres: URL."""
    loop = on_postgres if url.startswith("postgres") else on_sqlite
    return loop(url, traces, writes)


def on_sqlite(path: str, traces: Sequence[Trace], writes: bool) -> Took:
    connection = sqlite3.connect(path, isolation_level=None, timeout=20)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON")
    begin, end = ("BEGIN IMMEDIATE", "COMMIT") if writes else ("BEGIN", "COMMIT")
    ready = [[(sql.replace("%s", "?").replace("%%", "%"), params) for sql, params in trace] for trace in traces]

    def run(trace: Trace) -> None:
        connection.execute(begin)
        for sql, params in trace:
            connection.execute(sql, params).fetchall()
        connection.execute(end)

    try:
        return timed(run, ready)
    finally:
        connection.close()


def on_postgres(url: str, traces: Sequence[Trace], writes: bool) -> Took:
    with psycopg.connect(url.replace("postgres:", "postgresql:", 1), prepare_threshold=2) as connection:

        def run(trace: Trace) -> None:
            with connection.transaction():
                for sql, params in trace:
                    found = connection.execute(sql, params)
                    if found.description:
                        found.fetchall()

        return timed(run, traces)


def timed(run: Any, traces: Sequence[Trace]) -> Took:
    began, cpu = time.perf_counter(), time.process_time()
    for trace in traces:
        run(trace)
    count = len(traces)
    return (time.perf_counter() - began) / count, (time.process_time() - cpu) / count
