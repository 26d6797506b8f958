"""Events in words, with the names of what their facts name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.accounts.models import User
from admitone.accounts.queries import as_uuid
from admitone.calendars.models import Calendar
from admitone.contacts.models import Note, Tag, Task
from admitone.events.models import Event
from admitone.forms.models import Form
from admitone.logic.clock import from_min
from admitone.manage.bookings.reading import zone_of
from admitone.manage.context import AccountRequest
from admitone.pipelines.models import Opportunity, Stage
from admitone.ui import formats
from admitone.workflows.models import Workflow

#: kind of the timeline -> beginnings of kinds of events
PREFIXES: dict[str, tuple[str, ...]] = {
    "appointments": ("booking.",),
    "links": ("one_time_link.",),
    "messages": ("opt_out.",),
    "forms": ("form.",),
    "notes": ("note.", "task."),
    "opportunities": ("opportunity.",),
    "workflows": (),
    "changes": ("contact.", "tag."),
}
#: Told better elsewhere, or of no interest.
QUIET = (
    *("one_time_link.changed", "one_time_link.purged", "one_time_link.code_asked", "one_time_link.booking_asked"),
    *("one_time_link.offered_gone", "one_time_link.expiring", "opportunity.created", "opportunity.changed"),
)
ICONS = {
    "booking": "calendar-check",
    "one_time_link": "ticket",
    "opt_out": "bell-off",
    "form": "clipboard-list",
    "note": "notebook-pen",
    "task": "square-check",
    "opportunity": "square-kanban",
    "contact": "contact",
    "tag": "tag",
}
WORDS: dict[str, Promise] = {
    "booking.created": gettext_lazy("Booked %(calendar)s for %(when)s"),
    "booking.requested": gettext_lazy("Asked for %(calendar)s on %(when)s"),
    "booking.rescheduled": gettext_lazy("Moved %(calendar)s to %(when)s"),
    "booking.cancelled": gettext_lazy("Cancelled %(calendar)s on %(when)s"),
    "booking.confirmed": gettext_lazy("Confirmed %(calendar)s on %(when)s"),
    "booking.declined": gettext_lazy("Declined %(calendar)s on %(when)s"),
    "booking.completed": gettext_lazy("Came to %(calendar)s on %(when)s"),
    "booking.no_show": gettext_lazy("Did not come to %(calendar)s on %(when)s"),
    "booking.no_show_undone": gettext_lazy("Came to %(calendar)s on %(when)s after all"),
    "one_time_link.created": gettext_lazy("One-time link for %(calendar)s made"),
    "one_time_link.sent": gettext_lazy("One-time link for %(calendar)s sent"),
    "one_time_link.opened": gettext_lazy("One-time link for %(calendar)s probably opened"),
    "one_time_link.used": gettext_lazy("One-time link for %(calendar)s used"),
    "one_time_link.attempted": gettext_lazy("Tried to book with a dead link for %(calendar)s"),
    "one_time_link.requested": gettext_lazy("Asked for a new link for %(calendar)s"),
    "one_time_link.expired": gettext_lazy("One-time link for %(calendar)s expired unused"),
    "one_time_link.deleted": gettext_lazy("One-time link for %(calendar)s deleted"),
    "one_time_link.restored": gettext_lazy("One-time link for %(calendar)s restored"),
    "opt_out.created": gettext_lazy("Opted out of %(channel)s"),
    "opt_out.removed": gettext_lazy("May be written to by %(channel)s again"),
    "form.submitted": gettext_lazy("Filled in %(form)s"),
    "form.disqualified": gettext_lazy("Filled in %(form)s and was ruled out by an answer"),
    "note.added": gettext_lazy("Note"),
    "task.added": gettext_lazy("Task: %(task)s"),
    "task.done": gettext_lazy("Done: %(task)s"),
    "opportunity.stage_changed": gettext_lazy("%(opportunity)s reached %(stage)s"),
    "opportunity.status_changed": gettext_lazy("%(opportunity)s is %(status)s"),
    "contact.created": gettext_lazy("Contact added (%(source)s)"),
    "contact.changed": gettext_lazy("Changed: %(fields)s"),
    "contact.merged": gettext_lazy("Another contact was merged into this one"),
    "tag.added": gettext_lazy("Tag %(tag)s added"),
    "tag.removed": gettext_lazy("Tag %(tag)s taken off"),
}
STATES = {
    "won": gettext_lazy("won"),
    "lost": gettext_lazy("lost"),
    "abandoned": gettext_lazy("abandoned"),
    "open": gettext_lazy("open"),
}
FIELDS = {
    "name": gettext_lazy("name"),
    "email": gettext_lazy("email"),
    "phone": gettext_lazy("phone"),
    "timezone": gettext_lazy("time zone"),
    "locale": gettext_lazy("language"),
    "owner": gettext_lazy("owner"),
}
SOURCES = {
    "by_hand": gettext_lazy("by hand"),
    "api": gettext_lazy("by API"),
    "import": gettext_lazy("import"),
    "form": gettext_lazy("form"),
    "booking": gettext_lazy("appointment"),
    "link": gettext_lazy("one-time link"),
    "one_time_link": gettext_lazy("one-time link"),
    "scheduling_link": gettext_lazy("scheduling link"),
    "permanent_link": gettext_lazy("permanent link"),
    "opportunity": gettext_lazy("opportunity"),
    "call": gettext_lazy("call"),
    "sms": gettext_lazy("SMS"),
    "hook": gettext_lazy("webhook"),
    "workflow": gettext_lazy("workflow"),
}
#: fact -> (model, its column that is read)
NAMED: dict[str, tuple[Any, str]] = {
    "calendar": (Calendar, "name"),
    "form": (Form, "name"),
    "stage": (Stage, "name"),
    "opportunity": (Opportunity, "name"),
    "tag": (Tag, "name"),
    "task": (Task, "title"),
    "note": (Note, "text"),
}
#: fact that an entry leads to -> name of its page
PAGES = {"booking": "booking", "link": "link", "opportunity": "opportunity"}


@dataclass(slots=True)
class Entry:
    """`text` says what happened, `detail` is what somebody wrote, `status` a chip's."""

    at: datetime
    kind: str
    icon: str
    text: str
    detail: str = ""
    url: str = ""
    status: str = ""
    by: str = ""


def kind_names() -> dict[str, str]:
    return {
        "appointments": _("Appointments"),
        "links": _("Links"),
        "messages": _("Messages"),
        "forms": _("Forms"),
        "notes": _("Notes and tasks"),
        "opportunities": _("Opportunities"),
        "workflows": _("Workflows"),
        "changes": _("Changes"),
    }


def told(request: AccountRequest, events: list[Event]) -> list[Entry]:
    """One entry an event; one statement for each noun that they name."""
    names, people = named(events), actors(events)
    found = []
    for event in events:
        noun = event.kind.partition(".")[0]
        values = said(request, event, names)
        is_request = event.kind == "booking.created" and event.facts.get("status") == "pending"
        sentence = WORDS.get("booking.requested" if is_request else event.kind)
        text = str(sentence % values) if sentence else event.kind
        detail = values["note"] if event.kind == "note.added" else ""
        kind = next(key for key, starts in PREFIXES.items() if event.kind.startswith(starts or ("-",)))
        by = people.get((event.actor_kind, event.actor_id), "")
        found.append(Entry(event.at, kind, ICONS.get(noun, "circle"), text, detail, page_of(request, event), "", by))
    return found


def named(events: list[Event]) -> dict[tuple[str, str], str]:
    """(fact, id) -> name."""
    wanted: defaultdict[str, set[UUID]] = defaultdict(set)
    for event in events:
        for fact in NAMED:
            if key := as_uuid(event.facts.get(fact)):
                wanted[fact].add(key)
    found = {}
    for fact, keys in wanted.items():
        model, column = NAMED[fact]
        for key, name in model.objects.filter(id__in=keys).values_list("id", column):
            found[fact, str(key)] = name
    return found


def said(request: AccountRequest, event: Event, names: dict[tuple[str, str], str]) -> dict[str, str]:
    facts = event.facts
    values = {fact: names.get((fact, str(facts.get(fact))), "—") for fact in NAMED}
    start = facts.get("start_min")
    values["when"] = formats.stamp(from_min(start), zone_of(request)) if isinstance(start, int) else ""
    values["status"] = str(STATES.get(facts.get("status", ""), facts.get("status", "")))
    values["source"] = str(SOURCES.get(facts.get("source", ""), facts.get("source", "")))
    values["channel"] = {"email": _("email"), "sms": _("SMS")}.get(facts.get("channel", ""), "")
    changed = facts.get("fields", [])
    values["fields"] = ", ".join(str(FIELDS.get(one, one.removeprefix("custom."))) for one in changed)
    return values


def actors(events: list[Event]) -> dict[tuple[str, str], str]:
    """Who did it: names of people and workflows, words for the rest; two statements."""
    users = {key for event in events if event.actor_kind == "user" and (key := as_uuid(event.actor_id))}
    runs = {key for event in events if event.actor_kind == "workflow" and (key := as_uuid(event.actor_id))}
    found = {("user", str(one.id)): one.get_full_name() or one.email for one in User.objects.filter(id__in=users)}
    workflows = Workflow.objects.filter(enrollments__in=runs).values_list("enrollments__id", "name")
    found |= {("workflow", str(key)): name for key, name in workflows if key in runs}
    return found | {(e.actor_kind, e.actor_id): _("API") for e in events if e.actor_kind == "api_key"}


def page_of(request: AccountRequest, event: Event) -> str:
    slug = request.account.slug
    if event.kind in ("form.submitted", "form.disqualified"):
        return address("form_submission", slug, event.facts.get("form"), event.facts.get("submission"))
    fact = next((fact for fact in PAGES if event.facts.get(fact) == str(event.subject_id)), "")
    return address(PAGES[fact], slug, event.subject_id) if fact else ""


def address(name: str, *args: Any) -> str:
    """The page's address, or none where there is no such page."""
    try:
        return reverse(f"manage:{name}", args=args)
    except NoReverseMatch:
        return ""
