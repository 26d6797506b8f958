"""A past: many bookings that are over, with their links, seats, contacts and events, copied from one real booking by SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: The past is that of a team; each of them had an appointment every half hour.
HOSTS = 50
STEP = 30
#: Every so many bookings there is a new contact.
RETURNING = 10

Execute = Callable[[str], list[tuple[Any, ...]]]
Columns = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database counts, writes an id from a number and takes a date from an epoch minute."""

    numbers: str
    key: str
    day: str


DIALECTS = {
    "sqlite": Dialect(
        "(WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {count}) SELECT n FROM s)",
        "printf('%032x', {base} + {n})",
        "date({minute} * 60, 'unixepoch')",
    ),
    "postgresql": Dialect(
        "(SELECT generate_series(0, {count} - 1)::bigint AS n)",
        "lpad(to_hex({base} + {n}), 32, '0')::uuid",
        "to_timestamp({minute} * 60)::date",
    ),
}
#: Numbers from which the ids of each kind are made.
BASES = {"host": 1 << 40, "session": 2 << 40, "occupancy": 3 << 40, "booking": 4 << 40, "link": 5 << 40}
BASES |= {"contact": 6 << 40, "event": 7 << 40}


def fill(execute: Execute, columns: Columns, vendor: str, count: int, booking: str) -> None:
    """Copy the booking with this id `count` times into the past; its seat, link, contact and event too."""
    way = DIALECTS[vendor]

    def key(kind: str, n: str = "numbers.n") -> str:
        return way.key.format(base=BASES[kind], n=f"({n})")

    one = f"= '{booking}'"
    ((start,),) = execute(f"SELECT start_min FROM booking_booking WHERE id {one}")
    began = f"({int(start)} - {100 * 24 * 60} - {STEP} * (numbers.n / {HOSTS}))"
    host = f"CASE WHEN numbers.n % {HOSTS} = 0 THEN t.host_id ELSE {key('host', f'numbers.n % {HOSTS}')} END"
    times = {"start_min": began, "end_min": f"{began} + {STEP}"}
    contact = key("contact", f"numbers.n / {RETURNING}")

    def copy(table: str, changed: Mapping[str, str], where: str, rows: int) -> None:
        names = [name for name in columns(table) if name != "id" or table not in COUNTED]
        values = ", ".join(changed.get(name, f't."{name}"') for name in names)
        listed = ", ".join(f'"{name}"' for name in names)
        numbers = way.numbers.format(count=rows)
        execute(
            f"INSERT INTO {table} ({listed}) SELECT {values} FROM {numbers} numbers, "
            f"(SELECT * FROM {table} WHERE {where}) t ORDER BY numbers.n"
        )

    copy(
        "calendars_host",
        {"id": key("host"), "user_id": "NULL"},
        f"id IN (SELECT host_id FROM booking_booking WHERE id {one})",
        HOSTS,
    )
    person = {
        "id": key("contact"),
        "email": "'past' || numbers.n || '@example.com'",
        "email_key": "'past' || numbers.n || '@example.com'",
    }
    copy(
        "contacts_contact",
        person,
        f"id IN (SELECT contact_id FROM booking_booking WHERE id {one})",
        count // RETURNING + 1,
    )
    link = {"id": key("link"), "contact_id": contact, "uses": "1"}
    copy("links_onetimelink", link, f"id IN (SELECT one_time_link_id FROM booking_booking WHERE id {one})", count)
    of_booking = f"id IN (SELECT session_id FROM booking_seat WHERE booking_id {one})"
    copy("booking_session", {"id": key("session"), **times}, of_booking, count)
    taken = {"id": key("occupancy"), "session_id": key("session"), "host_id": host, **times}
    copy(
        "booking_occupancy", taken, f"session_id IN (SELECT session_id FROM booking_seat WHERE booking_id {one})", count
    )
    row = {"id": key("booking"), "contact_id": contact, "host_id": host, "one_time_link_id": key("link"), **times}
    row |= {"local_date": way.day.format(minute=began), "status": "'completed'"}
    copy("booking_booking", row, f"id {one}", count)
    copy("booking_seat", {"session_id": key("session"), "booking_id": key("booking")}, f"booking_id {one}", count)
    copy("links_linkuse", {"link_id": key("link"), "booking_id": key("booking")}, f"booking_id {one}", count)
    event = {"id": key("event"), "subject_id": key("booking")}
    copy("events_event", event, f"subject_id {one} AND kind = 'booking.created'", count)


#: Tables whose ids the database counts.
COUNTED = ("booking_seat", "links_linkuse")
