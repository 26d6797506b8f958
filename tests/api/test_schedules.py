"""Schedules, the rules of calendars, and blocked times by API."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories
from tests.api.conftest import code

HOURS = [
    {"weekday": 0, "start": "9", "end": "12"},
    {"weekday": 2, "start": "10:00", "end": "11:00", "every": 2, "phase": 1},
]


@pytest.fixture
def made(api):
    answer = api.post("/schedules", {"name": "Practice", "timezone": "Europe/Berlin", "hours": HOURS})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_schedule_is_made_changed_and_deleted(api, made):
    assert [(one["weekday"], one["start"], one["every"], one["phase"]) for one in made["hours"]] == [
        (0, "09:00", 1, 0),
        (2, "10:00", 2, 1),
    ]
    windows = [{"start": "13:00", "end": "14:00"}]
    changes = {
        "overrides": [{"date": "2026-12-24", "mode": "add", "windows": windows}],
        "holiday_country": "DE",
        "holiday_subdivision": "BY",
    }
    changed = api.send("PATCH", f"/schedules/{made['id']}", changes).json()
    assert changed["overrides"] == changes["overrides"]
    assert {"date": "2027-01-06", "name": "Epiphany", "open": False} in changed["holidays"]
    assert api.send("DELETE", f"/schedules/{made['id']}").status_code == 204
    assert code(api.get(f"/schedules/{made['id']}")) == (404, "not_found")


@pytest.mark.parametrize(
    "changes",
    [
        {"hours": [{"weekday": 0, "start": "12", "end": "9"}]},
        {"overrides": [{"date": "2026-12-24", "mode": "add"}]},
        {"overrides": [{"date": "2026-12-24"}, {"date": "2026-12-24"}]},
        {"overrides": [{"date": "1999-12-24"}]},
        {"holiday_country": "XX"},
        {"holiday_subdivision": "BY"},
        {"name": ""},
    ],
)
def test_bad_changes_are_refused(api, made, changes):
    assert api.send("PATCH", f"/schedules/{made['id']}", changes).status_code == 422


def test_a_calendar_opens_by_a_schedule_and_has_rules(api, account, made):
    calendar = factories.calendar(account)
    rules = {"cutoff_days": 1, "cutoff_at": "18:00", "per_month_limit": 9, "range_kind": "working", "range_days": 5}
    answer = api.send("PATCH", f"/calendars/{calendar.id}", {**rules, "schedule": made["id"]}).json()
    assert {name: answer[name] for name in (*rules, "schedule")} == {**rules, "schedule": made["id"]}
    assert api.get(f"/schedules/{made['id']}").json()["calendars"] == [str(calendar.id)]
    assert code(api.send("DELETE", f"/schedules/{made['id']}")) == (409, "schedule_in_use")


def test_time_is_blocked_and_freed(api, account):
    calendar = factories.calendar(account)
    stretch = {"start": "2026-11-20T09:00:00Z", "end": "2026-11-20T10:00:00Z", "note": "Dentist"}
    made = api.post("/blocked-times", {"calendar": calendar.slug, **stretch}).json()
    assert (made["calendar"], made["host"], made["start"]) == (str(calendar.id), None, stretch["start"])
    assert api.post("/blocked-times", stretch).status_code == 422
    assert api.send("DELETE", f"/blocked-times/{made['id']}").status_code == 204
    assert api.get("/blocked-times").json()["items"] == []


def test_what_is_wrong_with_a_single_date_is_said_in_words(api, made):
    def errors(**override: Any) -> Any:
        return api.send("PATCH", f"/schedules/{made['id']}", {"overrides": [override]}).json()["errors"]

    assert errors(date="2027-02-30") == {"overrides.0.date": "Use a date like 2026-11-06."}
    assert errors(date="2027-02-03", mode="subtract") == {
        "overrides.0.windows": "Name the hours that are added or taken away."
    }
