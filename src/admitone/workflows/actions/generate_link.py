"""Generate One-Time Booking Link: the same link for the same run and step while it can be booked, else a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.addresses import one_time_url
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.links.models import OneTimeLink
from admitone.links.queries import state_of
from admitone.links.services import issue, revoke
from admitone.links.services.special import special_terms
from admitone.logic.clock import iso, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.links import check_terms, clean_offered
from admitone.statements import Prepared
from admitone.values import render
from admitone.workflows.models import Enrollment
from admitone.workflows.outcomes import Done
from admitone.workflows.periods import Period
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext

LINK = Prepared(
    lambda account, key: OneTimeLink.objects.select_related("calendar", "group", "contact").filter(
        pk=key, account_id=account
    ),
    account=UUID,
    key=UUID,
)
CALENDAR = Prepared(
    lambda account, key: Calendar.objects.filter(pk=key, account_id=account, deleted_at=None), account=UUID, key=UUID
)
GROUP = Prepared(
    lambda account, key: CalendarGroup.objects.filter(pk=key, account_id=account, deleted_at=None),
    account=UUID,
    key=UUID,
)
BOOKABLE = ("active", "not_open")


@params
class Span:
    """One offered stretch of time."""

    start: datetime
    end: datetime


@action("one_time_link.generate")
class GenerateLink(Action):
    """A link of the run's own, for its contact."""

    label = _("Generate One-Time Booking Link")
    category = _("Appointments")
    icon = "ticket"
    templates = ("label", "note")
    labels = {
        "calendar": _("Calendar"),
        "group": _("Or a group of calendars"),
        "expires_in": _("Expires after"),
        "expires_at": _("Expires at"),
        "not_before": _("Not before"),
        "contact_policy": _("Who may book with it"),
        "max_uses": _("Number of bookings"),
        "offered": _("Only these times"),
        "duration": _("Length in minutes"),
        "host": _("Only with this host"),
        "location": _("Place"),
        "seats": _("Largest party"),
        "label": _("Label"),
        "note": _("Note to the guest"),
        "metadata": _("Metadata"),
        "delete_earlier": _("Delete earlier unused links of this contact"),
    }
    helps = {
        "group": _("The guest chooses one of its calendars; the link still books once in all."),
        "expires_in": _("Counted from the first message that carries the link."),
        "not_before": _("The link opens at this moment."),
        "label": _("Shown in lists, not to the guest."),
        "note": _("Shown to the guest on the booking page."),
        "offered": _('A list of {"start", "end"}; instants with their offset.'),
        "duration": _("Instead of the calendar's."),
        "host": _("In a round robin: whom the guest meets."),
        "location": _("An address or a video link, instead of the calendar's."),
        "seats": _("Places that one booking of a class or an event may take."),
        "metadata": _("Names with values; webhooks carry them."),
    }
    editors = {
        "calendar": "calendar",
        "group": "group",
        "host": "host",
        "label": "subject",
        "note": "text",
        "offered": "json",
        "metadata": "json",
    }
    words = {
        "contact_policy": {
            "prefill": _("Anyone; the contact's details are filled in"),
            "verify": _("Others after a code sent to the contact"),
            "refuse": _("Only the contact's own address"),
        }
    }
    output_labels = {"url": _("One-Time Link"), "expires_at": _("Expires"), "status": _("Status")}
    outputs = {
        "url": "https://book.example.com/o/1Ab2Cd3Ef4",
        "expires_at": "2026-12-01T09:00:00Z",
        "status": "active",
    }
    provides = frozenset({"one_time_link", "calendar"})

    @params
    class Params:
        """Of `calendar` and `group` one. `expires_in` counts from the first message that carries the link. `contact_policy` is loosened to prefill for a
        contact without an address."""

        calendar: UUID | None = None
        group: UUID | None = None
        expires_in: Period | None = None
        expires_at: datetime | None = None
        not_before: datetime | None = None
        contact_policy: Literal["prefill", "verify", "refuse"] = "prefill"
        max_uses: int = 1
        offered: tuple[Span, ...] | None = None
        duration: int | None = None
        host: UUID | None = None
        location: str = ""
        seats: int | None = None
        label: str = ""
        note: str = ""
        metadata: dict[str, str | int | float | bool | None] | None = None
        delete_earlier: bool = False

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        rows = (
            Calendar.objects.filter(pk=params.calendar)
            if params.calendar
            else CalendarGroup.objects.filter(pk=params.group)
        )
        return rows.filter(account=account).values_list("name", flat=True).first() or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        faults = target_faults(params, account)
        if params.expires_in and params.expires_at:
            faults["expires_in"] = str(_("Choose one of the two ways to expire."))
        if params.expires_in and (wrong := params.expires_in.fault()):
            faults["expires_in"] = wrong
        faults |= aware_faults(params) | own_faults(params, account)
        return faults or terms_faults(params)

    @classmethod
    def current(cls, outputs: Mapping[str, Any], account: Account, now: datetime) -> Mapping[str, Any]:
        link = link_of(account, outputs.get("link"))
        return {**outputs, **facts_of(link, now)} if link else outputs

    def run(self, step: StepContext) -> Done:
        before = latest(step, step.name)
        if before is not None and state_of(before, step.now) in BOOKABLE:
            return done(before, step.now)
        if step.params.delete_earlier:
            delete_earlier(step)
        return done(make(step, step.name, step.params), step.now)


def target_faults(params: Any, account: Account) -> Faults:
    """Exactly one of calendar and group, and one that is there."""
    if params.calendar is None and params.group is None:
        return {"calendar": str(_("Choose a calendar or a group."))}
    if params.calendar is not None and params.group is not None:
        return {"group": str(_("Choose a calendar or a group, not both."))}
    here = {"account": account, "deleted_at": None}
    if params.calendar is not None:
        known = Calendar.objects.filter(pk=params.calendar, **here).exists()
        return {} if known else {"calendar": str(_("There is no such calendar."))}
    known = CalendarGroup.objects.filter(pk=params.group, **here).exists()
    return {} if known else {"group": str(_("There is no such group."))}


def own_faults(params: Any, account: Account) -> Faults:
    """Terms of the link alone that its calendar cannot keep."""
    calendar = Calendar.objects.filter(pk=params.calendar, account=account, deleted_at=None).first()
    if calendar is None and params.calendar is not None:
        return {}
    try:
        special_terms(calendar, own_terms(params))
    except Problem as problem:
        return problem.fields
    return {}


def own_terms(params: Any) -> dict[str, Any]:
    return {name: getattr(params, name) for name in ("duration", "host", "location", "seats")}


def aware_faults(params: Any) -> Faults:
    spans = params.offered or ()
    named = [("expires_at", params.expires_at), ("not_before", params.not_before)]
    named += [("offered", at) for span in spans for at in (span.start, span.end)]
    wrong = str(_("Write the time with its offset, like 2026-12-01T09:00:00Z."))
    years = range(1970, 9999)  # what a clock of another zone still shows
    return {name: wrong for name, at in named if at and (at.utcoffset() is None or at.year not in years)}


def terms_faults(params: Any) -> Faults:
    """Terms that could never hold; whether a moment has passed is asked when the link is made."""
    early = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    try:
        check_terms(now=early, max_uses=params.max_uses, not_before=params.not_before, expires_at=params.expires_at)
        clean_offered(offered(params), now_min=0)
    except Problem as problem:
        return problem.fields
    return {}


def offered(params: Any) -> list[tuple[int, int]] | None:
    if params.offered is None:
        return None
    return [(to_min_floor(span.start), to_min_floor(span.end)) for span in params.offered]


def source_of(step: StepContext, name: str) -> str:
    return f"{step.enrollment.id.hex}:{name}"


def latest(step: StepContext, name: str) -> OneTimeLink | None:
    """The newest link that the step of this name made in this run."""
    outputs = step.enrollment.outputs.get(name) or {}
    return link_of(step.account, outputs.get("link"))


def link_of(account: Account, link_id: Any) -> OneTimeLink | None:
    key = as_uuid(link_id) if link_id else None
    return LINK.first(account=account.id, key=key) if key else None


def make(step: StepContext, name: str, params: Any, replaces: UUID | None = None) -> OneTimeLink:
    """Issue the link on the terms of a step's Params."""
    account = step.account.id
    calendar = CALENDAR.first(account=account, key=params.calendar) if params.calendar else None
    group = GROUP.first(account=account, key=params.group) if params.group else None
    if calendar is None and group is None:
        raise Problem("not_found", f"The {'calendar' if params.calendar else 'group'} of this step has been deleted.")
    contact = step.contact
    bound = contact is not None and bool(contact.email)
    return issue(
        account=step.account,
        calendar=calendar,
        group=group,
        actor=step.actor,
        now=step.now,
        contact=contact,
        contact_policy=params.contact_policy if bound else "prefill",
        max_uses=params.max_uses,
        not_before=params.not_before,
        expires_at=step.now + params.expires_in.delta if params.expires_in else params.expires_at,
        offered=offered(params),
        special=own_terms(params),
        label=render(params.label, step.values, channel="subject").text[:120],
        note=render(params.note, step.values, channel="text").text[:1000],
        metadata=params.metadata,
        source_kind="workflow",
        source_id=source_of(step, name),
        replaces=replaces,
    )


def done(link: OneTimeLink, now: datetime) -> Done:
    return Done(outputs_of(link, now), context_of(link))


def context_of(link: OneTimeLink) -> dict[str, str]:
    """Which calendar it will be is open while the link is a group's."""
    return {"link": str(link.id), "calendar": str(link.calendar_id or "")}


def outputs_of(link: OneTimeLink, now: datetime) -> dict[str, Any]:
    return {"link": str(link.id), "url": one_time_url(link.id), **facts_of(link, now)}


def facts_of(link: OneTimeLink, now: datetime) -> dict[str, Any]:
    return {"expires_at": iso(link.expires_at) if link.expires_at else None, "status": state_of(link, now)}


def delete_earlier(step: StepContext) -> None:
    """Withdraw this contact's unused links of this workflow, so that only the newest works."""
    if step.contact is None:
        return
    runs = Enrollment.objects.filter(workflow_id=step.enrollment.workflow_id, contact=step.contact)
    ids = [f"{run.hex}:" for run in runs.exclude(pk=step.enrollment.pk).values_list("id", flat=True)]
    rows = OneTimeLink.objects.filter(account=step.account, contact=step.contact, source_kind="workflow")
    for link in rows.filter(uses=0, deleted_at=None):
        if any(link.source_id.startswith(prefix) for prefix in ids):
            revoke(account=step.account, link_id=link.id, actor=step.actor, now=step.now)
