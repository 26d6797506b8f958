"""A calendar compiled into one value: all that its public page needs to know without another query.

Stored as JSON text and rewritten by every write to the calendar, its schedule, hosts or brand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from admitone.logic.assignment import Strategy
from admitone.logic.availability import Override, Schedule, Window
from admitone.logic.form_rules import Rule, rules_of
from admitone.logic.forms import Field, fields_of
from admitone.logic.kinds import KINDS, Kind
from admitone.logic.slots import Rules

Json = dict[str, Any]
FORMAT = 1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PlanHost:
    """Who takes the appointment; `user_id` is None for a host without a sign-in."""

    id: str
    name: str
    email: str = ""
    user_id: str | None = None
    priority: int = 0
    weight: int = 1
    required: bool = True  # of a collective calendar
    video_url: str = ""
    schedule: Schedule | None = None  # None: the calendar's hours are theirs


@dataclass(frozen=True, slots=True)
class PlanBrand:
    """Looks of the public page: colours as #rrggbb, radius in CSS pixels, names of the style sheet and logo blobs."""

    color: str = ""
    ink: str = ""
    radius: int = 8
    css_hash: str = ""
    logo_id: str = ""


@dataclass(frozen=True, slots=True)
class PlanForm:
    """What the booking form asks, in one version of it; a rule's `redirect_url` leads to its calendar too."""

    version: int
    fields: tuple[Field, ...] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class CalendarPlan:
    """One calendar, compiled. `v` is the format of the JSON, `version` counts the calendar's writes."""

    version: int
    calendar_id: str
    account_id: str
    agency_id: str
    account_slug: str
    account_name: str
    slug: str
    name: str
    v: int = FORMAT
    kind: str = "personal"
    description: str = ""
    active: bool = True
    access: str = "public"
    schedule: Schedule = field(default_factory=lambda: Schedule("UTC"))
    rules: Rules = field(default_factory=lambda: Rules(duration=30, interval=30))
    hosts: tuple[PlanHost, ...] = ()
    strategy: Strategy = "availability"
    count_days: int = 30  # days back that "equal" counts appointments of
    capacity: int = 1  # seats of a class or an event; 0: no limit (events only)
    guest_picks_host: bool = False
    durations: tuple[int, ...] = ()  # other lengths than rules.duration that guests may choose
    per_host_day_limit: int | None = None
    per_contact_limit: int | None = None
    max_party: int = 1
    approval: bool = False
    approval_hours: int = 24
    series_max: int = 1
    waitlist: bool = False
    form_id: str = ""
    form: PlanForm | None = None
    form_first: bool = False
    location_hidden: bool = False
    room_provider: str = ""
    location_kind: str = "none"
    location: str = ""
    phone: str = "off"
    email_required: bool = True
    note: bool = True
    consent_text: str = ""
    consent_version: int = 0
    confirmation_message: str = ""
    redirect_url: str = ""
    brand: PlanBrand = field(default_factory=PlanBrand)
    contact_policy: str = "maker"
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    reminder_hours: int | None = 24
    zone_locked: bool = False
    guest_can_reschedule: bool = True
    guest_can_cancel: bool = True
    change_cutoff_minutes: int = 0
    locale: str = "en"
    embed_origins: tuple[str, ...] = ()
    busy_policy: str = "block"

    @property
    def type(self) -> Kind:
        """What all calendars of this `kind` have in common."""
        return KINDS[self.kind]

    @property
    def met(self) -> str:
        """The names of those every guest meets; "" where that is decided later, or nobody is met."""
        return self.type.met(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CalendarPlan:
        """The plan of a stored dict; unknown keys are ignored, missing ones take their defaults.

        KeyError if a key without default is missing; an older format `v` is read as the current one.
        """
        known = _known(cls, data)
        return cls(
            **known
            | {"v": FORMAT}
            | _converted(known, "schedule", schedule_from_json)
            | _converted(known, "rules", rules_from_json)
            | _converted(known, "brand", lambda value: PlanBrand(**_known(PlanBrand, value)))
            | _converted(known, "form", lambda value: form_from_json(value) if value else None)
            | _converted(known, "hosts", lambda value: tuple(host_from_json(host) for host in value))
            | _converted(known, "embed_origins", tuple)
            | _converted(known, "durations", tuple)
        )


@lru_cache(maxsize=512)
def decode(text: str) -> CalendarPlan:
    """The plan of stored JSON text. Remembered by the text itself, so a rolled-back write cannot leave a stale plan."""
    return CalendarPlan.from_json(json.loads(text))


def encode(plan: CalendarPlan) -> str:
    """JSON text for `decode`; equal plans give equal text."""
    return json.dumps(asdict(plan), default=_iso_date, separators=(",", ":"), ensure_ascii=False)


def host_from_json(data: Mapping[str, Any]) -> PlanHost:
    """A host of `asdict` shape; unknown keys are ignored."""
    known = _known(PlanHost, data)
    own = _converted(known, "schedule", lambda value: schedule_from_json(value) if value else None)
    return PlanHost(**known | own)


def form_from_json(data: Mapping[str, Any]) -> PlanForm:
    """A form of `asdict` shape."""
    return PlanForm(
        version=data["version"],
        fields=tuple(fields_of(data.get("fields", ()))),
        rules=tuple(rules_of(data.get("rules", ()))),
    )


def schedule_from_json(data: Mapping[str, Any]) -> Schedule:
    """A schedule of `asdict` shape: windows with days, start, end in minutes; overrides with an ISO date; the rest may
    be missing."""
    return Schedule(
        timezone=data.get("timezone", "UTC"),
        windows=tuple(
            Window(tuple(w["days"]), w["start"], w["end"], w.get("every", 1), w.get("phase", 0))
            for w in data.get("windows", ())
        ),
        overrides=tuple(
            Override(
                date.fromisoformat(o["date"]),
                tuple((start, end) for start, end in o.get("windows", ())),
                o.get("mode", "replace"),
            )
            for o in data.get("overrides", ())
        ),
    )


def rules_from_json(data: Mapping[str, Any]) -> Rules:
    """Rules of `asdict` shape, dates in ISO text."""
    known = _known(Rules, data)
    for key in ("range_first", "range_last"):
        known |= _converted(known, key, lambda value: date.fromisoformat(value) if value else None)
    return Rules(**{"duration": 30, "interval": 30, **known})


def _known(kind: type[T], data: Mapping[str, Any]) -> Json:
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    return {key: value for key, value in data.items() if key in names}


def _converted(known: Json, key: str, convert: Any) -> Json:
    return {key: convert(known[key])} if key in known else {}


def _iso_date(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not JSON: {value!r}")
