"""Appointments in the hosts' own calendars, against a real Radicale: written, moved, removed, whatever order jobs run in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests import factories
from tests.integrations.test_caldav import event
from tests.integrations.test_connecting import choose, connect, open_starts
from tests.radicale_server import Radicale

from admitone.accounts.models import Account
from admitone.booking import services as booking
from admitone.booking.models import Booking
from admitone.calendars import busy
from admitone.calendars.models import BusyBlock, Calendar, Host
from admitone.events import SYSTEM, Event
from admitone.integrations import connecting, writing
from admitone.integrations.models import CalendarConnection, ExternalEvent
from admitone.integrations.remote import Login, providers
from admitone.jobs import run_pending
from admitone.logic import ics
from admitone.messaging.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account()


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account)


@pytest.fixture
def host(calendar: Calendar) -> Host:
    return calendar.calendar_hosts.get().host


@pytest.fixture
def work(radicale: Radicale) -> str:
    return radicale.calendar("Work")


@pytest.fixture
def row(work: str, radicale: Radicale, account: Account, host: Host, now: datetime) -> CalendarConnection:
    """Connected, read and written to."""
    made = choose(connect(account, host, radicale, now), now, "Work", write_to="Work")
    run_pending(now=now)
    return made


def texts(radicale: Radicale, calendar: str) -> list[str]:
    return [radicale.get(file) for file in radicale.files(calendar)]


def starts(radicale: Radicale, calendar: str) -> list[str]:
    return [text.split("DTSTART:")[1].split("\r\n")[0] for text in texts(radicale, calendar)]


def move(one: Booking, now: datetime, minutes: int) -> None:
    start = Booking.objects.get(id=one.id).start_min + minutes
    booking.reschedule(account_id=one.account_id, booking_id=one.id, start=start, actor=SYSTEM, now=now, by="host")


def cancel(one: Booking, now: datetime) -> None:
    booking.cancel(account_id=one.account_id, booking_id=one.id, actor=SYSTEM, now=now, by="host")


def test_a_booking_is_written_moved_and_removed(radicale, row, work, calendar, now) -> None:
    one = factories.booking(calendar, name="Ana Roth")
    run_pending(now=now)
    assert starts(radicale, work) == ["20261103T090000Z"]
    text = texts(radicale, work)[0]
    assert (ics.uid(one.id) in text, "Ana Roth" in text, "ATTENDEE" in text, "ORGANIZER" in text) == (
        True,
        True,
        False,
        False,
    )
    move(one, now, 60)
    run_pending(now=now)
    assert starts(radicale, work) == ["20261103T100000Z"]
    cancel(one, now)
    run_pending(now=now)
    assert (radicale.files(work), ExternalEvent.objects.get().state) == ([], "removed")


def test_a_pending_booking_is_tentative_and_confirmed_when_it_is(radicale, row, work, calendar, now) -> None:
    one = factories.booking(calendar)
    Booking.objects.filter(id=one.id).update(status="pending")
    run_pending(now=now)
    assert "STATUS:TENTATIVE" in texts(radicale, work)[0]
    booking.confirm(account_id=one.account_id, booking_id=one.id, actor=SYSTEM, now=now)
    run_pending(now=now)
    assert "STATUS:CONFIRMED" in texts(radicale, work)[0]


def test_what_was_written_here_does_not_block_its_own_host(radicale, row, work, calendar, host, now) -> None:
    one = factories.booking(calendar)
    run_pending(now=now)
    busy.refresh_now([source.id for source in host.busy_sources.all()], now)
    assert BusyBlock.objects.count() == 0
    move(one, now, 30)
    run_pending(now=now)
    radicale.put(work, "other", event("DTSTART:20261104T090000Z", "DTEND:20261104T100000Z"))
    busy.refresh_now([source.id for source in host.busy_sources.all()], now)
    assert BusyBlock.objects.count() == 1


def test_an_entry_of_a_booking_with_somebody_else_blocks(radicale, row, work, account, host, now) -> None:
    theirs = factories.booking(factories.calendar(account))
    radicale.put(work, "invited", event("DTSTART:20261103T090000Z", "DTEND:20261103T093000Z", uid=ics.uid(theirs.id)))
    busy.refresh_now([source.id for source in host.busy_sources.all()], now)
    assert BusyBlock.objects.count() == 1


def test_appointments_ahead_follow_when_the_calendar_is_chosen_changed_and_given_up(
    radicale, work, account, calendar, host, now
) -> None:
    home = radicale.calendar("Home")
    factories.booking(calendar)
    row = connect(account, host, radicale, now)
    counts = []
    for target in ("Work", "Home", ""):
        choose(row, now, write_to=target)
        run_pending(now=now)
        counts.append((len(radicale.files(work)), len(radicale.files(home))))
    assert counts == [(1, 0), (0, 1), (0, 0)]


def test_a_host_who_is_replaced_loses_the_entry_and_the_new_one_gets_it(
    radicale, row, work, account, host, now
) -> None:
    home, other = radicale.calendar("Home"), factories.host(account)
    team = factories.calendar(account, host=host, kind="round_robin")
    from admitone.calendars.services import set_hosts

    set_hosts(account=account, calendar_id=team.id, hosts=[host.id, other.id], actor=SYSTEM, now=now)
    theirs = choose(connect(account, other, radicale, now), now, write_to="Home")
    one = factories.booking(team)
    run_pending(now=now)
    mine = Booking.objects.get(id=one.id).host_id == host.id
    assert (len(radicale.files(work)), len(radicale.files(home))) == ((1, 0) if mine else (0, 1))
    Booking.objects.filter(id=one.id).update(host=other if mine else host)
    writing.plan(one.account_id, one.id, now)
    run_pending(now=now)
    assert (len(radicale.files(work)), len(radicale.files(home))) == ((0, 1) if mine else (1, 0))
    assert theirs.events.count() == 1


def test_a_crash_between_writing_and_recording_is_harmless(radicale, row, work, calendar, now) -> None:
    factories.booking(calendar)
    entry = ExternalEvent
    run_pending(now=now)
    known = entry.objects.get()
    entry.objects.update(state="waiting", remote_id="", etag="", calendar="", sequence=-1)
    writing.write_event(entry_id=str(known.id), now=now)
    assert (len(radicale.files(work)), entry.objects.get().state) == (1, "written")


def test_a_worker_that_died_is_followed_by_another_after_its_lease(radicale, row, work, calendar, now) -> None:
    factories.booking(calendar)
    one = Booking.objects.get()
    writing.plan(one.account_id, one.id, now)
    assert writing.claim_entry(ExternalEvent.objects.get().id, now)
    run_pending(now=now)
    assert radicale.files(work) == []
    run_pending(now=now + writing.LEASE)
    assert len(radicale.files(work)) == 1


def test_a_change_during_a_slow_write_ends_with_the_last_state(radicale, row, work, calendar, now) -> None:
    one = factories.booking(calendar)
    writing.plan(one.account_id, one.id, now)
    claim = writing.claim_entry(ExternalEvent.objects.get().id, now)
    assert claim and claim.entry
    login = Login(writing.secrets_of(claim.sealed))
    move(one, now, 60)
    run_pending(now=now)
    known = providers()["caldav"].put(login, claim.write_to, claim.entry, claim.known)
    assert (starts(radicale, work), writing.record_outcome(claim, login, known, now)) == (["20261103T090000Z"], None)
    run_pending(now=now)
    assert (starts(radicale, work), ExternalEvent.objects.get().state) == (["20261103T100000Z"], "written")


def test_a_write_that_outlives_its_lease_cannot_undo_a_later_one(radicale, row, work, calendar, now) -> None:
    one = factories.booking(calendar)
    writing.plan(one.account_id, one.id, now)
    claim = writing.claim_entry(ExternalEvent.objects.get().id, now)
    assert claim and claim.entry
    move(one, now, 60)
    later = now + writing.LEASE
    run_pending(now=later)
    login = Login(writing.secrets_of(claim.sealed))
    known = providers()["caldav"].put(login, claim.write_to, claim.entry, claim.known)
    assert writing.record_outcome(claim, login, known, later) is None
    assert (starts(radicale, work), ExternalEvent.objects.get().state) == (["20261103T100000Z"], "written")


@pytest.mark.parametrize("status", ["503 Busy", "500 Oops", "429 Slow"])
def test_a_faulty_server_is_tried_again_after_a_while(radicale, row, work, calendar, now, status) -> None:
    radicale.refusals += [("PUT", status)] * 2
    factories.booking(calendar)
    run_pending(now=now)
    entry = ExternalEvent.objects.get()
    assert (entry.state, entry.tries, radicale.files(work)) == ("waiting", 1, [])
    run_pending(now=now + timedelta(seconds=11))
    run_pending(now=now + timedelta(seconds=60))
    assert (len(radicale.files(work)), CalendarConnection.objects.get().error) == (1, "")


def test_a_calendar_that_may_not_be_written_is_told_once_and_its_end_too(radicale, row, work, calendar, now) -> None:
    radicale.refusals += [("PUT", "403 Forbidden")] * 2
    first, _second = factories.booking(calendar), factories.booking(calendar, now + timedelta(days=2))
    factories.owner(calendar.account)
    run_pending(now=now)
    words = "The server does not let this user write to the calendar."
    assert (CalendarConnection.objects.get().error, {e.state for e in ExternalEvent.objects.all()}) == (
        words,
        {"failed"},
    )
    move(first, now, 30)
    run_pending(now=now)
    kinds = Event.objects.filter(subject_id=row.id, kind__endswith="ed").order_by("subject_seq")
    told = [kind for kind in kinds.values_list("kind", flat=True) if kind.split(".")[1] in ("failed", "recovered")]
    assert told == ["calendar_connection.failed", "calendar_connection.recovered"]
    assert Message.objects.filter(kind="calendar_connection.failed").count() == 2
    connecting.refresh(account=row.account, connection_id=row.id, now=now)
    run_pending(now=now)
    assert len(radicale.files(work)) == 2


def test_a_server_that_stays_away_fails_and_is_tried_every_hour(radicale, row, work, calendar, now) -> None:
    factories.booking(calendar, now + timedelta(days=3))
    radicale.refusals += [("PUT", "503 Busy")] * 7
    at = now
    for wait in (0, *writing.WAITS):
        at += timedelta(seconds=wait + 1)
        run_pending(now=at)
    assert ExternalEvent.objects.get().state == "failed"
    writing.write_what_failed(now=at + timedelta(hours=1))
    run_pending(now=at + timedelta(hours=1))
    assert (ExternalEvent.objects.get().state, len(radicale.files(work))) == ("written", 1)


def test_a_deleted_calendar_says_so_and_a_deleted_entry_is_not_put_back(radicale, row, work, calendar, now) -> None:
    one = factories.booking(calendar)
    run_pending(now=now)
    radicale.delete(radicale.files(work)[0])
    busy.refresh_now([source.id for source in row.host.busy_sources.all()], now)
    run_pending(now=now + timedelta(hours=2))
    assert radicale.files(work) == []
    move(one, now, 30)
    run_pending(now=now)
    assert len(radicale.files(work)) == 1
    cancel(one, now)
    radicale.delete(work)
    run_pending(now=now)
    assert ExternalEvent.objects.get().state == "removed"


def test_disconnecting_removes_entries_ahead_if_asked_to(radicale, row, work, account, calendar, now) -> None:
    factories.booking(calendar)
    run_pending(now=now)
    connecting.disconnect(account=account, connection_id=row.id, actor=SYSTEM, now=now, remove_entries=True)
    assert open_starts(calendar, 4, now) == 16
    run_pending(now=now)
    assert (radicale.files(work), CalendarConnection.objects.count()) == ([], 0)


def test_disconnecting_during_a_write_leaves_no_entry_behind(radicale, row, work, account, calendar, now) -> None:
    one = factories.booking(calendar)
    writing.plan(one.account_id, one.id, now)
    claim = writing.claim_entry(ExternalEvent.objects.get().id, now)
    assert claim and claim.entry
    connecting.disconnect(account=account, connection_id=row.id, actor=SYSTEM, now=now, remove_entries=True)
    run_pending(now=now)
    login = Login(writing.secrets_of(claim.sealed))
    providers()["caldav"].put(login, claim.write_to, claim.entry, claim.known)  # and dies before it is recorded
    assert len(radicale.files(work)) == 1
    run_pending(now=now + writing.LEASE + timedelta(seconds=2))
    assert (radicale.files(work), CalendarConnection.objects.count()) == ([], 0)


def test_disconnecting_leaves_entries_otherwise(radicale, row, work, account, calendar, now) -> None:
    factories.booking(calendar)
    run_pending(now=now)
    connecting.disconnect(account=account, connection_id=row.id, actor=SYSTEM, now=now)
    run_pending(now=now)
    assert (len(radicale.files(work)), CalendarConnection.objects.count()) == (1, 0)


def test_secrets_do_not_stay_behind_when_the_server_is_away(radicale, row, work, account, calendar, now) -> None:
    factories.booking(calendar)
    run_pending(now=now)
    radicale.refusals += [("DELETE", "503 Busy")] * 20
    connecting.disconnect(account=account, connection_id=row.id, actor=SYSTEM, now=now, remove_entries=True)
    for minute in range(20):
        run_pending(now=now + timedelta(minutes=2 * minute))
    assert CalendarConnection.objects.count() == 0


def test_an_erased_guest_is_erased_from_the_entry_too(radicale, row, work, account, calendar, now) -> None:
    from admitone.contacts.services import erase

    one = factories.booking(calendar, name="Ana Roth")
    run_pending(now=now)
    later = now + timedelta(days=3)
    erase(account=account, contact_id=one.contact_id, actor=SYSTEM, now=later, cancel_appointments=True)
    run_pending(now=later)
    assert [text for text in texts(radicale, work) if "Ana Roth" in text] == []


def test_a_class_is_one_entry_for_all_who_come(radicale, row, work, account, host, now) -> None:
    yoga = factories.calendar(account, host=host, kind="class", capacity=5, name="Yoga")
    first, second, third = (factories.booking(yoga, name=name) for name in ("Ana", "Ben", "Cleo"))
    run_pending(now=now)
    (text,) = texts(radicale, work)
    assert ["Yoga: 3 guests" in text, *(name in text for name in ("Ana", "Ben", "Cleo"))] == [True] * 4
    cancel(first, now)
    run_pending(now=now)
    (text,) = texts(radicale, work)
    assert ["Yoga: 2 guests" in text, *(name in text for name in ("Ana", "Ben", "Cleo"))] == [True, False, True, True]
    move(second, now, 60)
    run_pending(now=now)
    assert sorted(starts(radicale, work)) == ["20261103T090000Z", "20261103T100000Z"]
    busy.refresh_now([source.id for source in host.busy_sources.all()], now)
    assert BusyBlock.objects.count() == 0
    move(third, now, 60)
    run_pending(now=now)
    assert starts(radicale, work) == ["20261103T100000Z"]


def test_a_booking_costs_one_statement_where_nothing_is_connected(now, django_assert_num_queries) -> None:
    one = factories.booking(factories.calendar(factories.account()))
    with django_assert_num_queries(1):
        writing.plan(one.account_id, one.id, now)


def test_nothing_is_written_for_accounts_without_a_connection(radicale, row, work, account, now) -> None:
    factories.booking(factories.calendar(account))
    factories.booking(factories.calendar(factories.account(agency=account.agency)))
    run_pending(now=now)
    assert (ExternalEvent.objects.count(), radicale.files(work)) == (0, [])
