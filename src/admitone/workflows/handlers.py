"""Which events start, wake and stop enrollments. Each handler runs once per event, in its own transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from admitone.events.handlers import on
from admitone.events.models import Event
from admitone.statements import Prepared
from admitone.workflows import alerts, entering, goals
from admitone.workflows.documents import read_settings
from admitone.workflows.engine import LIVE, start
from admitone.workflows.models import Enrollment
from admitone.workflows.registry import triggers
from admitone.workflows.waking import NOUNS, WAKERS, subjects

ENTERED_BY = {kind for one in triggers().values() for kind in one.events}
#: One place for all that an event is about.
ABOUT = ("subject", *NOUNS)
WAITING = Prepared(
    lambda account, **about: (
        Enrollment.objects.filter(account_id=account, status="waiting", awaits__in=list(about.values()))
        .exclude(awaits="")
        .only("id", "account_id", "waiting_for")
    ),
    account=UUID,
    **dict.fromkeys(ABOUT, str),
)
REPLY = "message.received"
STOPPERS = {"booking.created": "stop_on_booking", REPLY: "stop_on_reply"}
REASONS = {"booking.created": "Stopped: the contact booked.", REPLY: "Stopped: the contact replied."}


@on(*sorted(ENTERED_BY | set(WAKERS) | set(STOPPERS)), consumer="workflows")
def follow(event: Event, now: datetime) -> None:
    """Who is inside first, so that nobody is stopped or woken by the very event that let them in."""
    if event.kind in STOPPERS:
        stop(event, now)
    if event.kind in WAKERS:
        wake(event, now)
        goals.pull(event)
    if event.kind in ENTERED_BY:
        entering.enter(event, now)


def wake(event: Event, now: datetime) -> None:
    """Let waiting steps look again; they decide themselves whether this is what they wait for."""
    about = sorted(subjects(event))
    names = dict(zip(ABOUT, [*about, *about[:1] * len(ABOUT)], strict=False))  # the first one fills up
    rows = WAITING.all(account=event.account_id, **names)
    start([one for one in rows if event.kind in (one.waiting_for or ())])


def stop(event: Event, now: datetime) -> None:
    """End the contact's enrollments whose setting says so."""
    if not event.facts.get("contact"):
        return
    rows = Enrollment.objects.filter(account_id=event.account_id, contact_id=event.facts["contact"], status__in=LIVE)
    for one in rows.select_related("version"):
        if getattr(read_settings(one.version.document["settings"]), STOPPERS[event.kind]):
            values = {"status": "stopped", "reason": REASONS[event.kind], "finished_at": now, "updated_at": now}
            Enrollment.objects.filter(pk=one.pk, status__in=LIVE).update(**values, path=None, awaits="")


@on("enrollment.failed", consumer="workflows.alert")
def tell_owner(event: Event, now: datetime) -> None:
    alerts.step_failed(event, now)
