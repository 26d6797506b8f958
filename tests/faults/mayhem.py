"""A seeded driver of everything that books: real services in any order, and what must hold after each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q
from tests import factories

from admitone.accounts.addresses import one_time_url
from admitone.booking import services
from admitone.booking.models import Booking, Occupancy, Seat, SeatHold, Session, WaitlistEntry
from admitone.booking.services.waiting import clean_waiting, join, leave
from admitone.calendars.models import Calendar
from admitone.calendars.services import TeamHost, set_active, set_team, update_calendar
from admitone.contacts.models import Contact
from admitone.contacts.services import erase, merge
from admitone.events import GUEST, SYSTEM
from admitone.events.models import Event
from admitone.events.tasks import dispatch
from admitone.links.models import LinkUse, OneTimeLink
from admitone.links.services import issue, redeem, reissue, restore, revoke, update
from admitone.links.services.offering import offer_now
from admitone.links.tasks import look_for_room, tend_waiting_lists
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.series import Repeat

NINE = to_min_floor(datetime(2026, 11, 3, 8, tzinfo=UTC))  # Tuesday, 09:00 in Berlin
WEEK = 7 * 1440
ACTIVE = ("pending", "confirmed")
KINDS = ("personal", "round_robin", "collective", "class", "event")


class Mayhem:
    """One sub-account with three calendars of two hosts, a group of them, and `step()`s that the dice choose."""

    def __init__(self, seed: int) -> None:
        self.dice, self.now = Random(seed), factories.NOW
        self.account = factories.account()
        hosts = [factories.host(self.account), factories.host(self.account)]
        self.hosts = [TeamHost(host.id) for host in hosts]
        more: dict[str, Any] = {"series_max": 3, "approval": True, "approval_hours": 2}
        alone = factories.calendar(self.account, host=hosts[0], durations=[60], **more)
        room = factories.calendar(self.account, host=hosts[1], kind="class", capacity=2, waitlist=True, max_party=3)
        team = factories.calendar(self.account, host=hosts[0], per_contact_limit=4, series_max=3)
        set_team(kind="round_robin", hosts=self.hosts, guest_picks_host=True, **self.of(team))
        self.calendars = [alone.id, room.id, team.id]
        self.group = factories.group(self.account, alone, room, team)
        self.asked: list[dict[str, Any]] = []
        self.log: list[str] = []

    def another(self, seed: int) -> Mayhem:
        """Other dice in the same sub-account, for a thread of its own."""
        twin = copy(self)
        twin.dice, twin.asked, twin.log = Random(seed), self.asked, []
        return twin

    def of(self, calendar: Calendar) -> dict[str, Any]:
        return {"account": self.account, "calendar_id": calendar.id, "actor": SYSTEM, "now": self.now}

    def any_calendar(self) -> Calendar:
        return Calendar.objects.get(id=self.dice.choice((*self.calendars, self.calendars[1])))

    def any_of(self, rows: Any) -> Any:
        found = list(rows.order_by("id"))
        if not found:
            raise Problem("not_found")
        return self.dice.choice(found)

    def start(self) -> int:
        return NINE + 60 * self.dice.randrange(2) + self.dice.choice((0, 0, 0, 30, WEEK))

    def wishes(self) -> dict[str, Any]:
        dice = self.dice
        repeat = Repeat("week", dice.choice((2, 3))) if dice.random() < 0.2 else None
        host = str(dice.choice(self.hosts).host) if dice.random() < 0.05 else ""
        return {"repeat": repeat, "duration": dice.choice((30, 60)) if dice.random() < 0.1 else None, "host": host}

    def guest(self, party: int = 1) -> dict[str, Any]:
        n = self.dice.randrange(6)
        party = self.dice.randint(1, party) if self.dice.random() < 0.9 else 3
        return {"name": f"G{n}", "email": f"g{n}@example.com", "party": party}

    def acts(self) -> list[tuple[float, Callable[[], Any]]]:
        return [
            (4, self.issue), (6, self.redeem), (2, self.replay), (5, self.book), (3, self.cancel), (4, self.move),
            (2, self.confirm), (2, self.decline), (1, self.expire), (6, self.wait), (1, self.leave), (1, self.offer),
            (1, self.let_in), (1, self.change), (0.4, self.change_type), (0.5, self.pause), (2, self.alter_link),
            (0.4, self.same_person), (5, self.work), (0.5, self.later),
        ]  # fmt: skip

    def step(self) -> None:
        """One act; a refusal is fine, anything else is not."""
        acts = self.acts()
        (act,) = self.dice.choices([one for _, one in acts], [weight for weight, _ in acts])
        try:
            act()
            self.log.append(act.__name__)
        except Problem as problem:
            self.log.append(f"{act.__name__}: {problem.code}")

    def issue(self) -> None:
        dice, group = self.dice, self.dice.random() < 0.3
        special: dict[str, Any] = (
            {} if group else {"series": dice.choice((None, 2, 3)), "seats": 2 if dice.random() < 0.1 else None}
        )
        contact = Contact.objects.filter(account=self.account).exclude(email="").first()
        issue(
            account=self.account, actor=SYSTEM, now=self.now, max_uses=dice.choice((1, 1, 2)), special=special,
            contact=contact if dice.random() < 0.3 else None,
            **({"group": self.group} if group else {"calendar": self.any_calendar()}),
        )  # fmt: skip

    def redeem(self) -> None:
        link = self.any_of(OneTimeLink.objects.filter(account=self.account, uses__lt=F("max_uses")))
        calendar = str(self.dice.choice(self.calendars)) if link.group_id else ""
        start = link.offered[0][0] if link.offered else self.start()
        self.asked.append(
            {"token": one_time_url(link.id).rpartition("/")[2], "start": start, "guest": self.guest(link.seats),
             "calendar": calendar, "idempotency_key": f"key-{len(self.asked)}", **self.wishes()}
        )  # fmt: skip
        redeem(**self.asked[-1], now=self.now)

    def replay(self) -> None:
        if self.asked:
            before = self.dice.choice(self.asked)
            redeem(**before, now=self.now)

    def book(self) -> None:
        calendar, wishes, by_hand = self.any_calendar(), self.wishes(), self.dice.random() < 0.2
        guest = clean_guest(calendar.compiled, self.guest(calendar.max_party))
        services.book(
            plan=calendar.compiled, start=self.start(), guest=guest, source="api", actor=GUEST, now=self.now,
            by_hand=by_hand, **wishes,
        )  # fmt: skip

    def any_booking(self, *statuses: str) -> dict[str, Any]:
        rows = Booking.objects.filter(account=self.account, status__in=statuses)
        return {"account_id": self.account.id, "booking_id": self.any_of(rows).id, "now": self.now}

    def cancel(self) -> None:
        act = self.dice.choice((services.cancel, services.cancel, services.cancel_following))
        act(**self.any_booking(*ACTIVE), actor=GUEST, by=self.dice.choice(("guest", "host")))

    def move(self) -> None:
        by = self.dice.choice(("guest", "host"))
        services.reschedule(**self.any_booking(*ACTIVE), start=self.start(), actor=GUEST, by=by)

    def confirm(self) -> None:
        services.confirm(**self.any_booking("pending", "confirmed", "declined"), actor=SYSTEM)

    def decline(self) -> None:
        services.decline(**self.any_booking("pending"), actor=SYSTEM)

    def expire(self) -> None:
        services.decline_unanswered(now=self.now)

    def wait(self) -> None:
        rows = Session.objects.filter(account_id=self.account.id).select_related("calendar")
        session = self.any_of(rows.filter(calendar__waitlist=True))
        plan = session.calendar.compiled
        guest = clean_waiting(plan, self.guest(session.calendar.max_party))
        join(plan=plan, start=session.start_min, guest=guest, actor=GUEST, now=self.now)

    def any_entry(self) -> WaitlistEntry:
        return self.any_of(WaitlistEntry.objects.filter(account=self.account, status__in=("waiting", "offered")))

    def leave(self) -> None:
        leave(account_id=self.account.id, entry_id=self.any_entry().id, actor=GUEST, now=self.now)

    def offer(self) -> None:
        offer_now(account_id=self.account.id, entry_id=self.any_entry().id, actor=SYSTEM, now=self.now)

    def let_in(self) -> None:
        look_for_room(now=self.now)

    def change(self) -> None:
        dice = self.dice
        name, value = dice.choice(
            [("approval", True), ("approval", False), ("waitlist", True), ("waitlist", False), ("durations", [45]),
             ("durations", [60]), ("duration", 60), ("duration", 30), ("max_party", 3), ("series_max", 3),
             ("per_contact_limit", 2), ("reissue_on_decline", True)]
        )  # fmt: skip
        changes: dict[str, Any] = {name: value}
        update_calendar(**self.of(self.any_calendar()), **changes)

    def change_type(self) -> None:
        kind = self.dice.choice((*KINDS, "class", "class", "event"))
        seats = self.dice.choice((2, 3, 4)) if kind in ("class", "event") else None
        hosts = self.hosts if kind in ("round_robin", "collective") else self.hosts[:1]
        set_team(**self.of(self.any_calendar()), kind=kind, hosts=hosts, capacity=seats)

    def pause(self) -> None:
        set_active(**self.of(self.any_calendar()), active=self.dice.random() < 0.9)

    def alter_link(self) -> None:
        link = self.any_of(OneTimeLink.objects.filter(account=self.account))
        said: dict[str, Any] = {"account": self.account, "link_id": link.id, "actor": SYSTEM, "now": self.now}
        act = self.dice.choice((revoke, restore, reissue, update))
        changes: dict[str, Any] = {"max_uses": 2} if act is update else {}
        act(**said, **changes)

    def same_person(self) -> None:
        rows = Contact.objects.filter(account=self.account, merged_into=None, erased_at=None)
        kept, other = self.any_of(rows), self.any_of(rows)
        said: dict[str, Any] = {"account": self.account, "actor": SYSTEM, "now": self.now}
        if kept != other and self.dice.random() < 0.7:
            merge(**said, keep_id=kept.id, drop_id=other.id)
        else:
            erase(**said, contact_id=kept.id)

    def work(self) -> None:
        """What a worker does; refusals are not fine here."""
        for key in list(Event.objects.filter(account_id=self.account.id).order_by("id").values_list("id", flat=True)):
            try:
                dispatch(event_id=str(key), now=self.now)
            except Problem as problem:
                raise AssertionError(f"an event's work was refused: {problem}") from problem

    def later(self) -> None:
        self.now += timedelta(minutes=self.dice.choice((10, 60, 180)))
        try:
            tend_waiting_lists(now=self.now)
            look_for_room(now=self.now)
        except Problem as problem:
            raise AssertionError(f"the clock's work was refused: {problem}") from problem


def faults(account: UUID) -> Iterator[tuple[str, Any]]:
    """Rows that contradict each other, each with what is wrong with it."""
    bookings = Booking.objects.filter(account=account).annotate(rows=Count("seat_rows"))
    sessions = Session.objects.filter(account_id=account)
    links = OneTimeLink.objects.filter(account=account).annotate(rows=Count("use_rows"))
    entries = WaitlistEntry.objects.filter(account=account)
    holds = SeatHold.objects.filter(calendar__account=account)
    offered = entries.filter(status="offered")
    seats = Seat.objects.filter(booking__account=account)
    checks = {
        "booking without just its seats": bookings.filter(status__in=ACTIVE).exclude(rows=F("seats")),
        "seat of nobody": seats.exclude(booking__status__in=(*ACTIVE, "completed", "no_show")),
        "seat at another time": seats.exclude(
            session__start_min=F("booking__start_min"),
            session__end_min=F("booking__end_min"),
            session__calendar=F("booking__calendar"),
        ),
        "seat beyond its session": seats.filter(n__gte=F("session__capacity")),
        "session without seats that nobody waits for": sessions.filter(seat_rows=None).exclude(
            Exists(
                entries.filter(
                    calendar=OuterRef("calendar_id"),
                    start_min=OuterRef("start_min"),
                    status__in=("waiting", "offered"),
                )
            )
        ),
        "host's time beside its session": Occupancy.objects.filter(session__in=sessions).exclude(
            session__start_min=F("start_min"), session__end_min=F("end_min")
        ),
        "request without an answer's hour": bookings.filter(status="pending", answer_by=None),
        "answer's hour without a request": bookings.exclude(status="pending").exclude(answer_by=None),
        "link whose uses do not count up": links.exclude(rows=F("uses")),
        "link that booked too often": links.filter(uses__gt=F("max_uses")),
        "booking of a link without its use": bookings.exclude(one_time_link_id=None).filter(link_use=None),
        "use of another link": LinkUse.objects.filter(link__account=account).exclude(
            booking__one_time_link_id=F("link_id")
        ),
        "hold of nobody": holds.exclude(link_id__in=offered.values("link_id")),
        "offer that keeps nothing": offered.exclude(link_id__in=holds.values("link_id")),
        "appointment that meets nobody": bookings.filter(status__in=ACTIVE)
        .exclude(seat_rows__session__occupancy__host=F("host"))
        .exclude(calendar__kind="event")
        .exclude(seat_rows__session__occupancy=None),
        "more in a series than its link allows": bookings.filter(series_n__gt=3),
    }
    for wrong, rows in checks.items():
        for row in rows[:3]:
            yield wrong, row.pk
    yield from twice(bookings.filter(Q(status__in=ACTIVE) & ~Q(series_id=None)))


def twice(bookings: Any) -> Iterator[tuple[str, Any]]:
    places = bookings.order_by().values("series_id", "series_n").annotate(times=Count("id", distinct=True))
    for row in places.filter(times__gt=1):
        yield "place in a series taken twice", row["series_id"]
