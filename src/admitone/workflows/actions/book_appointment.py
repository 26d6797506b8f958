"""Book an appointment: the time a value names, or the next one that is free. The same step books once, whatever is killed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from admitone.accounts.idempotency import Idempotency
from admitone.accounts.models import Account
from admitone.booking.queries import open_slots
from admitone.booking.services import Booked, Wish, book, booked, reserve
from admitone.booking.services.reserving import PlanChanged
from admitone.calendars.models import Calendar
from admitone.contacts.models import Contact
from admitone.logic.bookings import GuestRequest, clean_caller
from admitone.logic.clock import from_min, iso, to_min_ceil, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.logic.plan import CalendarPlan
from admitone.values import value
from admitone.workflows.acting import STATUS_LABEL, fill, has_merges, no_contact
from admitone.workflows.outcomes import Done, Failed, Outcome, Preview, Skipped
from admitone.workflows.periods import Period
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext

MINUTES_AHEAD = 60 * 24 * 60
TRIES = 3
LOST = frozenset({"slot_taken"})
ALONE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


@action("booking.book")
class BookAppointment(Action):
    """Book for the contact: at the time that a value names, or at the next free one."""

    label = _("Book appointment")
    category = _("Appointments")
    icon = "calendar-plus"
    external = True  # busy calendars are read again before anything is booked
    templates = ("at", "note")
    outputs = {
        "status": "confirmed",
        "start": "2026-12-01T09:00:00Z",
        "manage_url": "https://book.example.com/b/1Ab2Cd3",
    }
    output_labels = {**STATUS_LABEL, "start": _("Start"), "manage_url": _("Reschedule or cancel")}
    provides = frozenset({"appointment", "calendar"})
    labels = {
        "calendar": _("Calendar"),
        "at": _("Time"),
        "within": _("Within"),
        "after": _("Not before"),
        "note": _("Note"),
    }
    helps = {
        "at": _("A date and time like 2026-12-01T09:00, or a value that holds one; the next free time if empty."),
        "within": _("How far ahead to look for a free time; 60 days if empty."),
        "after": _("How long from now the appointment may begin at the earliest."),
    }
    editors = {"calendar": "calendar", "at": "subject", "note": "text"}

    @params
    class Params:
        """`at`: merge text of an instant; without an offset it is in the contact's zone. `after` and `within` count from
        now and belong to the search for a free time."""

        calendar: UUID
        at: str = ""
        after: Period | None = None
        within: Period | None = None
        note: str = ""

    @classmethod
    def nouns(cls, params: Any, branch: str | None) -> frozenset[str]:
        return cls.provides

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        found = Calendar.objects.filter(pk=params.calendar, account=account).values_list("name", flat=True).first()
        return found or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        found = Calendar.objects.filter(pk=params.calendar, account=account, deleted_at=None)
        faults: Faults = {} if found.exists() else {"calendar": str(_("There is no such calendar."))}
        for name in ("after", "within"):
            period = getattr(params, name)
            if period is not None and (wrong := period.fault()):
                faults[name] = wrong
        if params.at.strip() and not has_merges(params.at) and instant(params.at, ZoneInfo("UTC")) is None:
            faults["at"] = str(_("Write the time like 2026-12-01T09:00."))
        return faults

    @classmethod
    def preview(cls, step: StepContext) -> Preview:
        return Preview(cls.summary(step.params, step.account), booked_at(step, Rehearsal))

    def run(self, step: StepContext) -> Outcome:
        return booked_at(step, Desk)


def booked_at(step: StepContext, kind: type[Desk]) -> Outcome:
    if step.contact is None:
        return no_contact()
    rows = Calendar.objects.filter(pk=step.params.calendar, account=step.account, deleted_at=None)
    calendar = rows.select_related("schedule").first()
    if calendar is None:
        return Failed("The calendar of this step has been deleted.")
    desk = kind(step, calendar.compiled, step.contact)
    if not step.params.at.strip():
        return desk.next_free()
    wanted = moment(step, calendar)
    return desk.at(wanted) if wanted else Skipped("There is no time to book.")


def moment(step: StepContext, calendar: Calendar) -> int | None:
    """The epoch minute that the step names; None if its value is empty. Problem("invalid") for what is no time."""
    alone = ALONE.fullmatch(step.params.at.strip())
    text = str(value(alone[1], step.values)) if alone else fill(step, {"at": step.params.at}, "subject").found["at"]
    if not text.strip():
        return None
    zone = (step.contact.timezone if step.contact else "") or calendar.schedule.timezone
    found = instant(text, ZoneInfo(zone))
    if found is None:
        raise Problem("invalid", f"{text[:80]} is not a date and time like 2026-12-01T09:00.")
    return to_min_floor(found)


def instant(text: str, zone: ZoneInfo) -> datetime | None:
    """A date with a time (RFC 3339, offset optional); None for anything else."""
    text = text.strip()
    try:
        found = datetime.fromisoformat(text) if len(text) > 10 else None
    except ValueError:
        return None
    return found.replace(tzinfo=zone) if found and found.tzinfo is None else found


@dataclass(frozen=True)
class Desk:
    """Books in the contact's name; every attempt of one visit has the same key, so only one can succeed."""

    step: StepContext
    plan: CalendarPlan
    contact: Contact

    def at(self, start: int) -> Outcome:
        return self.done(self.book(start))

    def next_free(self) -> Outcome:
        """The first free time; when somebody is quicker, the first one after that."""
        for _try in range(TRIES):
            first = self.first_free()
            if first is None:
                return Skipped("No time is free.")
            try:
                return self.done(self.book(first))
            except Problem as problem:
                if problem.code not in LOST:
                    raise
        return Failed("Others were quicker each time.")

    def first_free(self) -> int | None:
        params, now = self.step.params, to_min_ceil(self.step.now)
        low = now + (int(params.after.delta.total_seconds()) // 60 if params.after else 0)
        ahead = int(params.within.delta.total_seconds()) // 60 if params.within else MINUTES_AHEAD
        return next(iter(open_slots(self.plan, now=self.step.now, first=low, end=now + ahead)), None)

    def guest(self) -> GuestRequest:
        step, contact = self.step, self.contact
        note = fill(step, {"note": step.params.note}).found.get("note", "")
        raw = {"name": contact.name or contact.email or contact.phone, "email": contact.email, "phone": contact.phone}
        raw |= {"timezone": contact.timezone, "locale": contact.locale, "note": note[:2000]}
        return clean_caller(self.plan, raw)

    def book(self, start: int) -> Booked:
        step = self.step
        return book(
            plan=self.plan,
            start=start,
            guest=self.guest(),
            source="workflow",
            actor=step.actor,
            now=step.now,
            idempotency=Idempotency.of(step.enrollment.id, step.key, {"step": step.name}),
        )

    def done(self, made: Booked) -> Done:
        start = iso(from_min(made.start_min))
        return Done(
            {"status": made.status, "booking": str(made.id), "start": start, "manage_url": made.manage_url},
            {"booking": str(made.id), "calendar": self.plan.calendar_id},
            note=start,
        )


class Rehearsal(Desk):
    """Of a test run: busy calendars are taken as they were last read, and the caller rolls everything back."""

    def book(self, start: int) -> Booked:
        wish = Wish(uuid7(), self.plan, start, self.guest(), "workflow", contact_id=self.contact.id, by_hand=True)
        try:
            return booked(reserve(wish, actor=self.step.actor, now=self.step.now)[0])
        except PlanChanged as error:
            raise Problem("slot_unavailable") from error
