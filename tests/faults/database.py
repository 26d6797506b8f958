"""Reads of a running server's database from outside, and the invariants that must hold whatever raced."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import psycopg
from tests.server import Live

OVERLAPS = """
SELECT count(*) FROM booking_occupancy a JOIN booking_occupancy b
ON a.host_id = b.host_id AND a.id < b.id AND a.start_min < b.end_min AND b.start_min < a.end_min"""
OVERUSED = "SELECT count(*) FROM links_onetimelink WHERE uses > max_uses"
USES_WITHOUT_ROWS = """
SELECT count(*) FROM links_onetimelink l
WHERE l.uses <> (SELECT count(*) FROM links_linkuse u WHERE u.link_id = l.id)"""
USES_WITHOUT_EVENT = """
SELECT count(*) FROM links_linkuse u WHERE 1 <> (SELECT count(*) FROM events_event e
WHERE e.kind = 'booking.created' AND e.subject_id = u.booking_id)"""
LINKS_WITHOUT_EVENT = """
SELECT count(*) FROM links_onetimelink l WHERE l.uses <> (SELECT count(*) FROM events_event e
WHERE e.kind = 'one_time_link.used' AND e.subject_id = l.id)"""
CONFIRMED_WITHOUT_TIME = """
SELECT count(*) FROM booking_booking b WHERE b.status = 'confirmed' AND 1 <> (
SELECT count(*) FROM booking_seat s JOIN booking_occupancy o ON o.session_id = s.session_id
WHERE s.booking_id = b.id AND o.start_min = b.start_min AND o.end_min = b.end_min)"""
CANCELLED_WITH_TIME = """
SELECT count(*) FROM booking_booking b JOIN booking_seat s ON s.booking_id = b.id WHERE b.status = 'cancelled'"""
INVARIANTS = {
    "overlapping hosts": OVERLAPS,
    "links used too often": OVERUSED,
    "uses without their row": USES_WITHOUT_ROWS,
    "uses without booking and event": USES_WITHOUT_EVENT,
    "uses without their own event": LINKS_WITHOUT_EVENT,
    "confirmed bookings without their time": CONFIRMED_WITHOUT_TIME,
    "cancelled bookings that hold time": CANCELLED_WITH_TIME,
}


def rows(live: Live, sql: str) -> list[tuple[Any, ...]]:
    """The rows of one query, over a connection of our own."""
    if live.database:
        with psycopg.connect(live.env["ADMITONE_DATABASE_URL"], autocommit=True) as connection:
            return connection.execute(sql).fetchall()
    with closing(sqlite3.connect(live.data_dir / "admitone.sqlite3", timeout=20)) as connection:
        return connection.execute(sql).fetchall()


def broken(live: Live) -> dict[str, int]:
    """Invariants that do not hold and by how many rows; {} is what every storm has to leave behind."""
    found = {name: rows(live, sql)[0][0] for name, sql in INVARIANTS.items()}
    return {name: count for name, count in found.items() if count}
