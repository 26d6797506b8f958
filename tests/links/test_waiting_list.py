"""A waiting list: join, be offered what is freed, take it or let it go; nobody is offered it twice, nobody jumps the queue."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests import factories

from admitone.accounts.addresses import one_time_url
from admitone.accounts.client import network_of
from admitone.booking.holds import GRACE
from admitone.booking.models import Booking, SeatHold, Session, WaitlistEntry
from admitone.booking.queries import open_slots, open_times
from admitone.booking.services import book, cancel, reschedule
from admitone.booking.services.waiting import clean_waiting, join, leave
from admitone.calendars.models import Calendar
from admitone.calendars.services import set_team, update_calendar
from admitone.events import GUEST, SYSTEM, record
from admitone.events.models import Event
from admitone.events.tasks import dispatch
from admitone.links.models import OneTimeLink
from admitone.links.services import redeem, revoke, update
from admitone.links.services.offering import offer_now, settle_offer
from admitone.links.tasks import expire, look_for_room, tend_waiting_lists
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.webhooks.payloads import body_of

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))  # 10:00 in Berlin
HOLD = timedelta(hours=2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Calendar:
    """A class of two places with a waiting list."""
    return factories.calendar(factories.account(), kind="class", capacity=2, waitlist=True)


def take(calendar: Calendar, name: str = "guest", start: int = TEN, **more: Any) -> Booking:
    calendar.refresh_from_db()
    guest = clean_guest(calendar.compiled, {"name": name, "email": f"{name}@example.com"})
    done = book(plan=calendar.compiled, start=start, guest=guest, source="api", actor=GUEST, now=NOW, **more)
    return Booking.objects.get(id=done.id)


def fill(calendar: Calendar) -> list[Booking]:
    return [take(calendar, f"seated{n}") for n in range(calendar.capacity)]


def wait(calendar: Calendar, name: str, start: int = TEN, **more: Any) -> WaitlistEntry:
    plan = calendar.compiled
    guest = clean_waiting(plan, {"name": name, "email": f"{name}@example.com", **more})
    return join(plan=plan, start=start, guest=guest, actor=GUEST, now=NOW)


def drop(booking: Booking, now: datetime = NOW) -> None:
    cancel(account_id=booking.account_id, booking_id=booking.id, actor=SYSTEM, now=now, by="host")
    follow(now)


def follow(now: datetime = NOW) -> None:
    """What the worker does with the events so far; handlers see each once."""
    for key in list(Event.objects.order_by("id").values_list("id", flat=True)):
        dispatch(event_id=str(key), now=now)


def state(*entries: WaitlistEntry) -> list[str]:
    return [WaitlistEntry.objects.get(id=entry.id).status for entry in entries]


def link_of(entry: WaitlistEntry) -> OneTimeLink:
    return OneTimeLink.objects.get(id=WaitlistEntry.objects.get(id=entry.id).link_id)


def use(entry: WaitlistEntry, now: datetime = NOW, **guest: Any) -> Booking:
    token = one_time_url(link_of(entry).id).rpartition("/")[2]
    return Booking.objects.get(id=redeem(token=token, start=entry.start_min, guest=guest, now=now).id)


def told(kind: str) -> int:
    return Event.objects.filter(kind=kind).count()


def left(calendar: Calendar, **more: Any) -> int:
    """Free places at ten o'clock."""
    found = open_times(calendar.compiled, now=NOW, first=TEN, end=TEN + 1, **more)
    return (found[0].seats or 0) if found else 0


def test_somebody_who_waits_for_a_full_time_has_one_place_in_line(room):
    fill(room)
    first, again = wait(room, "ana"), wait(room, "ana")
    assert (first.id, first.status, first.seats, told("waitlist.joined")) == (again.id, "waiting", 1, 1)


def test_time_with_room_has_no_line(room):
    take(room)
    with pytest.raises(Problem, match="waitlist_closed"):
        wait(room, "ana")


@pytest.mark.parametrize("start", [TEN + 7, TEN - 14 * 1440, TEN + 24 * 60 * 4])
def test_time_that_is_never_open_has_no_line(room, start):
    with pytest.raises(Problem, match="waitlist_closed"):
        wait(room, "ana", start)


def test_calendar_without_waiting_list_has_no_line(room):
    fill(room)
    update_calendar(account=room.account, calendar_id=room.id, actor=SYSTEM, now=NOW, waitlist=False)
    room.refresh_from_db()
    with pytest.raises(Problem, match="waitlist_closed"):
        wait(room, "ana")


def test_freed_seat_is_offered_to_the_first_in_line_as_a_bound_link_for_that_time_alone(room):
    seats = fill(room)
    ana, ben = wait(room, "ana"), wait(room, "ben")
    drop(seats[0])
    link = link_of(ana)
    assert state(ana, ben) == ["offered", "waiting"]
    assert (link.contact_id, link.contact_policy, link.offered) == (ana.contact_id, "refuse", [[TEN, TEN + 30]])
    assert (link.expires_at, link.source_kind, link.seats) == (NOW + HOLD, "waitlist", 1)
    assert SeatHold.objects.values_list("link_id", "seats", "until").get() == (link.id, 1, NOW + HOLD)


def test_offered_seat_is_taken_for_everybody_but_the_holder_of_the_link(room):
    seats = fill(room)
    ana = wait(room, "ana")
    drop(seats[0])
    assert (left(room), left(room, link=link_of(ana).id)) == (0, 1)
    with pytest.raises(Problem, match="slot_taken"):
        take(room, "snatcher")
    assert use(ana).one_time_link_id == link_of(ana).id
    assert (state(ana), SeatHold.objects.count(), told("waitlist.booked")) == (["booked"], 0, 1)
    body = json.loads(body_of(Event.objects.get(kind="waitlist.booked"), NOW) or "")
    data = body["data"]
    assert (body["type"], data["id"], data["status"]) == ("waitlist.booked", str(ana.id), "booked")
    assert data["booking"]["link"] == data["link"] != ""


def test_seat_freed_a_moment_ago_belongs_to_the_line_before_anybody_was_offered_it(room):
    seats = fill(room)
    wait(room, "ana")
    cancel(account_id=room.account_id, booking_id=seats[0].id, actor=SYSTEM, now=NOW, by="host")
    with pytest.raises(Problem, match="slot_taken"):
        take(room, "snatcher")
    assert left(room) == 0


def test_seat_that_suits_nobody_in_line_is_for_everybody(room):
    update_calendar(account=room.account, calendar_id=room.id, actor=SYSTEM, now=NOW, max_party=2)
    room.refresh_from_db()
    seats = fill(room)
    pair = wait(room, "pair", party=2)
    drop(seats[0])
    assert (state(pair), left(room)) == (["waiting"], 1)
    assert take(room, "single").status == "confirmed"


def test_first_whose_party_fits_is_offered_the_seat(room):
    update_calendar(account=room.account, calendar_id=room.id, actor=SYSTEM, now=NOW, max_party=2)
    room.refresh_from_db()
    seats = fill(room)
    pair, ana = wait(room, "pair", party=2), wait(room, "ana")
    drop(seats[0])
    assert state(pair, ana) == ["waiting", "offered"]


def test_offer_that_is_let_go_passes_to_the_next_person_once(room):
    seats = fill(room)
    ana, ben = wait(room, "ana"), wait(room, "ben")
    drop(seats[0])
    later = NOW + HOLD
    settle_offer(link_id=str(link_of(ana).id), now=later)
    expire(now=later)
    tend_waiting_lists(now=later)
    follow(later)
    assert (state(ana, ben), SeatHold.objects.count()) == (["expired", "offered"], 1)
    assert link_of(ben).expires_at == later + HOLD
    with pytest.raises(Problem, match="link_expired"):
        use(ana, later)


def test_expired_offer_keeps_its_seat_from_passers_by_until_it_is_settled_but_not_for_ever(room):
    seats = fill(room)
    wait(room, "ana")
    drop(seats[0])
    late, too_late = NOW + HOLD + GRACE / 2, NOW + HOLD + GRACE
    assert open_slots(room.compiled, now=late, first=TEN, end=TEN + 1) == []
    assert open_slots(room.compiled, now=too_late, first=TEN, end=TEN + 1) == [TEN]


def test_deleted_offer_passes_on(room):
    seats = fill(room)
    ana, ben = wait(room, "ana"), wait(room, "ben")
    drop(seats[0])
    revoke(account=room.account, link_id=link_of(ana).id, actor=SYSTEM, now=NOW)
    follow()
    assert state(ana, ben) == ["expired", "offered"]


def test_extended_offer_keeps_its_seat_as_long(room):
    seats = fill(room)
    ana = wait(room, "ana")
    drop(seats[0])
    longer = NOW + HOLD * 2
    update(account=room.account, link_id=link_of(ana).id, actor=SYSTEM, now=NOW, expires_at=longer)
    tend_waiting_lists(now=NOW + HOLD)
    assert (state(ana), SeatHold.objects.get().until) == (["offered"], longer)


def test_whoever_leaves_gives_the_offer_to_the_next_person(room):
    seats = fill(room)
    ana, ben = wait(room, "ana"), wait(room, "ben")
    drop(seats[0])
    leave(account_id=room.account_id, entry_id=ana.id, actor=GUEST, now=NOW)
    follow()
    assert (state(ana, ben), link_of(ana).deleted_at) == (["left", "offered"], NOW)


def test_leaving_twice_is_told_once(room):
    fill(room)
    ana = wait(room, "ana")
    for _ in range(2):
        leave(account_id=room.account_id, entry_id=ana.id, actor=GUEST, now=NOW)
    assert (state(ana), told("waitlist.left")) == (["left"], 1)


def test_seat_freed_by_a_reschedule_is_offered(room):
    seats = fill(room)
    ana = wait(room, "ana")
    moved = {"actor": SYSTEM, "now": NOW, "by": "host"}
    reschedule(account_id=room.account_id, booking_id=seats[0].id, start=TEN + 60, **moved)
    follow()
    assert state(ana) == ["offered"]


def test_more_capacity_is_offered(room):
    fill(room)
    ana, ben, cleo = (wait(room, name) for name in ("ana", "ben", "cleo"))
    set_team(account=room.account, calendar_id=room.id, actor=SYSTEM, now=NOW, capacity=4)
    follow()
    assert state(ana, ben, cleo) == ["offered", "offered", "waiting"]


def test_offer_ends_when_notice_begins(room):
    update_calendar(account=room.account, calendar_id=room.id, actor=SYSTEM, now=NOW, notice=60)
    room.refresh_from_db()
    seats = fill(room)
    ana = wait(room, "ana")
    now = from_min(TEN) - timedelta(hours=2)
    drop(seats[0], now)
    until = link_of(ana).expires_at
    assert until is not None
    assert timedelta(minutes=59) <= from_min(TEN) - until <= timedelta(minutes=61)


def test_nobody_is_offered_what_is_too_late_to_book(room):
    update_calendar(account=room.account, calendar_id=room.id, actor=SYSTEM, now=NOW, notice=60)
    room.refresh_from_db()
    seats = fill(room)
    ana = wait(room, "ana")
    drop(seats[0], from_min(TEN) - timedelta(minutes=50))
    assert state(ana) == ["waiting"]


def test_offer_never_outlives_the_start(room):
    seats = fill(room)
    ana = wait(room, "ana")
    drop(seats[0], from_min(TEN) - timedelta(minutes=30))
    assert link_of(ana).expires_at == from_min(TEN)


def test_line_of_a_time_that_has_begun_is_over(room):
    fill(room)
    ana = wait(room, "ana")
    tend_waiting_lists(now=from_min(TEN))
    assert state(ana) == ["expired"]


def test_whole_session_that_emptied_is_offered_again(room):
    seats = fill(room)
    entries = [wait(room, name) for name in ("ana", "ben", "cleo")]
    for booking in seats:
        drop(booking)
    assert state(*entries) == ["offered", "offered", "waiting"]
    assert [use(entry).start_min for entry in entries[:2]] == [TEN, TEN]


def test_class_that_emptied_keeps_its_host_until_nobody_waits(room):
    seats = fill(room)
    entries = [wait(room, name) for name in ("ana", "ben")]
    other = factories.calendar(room.account, host=room.calendar_hosts.get().host)
    for booking in seats:
        cancel(account_id=room.account_id, booking_id=booking.id, actor=SYSTEM, now=NOW, by="host")
    for status in ("waiting", "offered"):
        assert state(*entries) == [status] * 2
        with pytest.raises(Problem, match="slot_taken"):
            factories.booking(other, from_min(TEN))
        assert TEN not in offered_by(other)
        follow()
    assert [start for start in offered_by(room) if TEN - 30 < start < TEN + 30] == []
    for entry in entries:
        leave(account_id=room.account_id, entry_id=entry.id, actor=GUEST, now=NOW)
    assert Session.objects.count() == 0
    factories.booking(other, from_min(TEN))


def offered_by(calendar: Calendar) -> list[int]:
    day = 24 * 60
    found = open_times(calendar.compiled, now=NOW, first=TEN - day, end=TEN + day)
    return [one.start for one in found]


def test_host_is_free_again_once_it_is_too_late_to_offer_or_the_list_is_closed(room):
    other = factories.calendar(room.account, kind="class", capacity=1, waitlist=True)
    for calendar, late in ((room, from_min(TEN)), (other, NOW)):
        seats = fill(calendar)
        wait(calendar, "ana")
        for booking in seats:
            cancel(account_id=booking.account_id, booking_id=booking.id, actor=SYSTEM, now=NOW, by="host")
        assert Session.objects.filter(calendar=calendar).count() == 1
        if calendar == other:
            update_calendar(account=room.account, calendar_id=other.id, actor=SYSTEM, now=NOW, waitlist=False)
            look_for_room(now=late)
        else:
            follow(late)
        assert Session.objects.count() == 0


def test_empty_session_whose_host_is_taken_elsewhere_is_not_offered_until_the_host_is_free(room):
    seats = fill(room)
    ana = wait(room, "ana")
    other = factories.calendar(room.account, host=room.calendar_hosts.get().host)
    for booking in seats:
        cancel(account_id=room.account_id, booking_id=booking.id, actor=SYSTEM, now=NOW, by="host")
    Session.objects.all().delete()  # whoever joins just after the last guest left finds none
    elsewhere = factories.booking(other, from_min(TEN))
    follow()
    assert state(ana) == ["waiting"]
    drop(elsewhere)
    look_for_room(now=NOW)
    assert state(ana) == ["offered"]


def test_owner_offers_a_free_seat_to_somebody_further_back(room):
    seats = fill(room)
    ana, ben = wait(room, "ana"), wait(room, "ben")
    with pytest.raises(Problem, match="slot_taken"):
        offer_now(account_id=room.account_id, entry_id=ben.id, actor=SYSTEM, now=NOW)
    cancel(account_id=room.account_id, booking_id=seats[0].id, actor=SYSTEM, now=NOW, by="host")
    offer_now(account_id=room.account_id, entry_id=ben.id, actor=SYSTEM, now=NOW)
    follow()
    assert state(ana, ben) == ["waiting", "offered"]


def test_owner_who_books_by_hand_takes_what_is_not_promised(room):
    seats = fill(room)
    wait(room, "ana")
    cancel(account_id=room.account_id, booking_id=seats[0].id, actor=SYSTEM, now=NOW, by="host")
    assert take(room, "walkin", by_hand=True).status == "confirmed"
    drop(seats[1])
    with pytest.raises(Problem, match="slot_taken"):
        take(room, "another", by_hand=True)


def test_line_survives_that_two_contacts_become_one(room):
    from admitone.contacts.services import merge

    fill(room)
    ana, annie, ben = wait(room, "ana"), wait(room, "annie"), wait(room, "ben")
    merge(account=room.account, keep_id=ana.contact_id, drop_id=annie.contact_id, actor=SYSTEM, now=NOW)
    assert state(ana, annie, ben) == ["waiting", "left", "waiting"]


def test_whoever_is_forgotten_leaves_every_line(room):
    from admitone.contacts.services import erase

    seats = fill(room)
    ana, ben = wait(room, "ana"), wait(room, "ben")
    drop(seats[0])
    erase(account=room.account, contact_id=ana.contact_id, actor=SYSTEM, now=NOW, cancel_appointments=True)
    follow()
    assert state(ana, ben) == ["left", "offered"]


def test_party_that_comes_smaller_leaves_the_rest_to_the_next(room):
    update_calendar(account=room.account, calendar_id=room.id, actor=SYSTEM, now=NOW, max_party=2)
    room.refresh_from_db()
    seats = fill(room)
    pair, ana = wait(room, "pair", party=2), wait(room, "ana")
    for booking in seats:
        cancel(account_id=room.account_id, booking_id=booking.id, actor=SYSTEM, now=NOW, by="host")
    follow()
    assert (state(pair, ana), link_of(pair).seats) == (["offered", "waiting"], 2)
    assert use(pair, party=1).seats == 1
    follow()
    assert state(pair, ana) == ["booked", "offered"]


def test_pair_books_both_seats_that_are_kept(room):
    update_calendar(account=room.account, calendar_id=room.id, actor=SYSTEM, now=NOW, max_party=2)
    room.refresh_from_db()
    seats = fill(room)
    pair = wait(room, "pair", party=2)
    for booking in seats:
        drop(booking)
    made = use(pair, party=2)
    assert (made.seats, left(room), SeatHold.objects.count()) == (2, 0, 0)


def test_one_client_has_few_places_at_a_time_and_those_who_wait_keep_theirs(room):
    fill(room)
    plan = room.compiled

    def ask(n: int, client: str) -> WaitlistEntry:
        guest = clean_waiting(plan, {"name": f"n{n}", "email": f"n{n}@invented.example"})
        return join(plan=plan, start=TEN, guest=guest, actor=GUEST, now=NOW, client=client)

    here, there = network_of("2001:db8::1"), network_of("2001:db8::ffff:1")
    assert (here, there) == ("2001:db8::/64", "2001:db8::/64")
    for n in range(5):
        ask(n, here)
    assert ask(0, there).contact.email == "n0@invented.example"
    with pytest.raises(Problem, match="rate_limited"):
        ask(5, there)
    assert (ask(6, network_of("192.0.2.7")).status, WaitlistEntry.objects.count()) == ("waiting", 6)


def test_one_person_waits_for_few_times_and_is_offered_one_twice(room):
    fill(room)
    ana = wait(room, "ana")
    for n in range(1, 10):
        WaitlistEntry.objects.filter(id=ana.id).update(status="expired", link_id=uuid4() if n < 3 else None)
        if n == 2:
            with pytest.raises(Problem) as passed:
                wait(room, "ana")
            assert passed.value.fields == {"email": "A place at this time was kept for you twice already."}
            WaitlistEntry.objects.update(link_id=None)
        ana = wait(room, "ana")
    for n, row in enumerate(WaitlistEntry.objects.exclude(id=ana.id)):
        WaitlistEntry.objects.filter(id=row.id).update(status="waiting", start_min=TEN + 10_000 + n)
    WaitlistEntry.objects.filter(id=ana.id).update(status="left")
    wait(room, "ana")
    WaitlistEntry.objects.filter(id=ana.id).update(status="waiting", start_min=TEN + 20_000)
    for seat in range(room.capacity):
        take(room, f"later{seat}", TEN + 60)
    with pytest.raises(Problem) as many:
        wait(room, "ana", TEN + 60)
    assert many.value.fields == {"email": "You are waiting for as many times as one person can."}


def test_address_whose_mail_bounces_leaves_the_line(room):
    seats = fill(room)
    nobody, ben = wait(room, "nobody"), wait(room, "ben")
    drop(seats[0])
    assert state(nobody, ben) == ["offered", "waiting"]
    message = Message.objects.filter(kind="waitlist.joined", contact=nobody.contact_id).get()
    facts = {"message": str(message.id), "contact": str(nobody.contact_id), "channel": "email"}
    where = {"account_id": room.account_id, "actor": SYSTEM, "now": NOW, "subject_kind": "message"}
    record(**where, kind="message.bounced", subject_id=message.id, facts=facts)
    follow()
    follow()  # what leaving tells
    assert state(nobody, ben) == ["left", "offered"]
