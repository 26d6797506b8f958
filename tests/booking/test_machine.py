"""Any order of issuing, booking, moving, cancelling and deleting agrees with a model of a few sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking, Occupancy, Seat, Session
from admitone.booking.services import cancel, reschedule
from admitone.calendars.services import set_active
from admitone.events import GUEST, SYSTEM, Event
from admitone.links.models import LinkUse, OneTimeLink
from admitone.links.services import issue, redeem, restore, revoke
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NOW = factories.NOW
DAY = to_min_floor(datetime(2026, 11, 3, 8, tzinfo=UTC))  # 09:00 in Berlin
STARTS = st.integers(0, 5).map(lambda n: DAY + 30 * n)


@dataclass
class Model:
    """What must be true: uses of each link, deleted links, times of the living bookings."""

    uses: dict[UUID, int] = field(default_factory=dict)
    most: dict[UUID, int] = field(default_factory=dict)
    deleted: set[UUID] = field(default_factory=set)
    taken: dict[UUID, int] = field(default_factory=dict)
    answered: dict[tuple[UUID, str], UUID] = field(default_factory=dict)
    active: bool = True


class Machine(RuleBasedStateMachine):
    links = Bundle("links")
    bookings = Bundle("bookings")

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.calendar = factories.calendar(factories.account())
        self.account = self.calendar.account
        self.model = Model()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(target=links, most=st.integers(1, 2))
    def issue(self, most: int) -> UUID:
        link = issue(account=self.account, calendar=self.calendar, actor=SYSTEM, now=NOW, max_uses=most)
        self.model.uses[link.id], self.model.most[link.id] = 0, most
        return link.id

    @rule(target=bookings, link=links, start=STARTS, key=st.sampled_from(["", "a", "b"]))
    def book(self, link: UUID, start: int, key: str) -> UUID | None:
        guest = {"name": "Ada", "email": "ada@example.com", "timezone": "UTC"}
        try:
            token = keyring().sign("o1", link)
            done = redeem(
                token=token, start=start, guest=guest, now=NOW, idempotency_key=f"{key}{start}" if key else None
            )
        except Problem as problem:
            assert problem.code == self.expected(link, start), problem.code
            return None
        if key and (link, f"{key}{start}") in self.model.answered:
            assert (done.replayed, done.id) == (True, self.model.answered[link, f"{key}{start}"])
            return None
        assert self.expected(link, start) == "booked"
        self.model.uses[link] += 1
        self.model.taken[done.id] = start
        if key:
            self.model.answered[link, f"{key}{start}"] = done.id
        return done.id

    def expected(self, link: UUID, start: int) -> str:
        if self.model.uses[link] >= self.model.most[link]:
            return "link_used"
        if link in self.model.deleted:
            return "link_deleted"
        if not self.model.active:
            return "calendar_paused"
        return "slot_taken" if start in self.model.taken.values() else "booked"

    @rule(booking=bookings, start=STARTS)
    def move(self, booking: UUID | None, start: int) -> None:
        if booking is None:
            return
        alive = booking in self.model.taken
        others = {at for one, at in self.model.taken.items() if one != booking}
        same = alive and self.model.taken[booking] == start
        fits = alive and (same or (start not in others and self.model.active))
        try:
            reschedule(account_id=self.account.id, booking_id=booking, start=start, actor=GUEST, now=NOW, by="guest")
        except Problem:
            assert not fits
            return
        assert fits
        self.model.taken[booking] = start

    @rule(booking=bookings)
    def cancel(self, booking: UUID | None) -> None:
        if booking is None:
            return
        try:
            cancel(account_id=self.account.id, booking_id=booking, actor=GUEST, now=NOW, by="guest")
        except Problem as problem:
            assert (problem.code, booking in self.model.taken) == ("booking_not_active", False)
            return
        del self.model.taken[booking]

    @rule(link=links, undo=st.booleans())
    def delete_or_restore(self, link: UUID, undo: bool) -> None:
        used = self.model.uses[link] >= self.model.most[link]
        try:
            (restore if undo else revoke)(account=self.account, link_id=link, actor=SYSTEM, now=NOW)
        except Problem as problem:
            assert (problem.code, used) == ("link_used", True)
            return
        assert not used
        (self.model.deleted.discard if undo else self.model.deleted.add)(link)

    @precondition(lambda self: len(self.model.taken) > 1)
    @rule(active=st.booleans())
    def pause_or_resume(self, active: bool) -> None:
        set_active(account=self.account, calendar_id=self.calendar.id, actor=SYSTEM, now=NOW, active=active)
        self.model.active = active

    @invariant()
    def rows_agree_with_the_model(self) -> None:
        confirmed = Booking.objects.filter(calendar=self.calendar, status="confirmed")
        assert dict(confirmed.values_list("id", "start_min")) == self.model.taken
        taken = sorted(self.model.taken.values())
        rows = Occupancy.objects.filter(session__calendar=self.calendar)
        assert sorted(rows.values_list("start_min", flat=True)) == taken
        assert Seat.objects.filter(booking__in=confirmed).count() == len(taken)
        assert Session.objects.filter(calendar=self.calendar).count() == len(taken)

    @invariant()
    def every_use_has_its_booking_and_events(self) -> None:
        assert dict(OneTimeLink.objects.filter(calendar=self.calendar).values_list("id", "uses")) == self.model.uses
        uses = LinkUse.objects.filter(link__calendar=self.calendar)
        assert uses.count() == sum(self.model.uses.values())
        created = Event.objects.filter(kind="booking.created", account_id=self.account.id)
        assert set(created.values_list("subject_id", flat=True)) == set(uses.values_list("booking_id", flat=True))
        used = Event.objects.filter(kind="one_time_link.used", account_id=self.account.id)
        assert used.count() == uses.count()


def explore(examples: int, steps: int) -> None:
    limits = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=limits)


@pytest.mark.django_db
def test_any_order_of_actions_agrees_with_the_model():
    explore(examples=25, steps=25)


@pytest.mark.soak
@pytest.mark.django_db
def test_many_orders_of_actions_agree_with_the_model():
    explore(examples=400, steps=60)
