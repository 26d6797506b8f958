"""What the list's address asks for: filters, order, and the choices offered for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from admitone.accounts import queries as accounts
from admitone.accounts.queries import as_uuid
from admitone.booking.queries import contacts_ahead
from admitone.contacts import queries
from admitone.contacts.filters import MISSING, SORTS, Filters
from admitone.contacts.models import Contact
from admitone.logic.forms import KEY
from admitone.logic.hours import clean_date
from admitone.manage.bookings.reading import typed, zone_of
from admitone.manage.contacts import reading
from admitone.manage.context import AccountRequest

NAMES = ("q", "tag", "owner", "from", "to", "upcoming", "missing", "field", "value")


@dataclass(frozen=True, slots=True)
class Asked:
    """`query` is the part of the address that says all this, without the page; `first` and `last` are local dates."""

    filters: Filters
    upcoming: str
    sort: str
    first: str
    last: str
    query: str

    @property
    def narrowed(self) -> bool:
        return self.filters.narrowed or bool(self.upcoming)

    @property
    def detailed(self) -> bool:
        """More than a search, a tag or an owner: the further filters are shown open."""
        one = self.filters
        return bool(self.upcoming or one.since or one.until or one.missing or one.field)

    def rows(self, request: AccountRequest) -> QuerySet[Contact]:
        rows = reading.visible(request, self.filters, sort=self.sort)
        if not self.upcoming:
            return rows
        ahead = contacts_ahead(request.account, timezone.now())
        return rows.filter(id__in=ahead) if self.upcoming == "yes" else rows.exclude(id__in=ahead)


def asked(request: AccountRequest) -> Asked:
    """What cannot be read is left out."""
    query, zone = request.GET, ZoneInfo(zone_of(request))
    first, last = _date(query.get("from", "")), _date(query.get("to", ""))
    field = query.get("field", "")
    filters = Filters(
        search=typed(query.get("q", "")),
        tag=as_uuid(query.get("tag", "")),
        owner=as_uuid(query.get("owner", "")),
        since=_midnight(first, zone),
        until=_midnight(last + timedelta(days=1), zone) if last else None,
        missing=query.get("missing", "") if query.get("missing", "") in MISSING else "",
        field=field if KEY.fullmatch(field) else "",
    )
    if filters.field:
        filters = replace(filters, value=typed(query.get("value", "")))
    upcoming = query.get("upcoming", "") if query.get("upcoming", "") in ("yes", "no") else ""
    sort = query.get("sort", "") if query.get("sort", "") in SORTS else "-created"
    return Asked(filters, upcoming, sort, _text(first), _text(last), _query(query))


def _query(query: Mapping[str, str]) -> str:
    return urlencode({name: query[name] for name in (*NAMES, "sort") if query.get(name)})


def _date(text: str) -> date | None:
    try:
        return clean_date(text) if text else None
    except ValueError:
        return None


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None


def choices(request: AccountRequest) -> dict[str, Any]:
    """Tags, colleagues and custom fields to filter by; three statements."""
    return {
        "tags": list(queries.tags(request.account)),
        "colleagues": colleagues(request),
        "fields": list(queries.custom_fields(request.account)),
        "upcoming_choices": [("yes", _("Appointment ahead")), ("no", _("No appointment ahead"))],
        "missing_choices": [
            ("email", _("No email address")),
            ("phone", _("No phone number")),
            ("owner", _("No owner")),
            ("tag", _("No tag")),
        ],
    }


def colleagues(request: AccountRequest) -> list[tuple[UUID, str]]:
    """(id, name) of the team, and of the reader if they come from the agency."""
    found = {one.user_id: one.user.get_full_name() or one.user.email for one in accounts.members(request.account)}
    found.setdefault(request.user.id, request.user.get_full_name() or request.user.email)
    return list(found.items())
