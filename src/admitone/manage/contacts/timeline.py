"""Everything that happened with a contact, the newest first: events, messages, calls, ways through workflows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from admitone.booking.models import Booking
from admitone.calls.models import MissedCall
from admitone.contacts.erasing import ancestors
from admitone.contacts.models import Contact
from admitone.events.models import Event
from admitone.links.models import OneTimeLink
from admitone.manage.bookings import reading as bookings
from admitone.manage.contacts import reading, words
from admitone.manage.contacts.words import Entry
from admitone.manage.context import AccountRequest
from admitone.manage.messages import reading as messages
from admitone.pipelines.models import Opportunity
from admitone.workflows.models import Enrollment, StepRun

PAGE = 25
LAST_PAGE = 40
#: Rows of one noun whose events are looked for.
SUBJECTS = 300
KINDS = ("appointments", "links", "messages", "forms", "notes", "opportunities", "workflows", "changes")
#: Only who sees all contacts sees what belongs to no calendar.
OWNERS_ONLY = ("forms", "opportunities", "workflows")


@dataclass(frozen=True, slots=True)
class Timeline:
    entries: list[Entry]
    kind: str
    page: int
    has_more: bool
    kinds: list[tuple[str, str]]


@dataclass(slots=True)
class Reader:
    """Reads the newest `most` of every stream; a member only what belongs to their calendars."""

    request: AccountRequest
    contact: Contact
    kind: str
    most: int
    all_seen: bool = field(init=False)

    def __post_init__(self) -> None:
        self.all_seen = self.request.role in ("owner", "admin")

    def wants(self, kind: str) -> bool:
        return self.kind in ("", kind) and (self.all_seen or kind not in OWNERS_ONLY)

    def entries(self) -> list[Entry]:
        streams: list[tuple[Callable[[], Iterable[Entry]], bool]] = [
            (self.events, self.kind not in ("messages", "workflows")),
            (self.messages, self.wants("messages")),
            (self.calls, self.all_seen and self.wants("messages")),
            (self.enrollments, self.wants("workflows")),
            (self.runs, self.wants("workflows")),
        ]
        found = [entry for stream, wanted in streams if wanted for entry in stream()]
        return sorted(found, key=lambda entry: entry.at, reverse=True)

    def events(self) -> list[Entry]:
        rows = Event.objects.filter(subject_id__in=self.subjects(), account_id=self.request.account.id)
        prefixes = words.PREFIXES[self.kind] if self.kind else sum(words.PREFIXES.values(), ())
        wanted = Q()
        for prefix in prefixes:
            wanted |= Q(kind__startswith=prefix)
        rows = rows.filter(wanted).exclude(kind__in=words.QUIET)
        return words.told(self.request, list(rows.order_by("-id")[: self.most]))

    def subjects(self) -> list[UUID]:
        """Ids that events are about: the contact, who was merged into it, and its rows; one statement a noun."""
        key = self.contact.id
        found = [key, *ancestors(key)]
        account, user, role = self.request.account, self.request.user, self.request.role
        nouns: list[tuple[str, Any]] = [
            ("appointments", bookings.visible(account, user, role).filter(contact=key)),
            ("links", reading.links_of(self.request).filter(contact=key)),
            ("forms", self.contact.submissions),
            ("opportunities", Opportunity.objects.filter(contact=key)),
        ]
        for kind, rows in nouns:
            if self.wants(kind):
                order = "-created_at" if rows.model is OneTimeLink else "-id"
                found += rows.order_by(order).values_list("id", flat=True)[:SUBJECTS]
        return found

    def messages(self) -> list[Entry]:
        request = self.request
        rows = messages.listing(request.account, request.user, request.role).filter(contact=self.contact)
        return [self._message(row) for row in rows[: self.most]]

    def _message(self, row: Any) -> Entry:
        name = str(messages.kind_name(row.kind))
        incoming = row.direction == "in"
        text = _("Message received") if incoming else row.subject or name
        icon = "message-square" if row.channel == "sms" else "mail"
        url = reverse("manage:message", args=[self.request.account.slug, row.id])
        return Entry(row.created_at, "messages", icon, text, "", url, row.status, "" if incoming else name)

    def calls(self) -> list[Entry]:
        rows = MissedCall.objects.filter(contact=self.contact).select_related("number").order_by("-id")[: self.most]
        return [
            Entry(row.at, "messages", "phone", _("Missed call"), row.note, by=str(row.number or "")) for row in rows
        ]

    def enrollments(self) -> list[Entry]:
        rows = Enrollment.objects.filter(contact=self.contact).select_related("workflow").order_by("-id")
        return [self._enrollment(row) for row in rows[: self.most]]

    def _enrollment(self, row: Enrollment) -> Entry:
        text = _("Entered %(workflow)s") % {"workflow": row.workflow.name}
        return Entry(row.created_at, "workflows", "workflow", text, row.reason, self._workflow_url(row), row.status)

    def runs(self) -> list[Entry]:
        rows = StepRun.objects.filter(enrollment__contact=self.contact).select_related("enrollment__workflow")
        return [
            Entry(
                row.started_at,
                "workflows",
                "workflow",
                _("%(workflow)s: %(step)s") % {"workflow": row.enrollment.workflow.name, "step": row.step},
                row.error,
                self._workflow_url(row.enrollment),
                row.status,
            )
            for row in rows.order_by("-id")[: self.most]
        ]

    def _workflow_url(self, row: Enrollment) -> str:
        return words.address("workflow_enrollment", self.request.account.slug, row.workflow_id, row.id)


def timeline(request: AccountRequest, contact: Contact) -> Timeline:
    """In the URL: kind, page. As many statements for any number of rows."""
    kind = request.GET.get("kind", "")
    names = words.kind_names()
    seen = request.role in ("owner", "admin")
    shown = [(key, names[key]) for key in KINDS if seen or key not in OWNERS_ONLY]
    kind = kind if kind in dict(shown) else ""
    page = int(raw) if (raw := request.GET.get("page", ""))[:3].isdecimal() and len(raw) < 4 else 1
    page = min(max(page, 1), LAST_PAGE)
    entries = Reader(request, contact, kind, PAGE * page + 1).entries()
    part = entries[PAGE * (page - 1) : PAGE * page]
    return Timeline(part, kind, page, len(entries) > PAGE * page and page < LAST_PAGE, shown)


def ahead(request: AccountRequest, contact: Contact, now_min: int) -> list[Booking]:
    rows = bookings.visible(request.account, request.user, request.role).filter(contact=contact)
    return list(rows.filter(status__in=("pending", "confirmed"), end_min__gt=now_min).order_by("start_min")[:5])
