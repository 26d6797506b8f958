"""Parties, and limits of one guest and of one host, under parallel bookings: nothing oversold, no limit passed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Sum
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking, Seat, Session
from admitone.booking.services import book
from admitone.calendars.models import Calendar
from admitone.calendars.services import TeamHost, set_team
from admitone.contacts.models import Contact
from admitone.events import GUEST, SYSTEM
from admitone.links.models import OneTimeLink
from admitone.links.services import redeem
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))  # 10:00 in Berlin
WAIT = 60.0

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.storm]


def together(*work: Callable[[], Any]) -> list[str]:
    """Start all at the same moment, each in its thread; a word for each, in order."""
    gate = threading.Barrier(len(work))
    results: list[str] = [""] * len(work)

    def run(place: int, one: Callable[[], Any]) -> None:
        try:
            gate.wait(WAIT)
            one()
            results[place] = "done"
        except Problem as problem:
            results[place] = problem.code
        except Exception as error:
            results[place] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, one), daemon=True) for n, one in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return results


def take(calendar: Calendar, start: int = TEN, guest: str = "ada", party: int = 1) -> None:
    plan = calendar.compiled
    cleaned = clean_guest(plan, {"name": guest, "email": f"{guest}@example.com", "party": party})
    book(plan=plan, start=start, guest=cleaned, source="api", actor=GUEST, now=NOW)


@pytest.mark.parametrize("kind", ["class", "event"])
def test_parties_of_one_to_three_never_oversell_and_fill_what_they_can(kind: str) -> None:
    calendar = factories.calendar(factories.account(), kind=kind, capacity=7, max_party=3)
    seen = together(*[lambda n=n: take(calendar, TEN, f"guest{n}", n % 3 + 1) for n in range(12)])
    assert set(seen) == {"done", "slot_taken"}, seen
    sold = Booking.objects.aggregate(n=Sum("seats"))["n"]
    # Twelve parties of one to three: whoever is refused found fewer places than they wanted, so at most two are left.
    assert (5 <= sold <= 7, Seat.objects.count(), Session.objects.count()) == (True, sold, 1)
    by_booking = Seat.objects.values_list("booking").annotate(n=Count("id"))
    assert dict(by_booking) == dict(Booking.objects.values_list("id", "seats"))
    refused = [n % 3 + 1 for n, word in enumerate(seen) if word == "slot_taken"]
    assert all(party > 7 - sold for party in refused)


def test_links_of_several_seats_sell_no_seat_twice() -> None:
    calendar = factories.calendar(factories.account(), kind="class", capacity=6, max_party=1)
    links = [factories.link(calendar, seats=n % 3 + 1) for n in range(8)]

    def use(link: OneTimeLink, n: int) -> None:
        guest = {"name": "Guest", "email": f"guest{n}@example.com", "party": link.seats}
        redeem(token=keyring().sign("o1", link.id), start=TEN, guest=guest, now=NOW)

    seen = together(*[lambda one=one, n=n: use(one, n) for n, one in enumerate(links)])
    assert set(seen) == {"done", "slot_taken"}, seen
    used = OneTimeLink.objects.filter(uses=1)
    assert (used.count(), used.aggregate(n=Sum("seats"))["n"]) == (seen.count("done"), Seat.objects.count())
    assert Seat.objects.count() <= 6


def test_one_guest_at_many_doors_gets_no_more_than_they_may_have() -> None:
    calendar = factories.calendar(factories.account(), per_contact_limit=2)
    seen = together(*[lambda n=n: take(calendar, TEN + 30 * n) for n in range(8)])
    assert Counter(seen) == {"done": 2, "contact_limit": 6}
    assert (Booking.objects.count(), Contact.objects.count()) == (2, 1)


def test_one_guest_at_a_team_gets_no_more_than_they_may_have() -> None:
    account = factories.account()
    hosts = [TeamHost(factories.host(account).id) for _ in range(4)]
    calendar = factories.calendar(account, per_contact_limit=1)
    who: dict[str, Any] = {"account": account, "calendar_id": calendar.id, "actor": SYSTEM, "now": NOW}
    team = set_team(**who, kind="round_robin", hosts=hosts)
    seen = together(*[lambda: take(team) for _ in range(6)])
    assert Counter(seen) == {"done": 1, "contact_limit": 5}


def test_hosts_get_no_more_of_a_day_than_they_may_have() -> None:
    account = factories.account()
    hosts = [TeamHost(factories.host(account).id) for _ in range(3)]
    calendar = factories.calendar(account)
    who: dict[str, Any] = {"account": account, "calendar_id": calendar.id, "actor": SYSTEM, "now": NOW}
    set_team(**who, kind="round_robin", hosts=hosts)
    Calendar.objects.filter(id=calendar.id).update(per_host_day_limit=2)
    team = set_team(**who, count_days=31)
    seen = together(*[lambda n=n: take(team, TEN + 30 * (n % 6), f"guest{n}") for n in range(12)])
    assert Counter(seen) == {"done": 6, "slot_taken": 6}
    assert set(Booking.objects.values_list("host").annotate(n=Count("id")).values_list("n", flat=True)) == {2}
