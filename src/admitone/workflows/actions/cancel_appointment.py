from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.booking.services import cancel
from admitone.logic.errors import Problem
from admitone.workflows.acting import STATUS_LABEL, fill
from admitone.workflows.outcomes import Done, Outcome, Skipped
from admitone.workflows.registry import Action, action, params
from admitone.workflows.run import StepContext


@action("booking.cancel")
class CancelAppointment(Action):
    """Cancel the appointment of this run."""

    label = _("Cancel appointment")
    category = _("Appointments")
    icon = "calendar-x"
    templates = ("reason",)
    outputs = {"status": "cancelled"}
    output_labels = STATUS_LABEL
    labels = {"reason": _("Reason")}
    helps = {"reason": _("The guest is told.")}
    editors = {"reason": "text"}

    @params
    class Params:
        reason: str = ""

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return " ".join(params.reason.split())[:120] or str(cls.label)

    def run(self, step: StepContext) -> Outcome:
        booking = step.values.booking
        if booking is None:
            return Skipped("There is no appointment.")
        texts = fill(step, {"reason": step.params.reason})
        try:
            cancel(
                account_id=step.account.id,
                booking_id=booking.id,
                actor=step.actor,
                now=step.now,
                by="host",
                reason=texts.found.get("reason", "")[:1000],
            )
        except Problem as problem:
            if problem.code != "booking_not_active":
                raise
            return Skipped(problem.detail)
        return Done({"status": "cancelled", "booking": str(booking.id)}, note=texts.note)
