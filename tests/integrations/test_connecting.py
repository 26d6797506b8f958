"""Connections: signing in, choosing what blocks, and what becomes of it when the server or its owner goes away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests import factories
from tests.integrations.test_caldav import event
from tests.radicale_server import PASSWORD, USER, Radicale

from admitone.accounts.models import Account
from admitone.booking import queries as booking
from admitone.calendars import busy
from admitone.calendars.models import BusySource, Calendar, Host
from admitone.calendars.services import add_busy_source
from admitone.events import SYSTEM, Event
from admitone.integrations import connecting
from admitone.integrations.connections import connection, connection_view, connections, state_of
from admitone.integrations.models import CalendarConnection
from admitone.jobs import run_pending
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

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


def connect(
    account: Account, host: Host, radicale: Radicale, now: datetime, password: str = PASSWORD
) -> CalendarConnection:
    return connecting.connect_caldav(
        account=account, host_id=host.id, url=radicale.url, user=USER, password=password, actor=SYSTEM, now=now
    )


def choose(row: CalendarConnection, now: datetime, *names: str, write_to: str | None = None) -> CalendarConnection:
    """By the names of the calendars; `write_to` "" is none."""
    ids = {one.name: one.id for one in row.calendars.all()}
    target = ids[write_to] if write_to else write_to
    wanted = [ids[name] for name in names]
    return connecting.choose(
        account=row.account, connection_id=row.id, blocks=wanted, write_to=target, actor=SYSTEM, now=now
    )


def open_starts(calendar: Calendar, day: int, now: datetime) -> int:
    first = to_min_floor(datetime(2026, 11, day, tzinfo=UTC))
    return len(booking.open_slots(calendar.compiled, now=now, first=first, end=first + 1440))


def test_connecting_lists_calendars_and_keeps_the_password_sealed(radicale, account, host, now) -> None:
    radicale.calendar("Work"), radicale.calendar("Home")
    row = connect(account, host, radicale, now)
    assert sorted(one.name for one in row.calendars.all()) == ["Home", "Work"]
    assert (PASSWORD in row.config_sealed, BusySource.objects.count(), row.write_to) == (False, 0, "")
    assert PASSWORD not in str(connection_view(row))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"password": "wrong"}, "password"),
        ({"password": " "}, "password"),
        ({"user": "a:b"}, "user"),
        ({"url": ""}, "url"),
        ({"url": "ftp://x/"}, "url"),
        ({"url": "https://a b/"}, "url"),
        ({"url": "https://user:pw@example.com/"}, "url"),
        ({"url": "nowhere.invalid"}, "url"),
    ],
)
def test_what_cannot_be_connected_is_refused_at_its_field(radicale, account, host, now, values, field) -> None:
    given = {"url": radicale.url, "user": USER, "password": PASSWORD, **values}
    with pytest.raises(Problem) as refused:
        connecting.connect_caldav(account=account, host_id=host.id, actor=SYSTEM, now=now, **given)
    assert (list(refused.value.fields), CalendarConnection.objects.count()) == ([field], 0)


def test_a_chosen_calendar_blocks_its_host_until_it_is_read_and_then_what_it_holds(
    radicale, account, calendar, host, now
) -> None:
    work = radicale.calendar("Work")
    radicale.put(work, "lunch", event("DTSTART:20261103T110000Z", "DTEND:20261103T120000Z"))
    row = choose(connect(account, host, radicale, now), now, "Work")
    assert (open_starts(calendar, 3, now), state_of(connection(account, row.id))[0]) == (0, "unread")
    run_pending(now=now)
    assert (open_starts(calendar, 3, now), state_of(connection(account, row.id))[0]) == (14, "ok")
    choose(row, now)
    assert (open_starts(calendar, 3, now), BusySource.objects.count()) == (16, 0)


def test_an_event_that_comes_in_between_is_seen_when_a_booking_is_confirmed(
    radicale, account, calendar, host, now
) -> None:
    work = radicale.calendar("Work")
    choose(connect(account, host, radicale, now), now, "Work")
    run_pending(now=now)
    radicale.put(work, "new", event("DTSTART:20261103T090000Z", "DTEND:20261103T100000Z"))
    later = now + timedelta(minutes=6)
    busy.refresh_stale(host_ids=[host.id], now=later)
    assert open_starts(calendar, 3, later) == 14


def test_a_changed_password_closes_the_host_and_signing_in_again_opens_it(
    radicale, account, calendar, host, now
) -> None:
    radicale.calendar("Work")
    row = choose(connect(account, host, radicale, now), now, "Work")
    run_pending(now=now)
    (radicale.folder / "users").write_text(f"{USER}:other\n")
    later = now + timedelta(minutes=6)
    busy.refresh_stale(host_ids=[host.id], now=later)
    wrong = "The user name or the password is not accepted."
    assert (open_starts(calendar, 3, later), state_of(connection(account, row.id))) == (0, ("failed", wrong))
    with pytest.raises(Problem):
        connecting.change_password(account=account, connection_id=row.id, password="bad", actor=SYSTEM, now=later)
    connecting.change_password(account=account, connection_id=row.id, password="other", actor=SYSTEM, now=later)
    run_pending(now=later)
    assert (open_starts(calendar, 3, later), state_of(connection(account, row.id))) == (16, ("ok", ""))


def test_connecting_the_same_sign_in_again_renews_it(radicale, account, host, now) -> None:
    radicale.calendar("Work")
    first = connect(account, host, radicale, now)
    (radicale.folder / "users").write_text(f"{USER}:other\n")
    assert connect(account, host, radicale, now, "other").id == first.id
    assert CalendarConnection.objects.count() == 1


def test_refreshing_finds_new_calendars_and_forgets_unused_ones_that_are_gone(radicale, account, host, now) -> None:
    work, home = radicale.calendar("Work"), radicale.calendar("Home")
    row = choose(connect(account, host, radicale, now), now, "Work")
    radicale.delete(work), radicale.delete(home), radicale.calendar("Club")
    row = connecting.refresh(account=account, connection_id=row.id, now=now)
    assert sorted(one.name for one in row.calendars.all()) == ["Club", "Work"]
    assert state_of(row) == ("failed", "There is no such calendar at the server any more.")


def test_disconnecting_frees_what_was_blocked(radicale, account, calendar, host, now) -> None:
    radicale.put(radicale.calendar("Work"), "x", event("DTSTART:20261103T110000Z", "DTEND:20261103T120000Z"))
    row = choose(connect(account, host, radicale, now), now, "Work")
    run_pending(now=now)
    connecting.disconnect(account=account, connection_id=row.id, actor=SYSTEM, now=now)
    assert (open_starts(calendar, 3, now), CalendarConnection.objects.count()) == (16, 0)
    kinds = Event.objects.filter(subject_id=row.id).order_by("subject_seq").values_list("kind", flat=True)
    assert list(kinds) == [f"calendar_connection.{verb}" for verb in ("created", "changed", "deleted")]


def test_a_busy_source_removed_by_itself_leaves_the_connection(radicale, account, host, now) -> None:
    radicale.calendar("Work")
    row = choose(connect(account, host, radicale, now), now, "Work")
    BusySource.objects.get().delete()
    assert connection_view(connection(account, row.id))["calendars"][0]["blocks"] is False


def test_another_accounts_connection_is_not_there(radicale, account, host, now) -> None:
    radicale.calendar("Work")
    row = connect(account, host, radicale, now)
    other = factories.account(agency=account.agency)
    assert list(connections(other)) == []
    for call in (connecting.refresh, connecting.choose, connecting.disconnect, connecting.change_password):
        more = {} if call is connecting.refresh else {"actor": SYSTEM}
        more |= {"password": "x"} if call is connecting.change_password else {}
        with pytest.raises(Problem) as refused:
            call(account=other, connection_id=row.id, now=now, **more)
        assert refused.value.code == "not_found"


def test_a_source_cannot_be_pointed_at_a_connection_from_outside(radicale, account, host, now) -> None:
    radicale.calendar("Work")
    row = connect(account, host, radicale, now)
    config = {"connection": str(row.id), "calendar": "x"}
    with pytest.raises(Problem):
        add_busy_source(account=account, host_id=host.id, kind="caldav", config=config, actor=SYSTEM, now=now)


def test_calendars_of_another_connection_cannot_be_chosen(radicale, account, host, now) -> None:
    radicale.calendar("Work")
    mine = connect(account, host, radicale, now)
    theirs = connect(account, factories.calendar(account).calendar_hosts.get().host, radicale, now)
    foreign = theirs.calendars.get().id
    for wanted in ({"blocks": [foreign]}, {"write_to": foreign}):
        with pytest.raises(Problem):
            connecting.choose(account=account, connection_id=mine.id, actor=SYSTEM, now=now, **wanted)
