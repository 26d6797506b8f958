"""Compiled calendars: stored, read back, read across versions."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date

import pytest

from admitone.logic.availability import Override, Schedule, Window
from admitone.logic.plan import CalendarPlan, PlanBrand, PlanHost, decode, encode
from admitone.logic.slots import Rules

NAMES = {
    "version": 3,
    "calendar_id": "c1",
    "account_id": "a1",
    "agency_id": "g1",
    "account_slug": "clinic",
    "account_name": "Clinic",
    "slug": "intake",
    "name": "Intake",
}
FULL = CalendarPlan(
    **NAMES,
    schedule=Schedule(
        "Europe/Berlin", (Window((0, 1), 540, 1020),), (Override(date(2026, 12, 24), ((540, 720), (780, 800))),)
    ),
    rules=Rules(45, 15, before=5, range_kind="fixed", range_first=date(2026, 1, 1), per_day_limit=4),
    hosts=(PlanHost("h1", "Dr. Müller", "m@example.org", "u1", 2, 5), PlanHost("h2", "Ann")),
    brand=PlanBrand("#123456", "#ffffff", 4, "abc", "logo"),
    reminder_hours=None,
    embed_origins=("https://example.org",),
)


def test_plan_survives_storage() -> None:
    assert decode(encode(FULL)) == FULL
    assert hash(decode(encode(FULL))) == hash(FULL)


def test_stored_plan_has_plain_json_values() -> None:
    data = json.loads(encode(FULL))
    assert data["v"] == 1
    assert data["rules"]["range_first"] == "2026-01-01"
    override = {"date": "2026-12-24", "windows": [[540, 720], [780, 800]], "mode": "replace"}
    assert data["schedule"]["overrides"] == [override]
    assert set(data) == {one.name for one in fields(CalendarPlan)}


def test_unknown_keys_are_ignored_and_missing_ones_take_their_defaults() -> None:
    data = {
        **NAMES,
        "new": 1,
        "rules": {"duration": 20, "x": 1},
        "hosts": [{"id": "h", "name": "N", "y": 2}],
        "brand": {},
    }
    assert CalendarPlan.from_json(data) == CalendarPlan(
        **NAMES, rules=Rules(20, 30), hosts=(PlanHost("h", "N"),), brand=PlanBrand()
    )


def test_plan_with_fortnights_and_modes_comes_back_as_it_was() -> None:
    days = (Override(date(2026, 12, 24), ((540, 720),), "add"), Override(date(2026, 12, 24), (), "subtract"))
    schedule = Schedule("Europe/Berlin", (Window((0,), 540, 720, 2, 1),), days)
    plan = CalendarPlan(
        **NAMES, schedule=schedule, rules=Rules(20, 30, per_week_limit=3, cutoff_days=1, cutoff_at=1080)
    )
    assert decode(encode(plan)) == plan


def test_missing_identity_is_refused() -> None:
    with pytest.raises(TypeError, match="calendar_id"):
        CalendarPlan.from_json({key: value for key, value in NAMES.items() if key != "calendar_id"})


def test_same_text_is_decoded_once_and_another_text_of_the_same_version_again() -> None:
    assert decode(encode(FULL)) is decode(encode(FULL))
    other = encode(CalendarPlan(**NAMES, description="another"))
    assert decode(other).description == "another"
