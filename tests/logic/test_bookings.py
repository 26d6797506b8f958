"""Guests whose appointment somebody else writes down, and what a status is called once it is over."""

from __future__ import annotations

import pytest

from admitone.logic.availability import Schedule
from admitone.logic.bookings import clean_caller, clean_guest, shown_status
from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan

PLAN = CalendarPlan(
    version=1,
    calendar_id="c",
    account_id="a",
    agency_id="g",
    account_slug="clinic",
    account_name="Clinic",
    slug="visit",
    name="Visit",
    schedule=Schedule("Europe/Berlin"),
    note=False,
    consent_text="You may write to me.",
)


def test_a_caller_with_only_a_number_is_enough_where_a_guest_needs_an_address() -> None:
    raw = {"name": "Ana", "phone": "030 1234567", "note": "Knock twice."}
    caller = clean_caller(PLAN, raw)
    assert (caller.email, caller.phone, caller.note, caller.consent) == ("", "+49301234567", "Knock twice.", False)
    with pytest.raises(Problem) as refused:
        clean_guest(PLAN, raw)
    assert sorted(refused.value.fields) == ["consent", "email"]


def test_a_caller_who_agreed_has_consented() -> None:
    assert clean_caller(PLAN, {"name": "Ana", "email": "ana@example.com", "consent": "on"}).consent is True


def test_a_caller_without_name_address_and_number_is_refused_for_all_of_it() -> None:
    with pytest.raises(Problem) as refused:
        clean_caller(PLAN, {"email": " "})
    assert sorted(refused.value.fields) == ["email", "name"]


@pytest.mark.parametrize(
    ("status", "end", "shown"),
    [
        ("confirmed", 101, "confirmed"),
        ("confirmed", 100, "completed"),
        ("cancelled", 1, "cancelled"),
        ("no_show", 1, "no_show"),
        ("pending", 1, "pending"),
    ],
)
def test_a_confirmed_booking_that_is_over_reads_completed(status: str, end: int, shown: str) -> None:
    assert shown_status(status, end, 100) == shown
