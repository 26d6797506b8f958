from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.logic import steps
from admitone.workflows import filters
from admitone.workflows.outcomes import Branch, Outcome, Skipped, Wait
from admitone.workflows.periods import Period
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext
from admitone.workflows.waking import LINK_KINDS, Happening, Ids, Only, booked, happened_to_contact, happened_to_link

HAPPENED, TIMED_OUT = "happened", "timed_out"
LIMIT_LABELS = {"calendars": _("Only in calendars"), "forms": _("Only by forms")}
LIMIT_HELPS = {
    "calendars": _("For appointments. None chosen means any."),
    "forms": _("For submitted forms. None chosen means any."),
}
LIMIT_EDITORS = {"calendars": "calendars", "forms": "forms"}
#: After these there is an appointment.
BOOKED = ("one_time_link.used", "booking.created", "booking.rescheduled", "booking.no_show", "booking.completed")


@action("wait.for_event")
class WaitForEvent(Action):
    """Until the contact does something, or long enough. A link that was used, or a booking made since entering, counts."""

    label = _("Wait for an event")
    category = _("Flow")
    icon = "bell-ring"
    branching = True
    outputs = {"happened": "true"}
    output_labels = {"happened": _("It happened")}
    labels = {"event": _("Until"), "timeout": _("At most"), "step": _("Link of the step"), **LIMIT_LABELS}
    helps = {"timeout": _("Left empty, for as long as it takes."), "step": _("For events of a link."), **LIMIT_HELPS}
    editors = {"step": "link_step", **LIMIT_EDITORS}
    words = {"branches": {HAPPENED: _("It happened"), TIMED_OUT: _("Time is up")}}

    @params
    class Params:
        """`step` names the step whose link is meant, the latest link if empty. Branches: "happened", "timed_out".
        `calendars` and `forms` limit what counts of appointments and forms."""

        event: Happening
        timeout: Period | None = None
        step: str = ""
        calendars: tuple[UUID, ...] = ()
        forms: tuple[UUID, ...] = ()

    @classmethod
    def first_branches(cls) -> Sequence[Mapping[str, Any]]:
        return ({"name": HAPPENED}, {"name": TIMED_OUT})

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        wrong = params.timeout.fault() if params.timeout else ""
        return {"timeout": wrong} if wrong else limit_faults(params, account)

    @classmethod
    def closed(cls, branches: Sequence[Mapping[str, Any]]) -> bool:
        return {branch.get("name") for branch in branches} >= {HAPPENED, TIMED_OUT}

    @classmethod
    def check_branches(cls, branches: Sequence[Mapping[str, Any]], params: Any) -> Faults:
        names = [branch.get("name") for branch in branches]
        fits = len(set(names)) == len(names) and set(names) <= {HAPPENED, TIMED_OUT}
        return {} if fits else {"branches": str(_('The branches are called "happened" and "timed_out".'))}

    @classmethod
    def nouns(cls, params: Any, branch: str | None) -> frozenset[str]:
        booked = branch == HAPPENED and params.event in BOOKED
        return frozenset({"appointment", "calendar"}) if booked else frozenset()

    def run(self, step: StepContext) -> Outcome:
        awaits = awaited(step)
        if not awaits:
            return Skipped("There is nothing to wait for: this run has no such link or contact.")
        begun = step.run.started_at
        facts = happened(step, awaits)
        if facts is not None:
            ids = {name: facts[name] for name in ("booking", "calendar") if facts.get(name)}
            return Branch({"happened": True}, ids, n=branch_called(step, HAPPENED))
        due = begun + step.params.timeout.delta if step.params.timeout else None
        if due is not None and step.now >= due:
            return Branch({"happened": False}, n=branch_called(step, TIMED_OUT))
        return Wait(due, (step.params.event,), awaits)


def awaited(step: StepContext) -> str:
    if step.params.event in LINK_KINDS:
        made = step.enrollment.outputs.get(step.params.step) or {}
        link = made.get("link") if step.params.step else step.enrollment.context.get("link")
        return f"one_time_link:{link}" if link else ""
    return f"contact:{step.enrollment.contact_id}" if step.enrollment.contact_id else ""


def happened(step: StepContext, awaits: str) -> Ids | None:
    """A link is asked for all its life; a contact for bookings since entering, and for the rest since the wait began."""
    kind, key = step.params.event, awaits.partition(":")[2]
    if kind in LINK_KINDS:
        return happened_to_link(step.account.id, kind, key)
    if kind == "booking.created":
        return booked(step.enrollment, Only.of(step.params))
    return happened_to_contact(step.account.id, kind, UUID(key), step.run.started_at, Only.of(step.params))


def limit_faults(params: Any, account: Account) -> Faults:
    """Calendars and forms that are gone."""
    missing = filters.gone("calendars", filters.calendars(account), params.calendars)
    return missing | filters.gone("forms", filters.forms(account), params.forms)


def branch_called(step: StepContext, name: str) -> int | None:
    rows = enumerate(steps.branches(step.step))
    return next((n for n, branch in rows if branch.get("name") == name), None)
