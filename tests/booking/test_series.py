"""Appointments that repeat: all dates or none, one host if one can, one use of a link."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests import factories

from admitone.accounts.addresses import one_time_url
from admitone.accounts.idempotency import Idempotency
from admitone.booking.models import Booking
from admitone.booking.services import Booked, book, cancel, cancel_following, reschedule
from admitone.booking.services.series import look, series_of
from admitone.calendars.models import Calendar
from admitone.calendars.services import TeamHost, set_active, set_team
from admitone.events import GUEST, SYSTEM
from admitone.events.models import Event
from admitone.links.models import LinkUse, OneTimeLink
from admitone.links.services import redeem
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import from_min, iso, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.series import Repeat

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))  # a Tuesday, 10:00 in Berlin
WEEK = 7 * 1440
WEEKLY = Repeat("week", 4)

pytestmark = pytest.mark.django_db


def calendar(**fields: Any) -> Calendar:
    return factories.calendar(factories.account(), series_max=12, **fields)


def take(of: Calendar, repeat: Repeat | None = WEEKLY, start: int = TEN, name: str = "Ada", **more: Any) -> Booked:
    of.refresh_from_db()
    guest = clean_guest(of.compiled, {"name": name, "email": f"{name.lower()}@example.com"})
    return book(plan=of.compiled, start=start, guest=guest, source="api", actor=GUEST, now=NOW, repeat=repeat, **more)


def rows(of: Calendar, first: Booked) -> list[Booking]:
    return series_of(of.account_id, first.id)


def reasons(of: Calendar, repeat: Repeat = WEEKLY, start: int = TEN) -> list[str]:
    return [spot.reason for spot in look(of.compiled, start, repeat, now=NOW)]


def test_series_is_booked_whole_with_its_places():
    room = calendar()
    made = rows(room, take(room))
    assert [row.start_min for row in made] == [TEN, TEN + WEEK, TEN + 2 * WEEK, TEN + 3 * WEEK]
    assert [(row.series_id, row.series_n) for row in made] == [(made[0].id, n) for n in (1, 2, 3, 4)]
    assert {row.contact_id for row in made} == {made[0].contact_id}


def test_series_across_the_change_of_clocks_keeps_its_time_of_day():
    room = calendar(range_kind="unlimited")
    march = to_min_floor(datetime(2027, 3, 23, 9, tzinfo=UTC))
    made = rows(room, take(room, Repeat("week", 2), march))
    assert made[1].start_min - made[0].start_min == WEEK - 60


def test_conflicts_are_listed_with_their_reasons_and_nothing_is_booked():
    room = calendar()
    factories.booking(room, from_min(TEN + WEEK))
    assert reasons(room) == ["", "BOOKED", "", ""]
    with pytest.raises(Problem) as refused:
        take(room)
    listed = [(one["start"], one["reason"]) for one in refused.value.extra["dates"]]
    assert (refused.value.code, refused.value.status) == ("series_conflict", 409)
    assert listed[:2] == [(iso(from_min(TEN)), ""), (iso(from_min(TEN + WEEK)), "BOOKED")]
    assert Booking.objects.count() == 1


def test_dates_beyond_the_range_are_conflicts():
    room = calendar(range_kind="rolling", range_days=20)
    assert reasons(room) == ["", "", "", "TOOFAR"]


def test_dates_of_the_series_count_for_the_limits():
    room = calendar(per_month_limit=3)
    assert reasons(room, Repeat("week", 5)) == ["", "", "", "MONTHLIMIT", ""]
    with pytest.raises(Problem, match="series_conflict"):
        take(room)
    assert Booking.objects.count() == 0


def test_limit_of_appointments_for_one_person_bars_the_whole_series():
    room = calendar(per_contact_limit=3)
    with pytest.raises(Problem, match="contact_limit"):
        take(room)
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("count", [13, 52])
def test_series_longer_than_the_calendar_allows_is_refused(count):
    with pytest.raises(Problem, match="invalid"):
        take(calendar(), Repeat("week", count))


def test_calendar_without_series_refuses_one():
    with pytest.raises(Problem, match="invalid"):
        take(factories.calendar(factories.account()), Repeat("week", 2))


def test_same_key_gives_the_same_series():
    room = calendar()
    asked = Idempotency.of(room.id, "once", {"n": 1})
    first, again = (take(room, idempotency=asked) for _ in range(2))
    assert (again.id, again.replayed, Booking.objects.count()) == (first.id, True, 4)


def test_same_key_is_answered_though_the_calendar_was_paused_since():
    room = calendar()
    key = Idempotency.of("test", "again", {"start": TEN})
    first = take(room, idempotency=key)
    set_active(account=room.account, calendar_id=room.id, actor=SYSTEM, now=NOW, active=False)
    again = take(room, idempotency=key)
    assert (again.id, again.replayed) == (first.id, True)


def team(account: Any, n: int, **fields: Any) -> tuple[Calendar, list[Any]]:
    hosts = [factories.host(account) for _ in range(n)]
    room = factories.calendar(account, series_max=12, **fields)
    rows = [TeamHost(host.id) for host in hosts]
    return set_team(account=account, calendar_id=room.id, actor=SYSTEM, now=NOW, kind="round_robin", hosts=rows), hosts


def test_host_who_is_free_for_all_dates_takes_all_of_them():
    account = factories.account()
    room, (one, two) = team(account, 2)
    factories.booking(factories.calendar(account, host=one), from_min(TEN + 2 * WEEK))
    made = rows(room, take(room))
    assert {row.host_id for row in made} == {two.id}
    assert [row.host_reason for row in made[1:]] == ["same"] * 3


def test_each_date_has_its_own_host_if_nobody_is_free_for_all():
    account = factories.account()
    room, (one, two) = team(account, 2)
    factories.booking(factories.calendar(account, host=one), from_min(TEN + 2 * WEEK))
    factories.booking(factories.calendar(account, host=two), from_min(TEN + WEEK))
    made = rows(room, take(room))
    assert [row.host_id for row in made[1:3]] == [one.id, two.id]


def test_class_gives_a_seat_at_each_date():
    room = calendar(kind="class", capacity=2)
    take(room)
    take(room, name="Ben")
    assert reasons(room) == ["SEATS"] * 4


def test_events_say_what_was_booked_together():
    room = calendar()
    made = [str(row.id) for row in rows(room, take(room))]
    told = [event.facts for event in Event.objects.filter(kind="booking.created").order_by("id")]
    assert told[0]["together"] == made
    assert [facts.get("told_with") for facts in told] == [None, made[0], made[0], made[0]]
    assert {facts["series"] for facts in told} == {made[0]}


def link(**fields: Any) -> tuple[OneTimeLink, str]:
    made = factories.link(factories.calendar(factories.account()), **fields)
    return made, one_time_url(made.id).rpartition("/")[2]


def use(token: str, repeat: Repeat | None, **more: Any) -> Booked:
    guest = {"name": "Ada", "email": "ada@example.com"}
    return redeem(token=token, start=TEN, guest=guest, now=NOW, repeat=repeat, **more)


def test_series_is_one_use_of_a_link_that_allows_it():
    made, token = link(series=4)
    first = use(token, WEEKLY, idempotency_key="k")
    assert use(token, WEEKLY, idempotency_key="k").id == first.id
    made.refresh_from_db()
    assert (made.uses, LinkUse.objects.get().booking_id, Booking.objects.count()) == (1, first.id, 4)
    assert Booking.objects.filter(one_time_link_id=made.id).count() == 1


@pytest.mark.parametrize("series", [1, 3])
def test_link_is_not_used_by_a_series_longer_than_it_allows(series):
    made, token = link(series=series)
    with pytest.raises(Problem, match="invalid"):
        use(token, WEEKLY)
    made.refresh_from_db()
    assert (made.uses, Booking.objects.count()) == (0, 0)


def test_link_is_not_used_by_a_series_with_a_conflict():
    made, token = link(series=4)
    assert made.calendar
    factories.booking(made.calendar, from_min(TEN + WEEK))
    with pytest.raises(Problem, match="series_conflict"):
        use(token, WEEKLY)
    made.refresh_from_db()
    assert (made.uses, Booking.objects.count()) == (0, 1)


def test_offered_times_bind_every_date():
    _, token = link(series=2, offered=[[TEN, TEN + 30]])
    with pytest.raises(Problem, match="series_conflict"):
        use(token, Repeat("week", 2))


def test_one_and_all_following_are_cancelled_and_told_together():
    room = calendar()
    made = rows(room, take(room))
    gone = cancel_following(account_id=room.account_id, booking_id=made[1].id, actor=GUEST, now=NOW, by="guest")
    assert [row.id for row in gone] == [row.id for row in made[1:]]
    states = [row.status for row in series_of(room.account_id, made[0].id)]
    assert states == ["confirmed", "cancelled", "cancelled", "cancelled"]
    told = {str(event.subject_id): event.facts for event in Event.objects.filter(kind="booking.cancelled")}
    assert told[str(made[1].id)]["together"] == [str(row.id) for row in made[1:]]
    assert told[str(made[3].id)]["told_with"] == str(made[1].id)


def test_one_date_is_cancelled_or_moved_by_itself():
    room = calendar()
    made = rows(room, take(room))
    cancel(account_id=room.account_id, booking_id=made[1].id, actor=GUEST, now=NOW, by="guest")
    change = {"actor": GUEST, "now": NOW, "by": "guest"}
    reschedule(account_id=room.account_id, booking_id=made[2].id, start=made[2].start_min + 60, **change)
    found = series_of(room.account_id, made[0].id)
    assert [row.status for row in found] == ["confirmed", "cancelled", "confirmed", "confirmed"]
    assert found[2].start_min == made[2].start_min + 60


def test_nothing_follows_a_single_appointment():
    room = calendar()
    made = take(room, None)
    gone = cancel_following(account_id=room.account_id, booking_id=made.id, actor=GUEST, now=NOW, by="guest")
    assert [row.id for row in gone] == [made.id]
    assert "together" not in Event.objects.get(kind="booking.cancelled").facts


def test_series_of_somebody_else_is_not_there():
    room = calendar()
    made = take(room)
    with pytest.raises(Problem, match="not_found"):
        cancel_following(account_id=factories.account().id, booking_id=made.id, actor=GUEST, now=NOW, by="host")
    assert series_of(factories.account().id, made.id) == []
