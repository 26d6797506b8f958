"""Services racing in threads on a real database: whatever the order, every answer is one of the promised ones (P1, P2)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Agency
from admitone.accounts.services import create_agency_and_owner
from admitone.booking.models import Booking, Occupancy
from admitone.booking.services import book, cancel, reschedule
from admitone.calendars.models import Calendar, Host
from admitone.calendars.queries import plan_by_id
from admitone.calendars.services import set_active, set_hosts, update_calendar, update_host
from admitone.contacts.models import Contact
from admitone.contacts.services import find_or_create
from admitone.events import GUEST, SYSTEM, Event
from admitone.links.models import LinkUse, OneTimeLink
from admitone.links.services import answer_request, redeem, request_new, update
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))  # 10:00 in Berlin
WAIT = 30.0

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.storm]


def together(*work: Callable[[], Any]) -> list[Any]:
    """Start all at the same moment, each in its thread; results in order: a value, a Problem's code or another exception."""
    gate = threading.Barrier(len(work))
    results: list[Any] = [None] * len(work)

    def run(place: int, one: Callable[[], Any]) -> None:
        try:
            gate.wait(WAIT)
            results[place] = one()
        except Problem as problem:
            results[place] = problem.code
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, one), daemon=True) for n, one in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert not any(thread.is_alive() for thread in threads)
    return results


def token(link: OneTimeLink) -> str:
    return keyring().sign("o1", link.id)


def use(link: OneTimeLink, start: int, n: int = 0) -> str:
    guest = {"name": f"Guest {n}", "email": f"guest{n}@example.com", "timezone": "UTC"}
    redeem(token=token(link), start=start, guest=guest, now=NOW)
    return "booked"


def direct(calendar: Calendar, start: int, n: int = 0) -> str:
    plan = plan_by_id(calendar.id)
    assert plan
    guest = clean_guest(plan, {"name": f"Guest {n}", "email": f"guest{n}@example.com"})
    book(plan=plan, start=start, guest=guest, source="scheduling_link", actor=GUEST, now=NOW)
    return "booked"


def move(booking: Booking, start: int) -> str:
    reschedule(account_id=booking.account_id, booking_id=booking.id, start=start, actor=GUEST, now=NOW, by="guest")
    return "moved"


def overlaps() -> int:
    taken = sorted(Occupancy.objects.values_list("host_id", "start_min", "end_min"))
    return sum(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(taken))


def test_attempts_on_a_used_link_at_once_are_all_refused_and_all_recorded():
    link = factories.link(factories.calendar(factories.account()), uses=1)
    seen = together(*[lambda n=n: use(link, TEN, n) for n in range(12)])
    assert Counter(seen) == {"link_used": 12}
    assert sorted(Event.objects.filter(subject_id=link.id).values_list("subject_seq", flat=True)) == list(range(1, 13))


def test_hosts_changed_while_others_book_never_ends_in_a_deadlock():
    account = factories.account()
    one, two = factories.host(account), factories.host(account)
    calendar = factories.calendar(account, host=one)
    names = [name for name in ("A", "B") for _ in range(4)]

    def shuffle() -> str:
        for n in range(8):
            set_hosts(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, hosts=[(one, two)[n % 2].id])
        return "set"

    def rename() -> str:
        for n, name in enumerate(names):
            update_host(account=account, host_id=one.id, actor=SYSTEM, now=NOW, name=f"{name}{n}")
        return "renamed"

    def books(first: int) -> str:
        for n in range(4):
            try:
                direct(calendar, TEN + 30 * (first + n % 2), first)
            except Problem as problem:
                assert problem.code in ("slot_taken", "slot_unavailable")
        return "tried"

    seen = together(shuffle, rename, *[lambda n=n: books(n) for n in range(0, 10, 2)])
    assert Counter(map(str, seen)) == {"set": 1, "renamed": 1, "tried": 5}
    assert overlaps() == 0


@pytest.mark.database("postgresql")
def test_pause_is_over_only_when_no_booking_under_the_old_plan_can_follow():
    calendar = factories.calendar(factories.account())
    link = factories.link(calendar)
    ended: dict[str, float] = {}

    def hold() -> None:
        with transaction.atomic():
            list(Host.objects.select_for_update().all())
            time.sleep(1.0)
            ended["wait"] = time.monotonic()

    def redeeming() -> str:
        time.sleep(0.3)
        return use(link, TEN)

    def pausing() -> None:
        time.sleep(0.6)
        set_active(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, active=False)
        ended["pause"] = time.monotonic()

    seen = together(hold, redeeming, pausing)
    assert seen == [None, "booked", None]
    assert ended["wait"] < ended["pause"]


def test_day_limit_holds_when_all_ask_at_once():
    calendar = factories.calendar(factories.account(), per_day_limit=2)
    seen = together(*[lambda n=n: direct(calendar, TEN + 30 * n, n) for n in range(8)])
    assert Counter(map(str, seen)) == {"booked": 2, "slot_taken": 6}


def test_two_calendars_of_one_host_share_the_host_and_the_buffers():
    account = factories.account()
    host = factories.host(account)
    calendars = [factories.calendar(account, host=host, buffer_after=30) for _ in range(2)]
    seen = together(*[lambda n=n: direct(calendars[n % 2], TEN + 30 * (n % 2), n) for n in range(8)])
    assert Counter(map(str, seen)) == {"booked": 1, "slot_taken": 7}


def test_cancelling_twice_at_once_frees_once_and_tells_once():
    booking = factories.booking(factories.calendar(factories.account()))
    ids: dict[str, Any] = {"account_id": booking.account_id, "booking_id": booking.id}
    seen = together(*[lambda: cancel(**ids, actor=GUEST, now=NOW, by="guest").status for _ in range(4)])
    assert Counter(seen) == {"cancelled": 1, "booking_not_active": 3}
    assert Event.objects.filter(kind="booking.cancelled").count() == 1
    assert Occupancy.objects.count() == 0


def test_cancel_and_reschedule_at_once_leave_time_only_to_a_standing_booking():
    calendar = factories.calendar(factories.account())
    for n in range(4):
        booking = factories.booking(calendar, NOW + timedelta(days=1, hours=n))
        ids: dict[str, Any] = {"account_id": booking.account_id, "booking_id": booking.id}
        stop = partial(cancel, **ids, actor=GUEST, now=NOW, by="guest")
        seen = together(lambda stop=stop: stop().status, partial(move, booking, TEN + 1440))
        assert seen in (["cancelled", "moved"], ["cancelled", "booking_not_active"]), seen
        assert Occupancy.objects.count() == 0


def test_two_reschedules_onto_one_time_and_a_booking_of_it_give_it_to_one():
    calendar = factories.calendar(factories.account())
    first, second = (factories.booking(calendar, NOW + timedelta(days=2, hours=n)) for n in range(2))
    seen = together(lambda: move(first, TEN), lambda: move(second, TEN), lambda: direct(calendar, TEN))
    assert sorted(Counter(map(str, seen)).values()) == [1, 2], seen
    assert Counter(map(str, seen))["slot_taken"] == 2
    assert overlaps() == 0


def test_swapping_two_appointments_at_once_never_overlaps_nor_breaks():
    calendar = factories.calendar(factories.account())
    first, second = (factories.booking(calendar, NOW + timedelta(days=1, hours=n)) for n in range(2))
    seen = together(lambda: move(first, second.start_min), lambda: move(second, first.start_min))
    assert set(map(str, seen)) <= {"moved", "slot_taken"}
    assert overlaps() == 0


def test_uses_lowered_while_redeeming_never_fall_below_the_uses_made():
    calendar = factories.calendar(factories.account())
    for n in range(3):
        link = factories.link(calendar, max_uses=3)

        def lower(link: OneTimeLink = link) -> int:
            return update(account=link.account, link_id=link.id, actor=SYSTEM, now=NOW, max_uses=1).max_uses

        at = TEN + 120 * n
        seen = together(*[lambda link=link, s=at + 30 * i, i=i: use(link, s, i) for i in range(4)], lower)
        assert set(map(str, seen)) <= {"booked", "link_used", "1", "invalid"}, seen
        link.refresh_from_db()
        assert link.uses == LinkUse.objects.filter(link=link).count() == Counter(seen)["booked"]
    assert not OneTimeLink.objects.filter(uses__gt=F("max_uses")).exists()


def test_booking_while_the_calendar_is_edited_all_the_time_ends_in_an_answer():
    calendar = factories.calendar(factories.account())

    def edits() -> str:
        for n in range(40):
            changes = {"name": f"Name {n}"}
            update_calendar(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, **changes)
        return "edited"

    stale = plan_by_id(calendar.id)
    assert stale
    guest = clean_guest(stale, {"name": "Ada", "email": "ada@example.com"})

    def books(n: int) -> str:
        for k in range(5):
            start = TEN + 30 * (n * 5 + k)
            try:
                book(plan=stale, start=start, guest=guest, source="scheduling_link", actor=GUEST, now=NOW)
            except Problem as problem:
                assert problem.code == "slot_unavailable"
        return "tried"

    assert Counter(map(str, together(edits, lambda: books(0), lambda: books(1)))) == {"edited": 1, "tried": 2}


def test_request_answered_twice_at_once_issues_one_link():
    calendar = factories.calendar(factories.account())
    link = factories.link(calendar, uses=1)
    asked = request_new(token=token(link), kind="new_link", name="Ada", email="ada@example.com", note="", now=NOW)

    def answer() -> Any:
        return answer_request(account=calendar.account, request_id=asked.id, actor=SYSTEM, now=NOW).id

    assert len(set(together(*[answer] * 4))) == 1
    assert OneTimeLink.objects.count() == 2


def test_requests_at_one_dead_link_at_once_are_all_kept():
    link = factories.link(factories.calendar(factories.account()), uses=1)

    def ask() -> str:
        who = {"name": "Ada", "email": "ada@example.com", "note": ""}
        return request_new(token=token(link), kind="new_link", **who, now=NOW).status

    assert together(*[ask] * 8) == ["open"] * 8


def test_two_first_visitors_at_once_found_one_agency():
    def found(n: int) -> str:
        create_agency_and_owner(
            business="Clinic", name="Ada", email=f"ada{n}@example.com", password=factories.PASSWORD,
            timezone="UTC", now=NOW, first_only=True,
        )  # fmt: skip
        return "founded"

    assert Counter(together(*[lambda n=n: found(n) for n in range(4)])) == {"founded": 1, "not_found": 3}
    assert Agency.objects.count() == 1


def test_one_caller_known_by_phone_alone_is_one_contact_whoever_asks_first():
    account = factories.account()

    def find() -> Any:
        found, _ = find_or_create(
            account_id=account.id, name="Ada", email="", phone="+4930123456", timezone="", locale="", source="booking",
            actor=GUEST, now=NOW,
        )  # fmt: skip
        return found

    assert len(set(together(*[find] * 6))) == 1
    assert Contact.objects.count() == 1
