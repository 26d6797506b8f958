from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.logic import steps
from admitone.logic.clock import from_min
from admitone.workflows.outcomes import Done, End, Goto, Outcome, Skipped, Wait
from admitone.workflows.periods import Period
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext

MOVES = ("booking.rescheduled", "booking.cancelled", "booking.declined", "booking.confirmed")
GONE = ("cancelled", "declined")


@action("wait.until")
class WaitUntil(Action):
    """Until a moment, or some minutes before or after the appointment, wherever that is moved to."""

    label = _("Wait until")
    category = _("Flow")
    icon = "calendar-clock"
    labels = {
        "at": _("A moment"),
        "anchor": _("Or counted from"),
        "minutes": _("Minutes after it"),
        "if_passed": _("If that moment has passed already"),
        "if_cancelled": _("If the appointment is cancelled or declined"),
    }
    helps = {
        "minutes": _("A negative number is before: -1440 is a day before."),
        "anchor": _("Follows the appointment when it is moved."),
    }
    words = {
        "anchor": {"appointment.start": _("Start of the appointment"), "appointment.end": _("End of the appointment")},
        "if_passed": {
            "continue": _("Go on at once"),
            "skip": _("Skip the next step"),
            "stop": _("Stop here"),
        },
        "if_cancelled": {"continue": _("Go on at once"), "stop": _("Stop here")},
    }

    @params
    class Params:
        """`at`, or `anchor` with `minutes` (negative is before). `if_passed`: what to do when that is over already."""

        at: datetime | None = None
        anchor: Literal["appointment.start", "appointment.end"] | None = None
        minutes: int = 0
        if_passed: Literal["continue", "skip", "stop"] = "continue"
        if_cancelled: Literal["continue", "stop"] = "stop"

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        if params.anchor is None:
            return f"{params.at:%Y-%m-%d %H:%M}" if params.at else str(cls.label)
        anchor = str(cls.words["anchor"][params.anchor])
        length = duration(abs(params.minutes)).words
        if not length:
            return anchor
        before = _("%(length)s before: %(moment)s") if params.minutes < 0 else _("%(length)s after: %(moment)s")
        return str(before) % {"length": length, "moment": anchor}

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        if (params.at is None) == (params.anchor is None):
            return {"at": str(_("Choose a moment or an appointment to count from."))}
        if params.at is not None and params.at.utcoffset() is None:
            return {"at": str(_("Write the time with its offset, like 2026-12-01T09:00:00Z."))}
        return {} if abs(params.minutes) <= 60 * 24 * 366 else {"minutes": str(_("Choose at most a year."))}

    def run(self, step: StepContext) -> Outcome:
        params, booking = step.params, step.values.booking
        if params.at is not None:
            return wait(step, params.at)
        if booking is None:
            return Skipped("There is no appointment to wait for.")
        if booking.status in GONE:
            stopped = params.if_cancelled == "stop"
            return (
                End(f"Stopped: the appointment was {booking.status}.")
                if stopped
                else Done(note=f"It was {booking.status}.")
            )
        anchor = booking.start_min if params.anchor == "appointment.start" else booking.end_min
        due = from_min(anchor) + timedelta(minutes=params.minutes)
        awaits = f"booking:{booking.id}"
        if booking.status == "pending" and step.now >= due:  # nothing is said of a request before it is answered
            return Wait(None, MOVES, awaits)
        return wait(step, due, awaits=awaits)


def duration(minutes: int) -> Period:
    days, rest = divmod(minutes, 1440)
    hours, rest = divmod(rest, 60)
    return Period(days=days, hours=hours, minutes=rest)


def wait(step: StepContext, due: datetime, awaits: str = "") -> Outcome:
    """A moment that had passed before the step began, or was moved into the past, is no wait: its setting says what
    follows. One that was only reached late is as good as on time."""
    before = step.enrollment.resume_at
    if step.now < due:
        moved = before is not None and before != due
        return Wait(due, MOVES if awaits else (), awaits, note="Moved with the appointment." if moved else "")
    passed = due <= step.run.started_at or (before is not None and due < before)
    if passed and step.params.if_passed == "stop":
        return End("Stopped: the moment to wait for had passed.")
    if passed and step.params.if_passed == "skip":
        return skip_next(step)
    return Done(note="That moment had passed already." if passed else "")


def skip_next(step: StepContext) -> Outcome:
    """Go on behind the step that was to wait for the moment, like a reminder that would come too late."""
    tree, here = step.document["steps"], tuple(step.enrollment.path or ())
    way = steps.beyond(tree, here)
    target = steps.at(tree, way) if way else None
    return Goto(step=target["name"], note="That moment had passed: the next step was skipped.") if target else End()
