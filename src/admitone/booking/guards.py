"""The database's own refusal of overlapping hosts and oversold seats: exclusion constraint or triggers (P2).

Installed on every `post_migrate`, because Django rebuilds SQLite tables when a column changes and drops their triggers.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

OVERLAP = "occupancy_overlap"
OVERSOLD = "seat_oversold"

_TAKEN = (
    "EXISTS (SELECT 1 FROM booking_occupancy o WHERE o.host_id = NEW.host_id "
    "AND o.end_min > NEW.start_min AND o.start_min < NEW.end_min AND o.id <> NEW.id)"
)
_NO_SEAT = "NEW.n >= (SELECT s.capacity FROM booking_session s WHERE s.id = NEW.session_id)"
_TOO_SMALL = "EXISTS (SELECT 1 FROM booking_seat t WHERE t.session_id = NEW.id AND t.n >= NEW.capacity)"


def _trigger(name: str, moment: str, table: str, condition: str, message: str) -> tuple[str, str]:
    return name, (
        f"CREATE TRIGGER {name} BEFORE {moment} ON {table} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


SQLITE = dict(
    [
        _trigger("occupancy_no_overlap_insert", "INSERT", "booking_occupancy", _TAKEN, OVERLAP),
        _trigger("occupancy_no_overlap_update", "UPDATE", "booking_occupancy", _TAKEN, OVERLAP),
        _trigger("seat_within_capacity_insert", "INSERT", "booking_seat", _NO_SEAT, OVERSOLD),
        _trigger("seat_within_capacity_update", "UPDATE", "booking_seat", _NO_SEAT, OVERSOLD),
        _trigger("session_not_below_seats", "UPDATE OF capacity", "booking_session", _TOO_SMALL, OVERSOLD),
    ]
)

POSTGRESQL = {
    OVERLAP: (
        f"ALTER TABLE booking_occupancy ADD CONSTRAINT {OVERLAP} "
        "EXCLUDE USING gist (host_id WITH =, int8range(start_min, end_min) WITH &&)"
    ),
    "seat_within_capacity": (
        "CREATE TRIGGER seat_within_capacity BEFORE INSERT OR UPDATE ON booking_seat "
        "FOR EACH ROW EXECUTE FUNCTION admitone_seat_guard()"
    ),
    "session_not_below_seats": (
        "CREATE TRIGGER session_not_below_seats BEFORE UPDATE OF capacity ON booking_session "
        "FOR EACH ROW EXECUTE FUNCTION admitone_session_guard()"
    ),
}
FUNCTIONS = [
    f"""CREATE OR REPLACE FUNCTION admitone_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {condition} THEN RAISE EXCEPTION '{OVERSOLD}' USING ERRCODE = 'check_violation'; END IF;
  RETURN NEW;
END $$"""
    for name, condition in (("seat_guard", _NO_SEAT), ("session_guard", _TOO_SMALL))
]


def install(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Create whatever guard is missing; running it again changes nothing."""
    lacking = missing(using)
    if not lacking:
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            for function in FUNCTIONS:
                cursor.execute(function)
        for name in lacking:
            cursor.execute((POSTGRESQL if connection.vendor == "postgresql" else SQLITE)[name])


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Guards that the database lacks; `readyz` and `doctor` fail on any. Empty while the tables do not exist yet."""
    connection = connections[using]
    if "booking_occupancy" not in connection.introspection.table_names():
        return []
    wanted = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace UNION "
                "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "
                "WHERE NOT tgisinternal AND c.relnamespace = current_schema()::regnamespace"
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in wanted if name not in present]
