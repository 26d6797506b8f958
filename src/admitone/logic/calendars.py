"""What may be said about a calendar: every field cleaned, then the ones that depend on each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from admitone.logic import brand, identity
from admitone.logic.faults import Faults
from admitone.logic.hours import clean_date, parse_time
from admitone.logic.kinds import SEATED, TEAMS
from admitone.logic.party import MAX_PARTY

DAY = 1440
SLUG_MAX = 60
#: Minutes; queries of what is taken look this far beyond a slot.
MAX_BUFFER = 720
#: Second path segments that mean something else under /<account>/ or may do so one day.
RESERVED_SLUGS = frozenset(
    {"g", "o", "b", "c", "f", "u", "new", "api", "app", "embed", "static", "manage", "feed", "logo"}
)
MAX_ORIGINS = 50
#: video: one fixed address; host: the room of whoever takes the appointment; room: made for each appointment.
LOCATION_KINDS = ("none", "phone", "address", "video", "host", "room", "ask")
MAX_DURATIONS, MAX_SERIES = 8, 52

Cleaner = Callable[[Any], Any]
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_UNQUOTED = "/%:?#[]@!$&'()*+,;=~"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)


def clean_calendar(fields: Mapping[str, Any], current: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The given fields, cleaned; `current` holds a stored calendar's other fields for what depends on them.

    Raises Problem("invalid", fields={name: sentence}), for unknown names too.
    """
    cleaned: dict[str, Any] = {}
    faults = Faults()
    for name, raw in fields.items():
        with faults.at(name):
            cleaned[name] = _cleaner(name)(raw)
    if not faults:
        faults.update(_together({**DEFAULTS, **(current or {}), **cleaned}, set(cleaned)))
    faults.refuse()
    return cleaned


def clean_slug(raw: str) -> str:
    """Small letters, digits and hyphens; ValueError with a sentence."""
    slug = str(raw).strip().lower()
    if not _SLUG.fullmatch(slug) or len(slug) > SLUG_MAX:
        raise ValueError("Use small letters, digits and single hyphens, 60 at most: first-visit.")
    if slug in RESERVED_SLUGS:
        raise ValueError("This word is reserved. Choose another one.")
    return slug


def slug_from(name: str) -> str:
    """A slug made from a name; "calendar" if nothing of it can stand in an address."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: SLUG_MAX - 5].strip("-")
    return f"{slug}-calendar" if slug in RESERVED_SLUGS else slug or "calendar"


def clean_origin(raw: str) -> str:
    """`https://host[:port]`, or http for this computer; ValueError with a sentence."""
    text = str(raw).strip().lower().rstrip("/")
    parts, port = _split(text)
    local = parts.hostname in ("localhost", "127.0.0.1")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not local):
        raise ValueError(f"Enter a site as https://www.example.com, not “{text[:80]}”.")
    if not _HOST.fullmatch(parts.hostname or "") or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(f"Enter only the site, without a path: https://www.example.com, not “{text[:80]}”.")
    return f"{parts.scheme}://{parts.hostname}{f':{port}' if port else ''}"


def clean_https(raw: str) -> str:
    """An https address of at most 500 characters, or ""; ValueError with a sentence.

    Plain ASCII comes back (IDNA, percent signs): its host stands in headers, where other letters would undo all of them.
    """
    text = str(raw or "").strip()
    if not text:
        return ""
    parts, port = _split(text)
    if len(text) > 500 or parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise ValueError("Enter a full address that starts with https://.")
    if any(character.isspace() or ord(character) < 32 or character in '<>"\\' for character in text):
        raise ValueError("The address holds a character that is not allowed there.")
    try:
        host = parts.hostname.encode("idna").decode()
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError("Enter a full address that starts with https://.")
    netloc = f"{host}:{port}" if port else host
    plain = urlunsplit(("https", netloc, *(quote(part, safe=_UNQUOTED) for part in parts[2:])))
    if len(plain) > 500:
        raise ValueError("The address is too long.")
    return plain


def _split(text: str) -> tuple[Any, int | None]:
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError as error:
        raise ValueError("This is not an address.") from error


def _cleaner(name: str) -> Cleaner:
    if name not in CLEANERS:
        raise ValueError("There is no such field.")
    return CLEANERS[name]


def _text(limit: int, *, lines: bool = False, required: bool = False) -> Cleaner:
    def clean(raw: Any) -> str:
        if raw is not None and not isinstance(raw, str):
            raise ValueError("Enter text.")
        text = identity.clean_text(raw, limit) if lines else identity.clean_name(raw, limit)
        if required and not text:
            raise ValueError("This is needed.")
        return text

    return clean


def _whole(low: int, high: int, *, optional: bool = False) -> Cleaner:
    def clean(raw: Any) -> int | None:
        if optional and raw in (None, ""):
            return None
        text = str(raw).strip() if not isinstance(raw, bool) else "?"
        if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII) or not low <= int(text) <= high:
            raise ValueError(f"Enter a whole number from {low} to {high}.")
        return int(text)

    return clean


def _choice(*values: str) -> Cleaner:
    def clean(raw: Any) -> str:
        if raw not in values:
            raise ValueError(f"Choose one of: {', '.join(values)}.")
        return str(raw)

    return clean


def _clock(raw: Any) -> int:
    """Minutes of the day, or a time as people type it."""
    return parse_time(raw) if isinstance(raw, str) else int(_whole(0, DAY)(raw))


def _durations(raw: Any) -> list[int]:
    """Other lengths in minutes, ascending, each once."""
    if not isinstance(raw, list | tuple):
        raise ValueError("Enter a list of lengths.")
    try:
        found = sorted({int(_whole(1, DAY)(item)) for item in raw})
    except ValueError:
        raise ValueError(f"Enter whole numbers from 1 to {DAY}.") from None
    if len(found) > MAX_DURATIONS:
        raise ValueError(f"Enter at most {MAX_DURATIONS} lengths.")
    return found


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("Say true or false.")
    return raw


def _optional_date(raw: Any) -> date | None:
    return None if raw in (None, "") else clean_date(raw)


def _email(raw: Any) -> str:
    return identity.clean_email(raw) if raw else ""


def _phone(raw: Any) -> str:
    return identity.clean_phone(raw) if raw else ""


def _color(raw: Any) -> str:
    color = brand.clean_color(str(raw or ""))
    if color and not brand.readable(color):
        better = brand.suggestion(color)
        raise ValueError(f"Text on {color} would be hard to read (below 4.5:1). Try {better}.")
    return color


def _origins(raw: Any) -> list[str]:
    if not isinstance(raw, list | tuple):
        raise ValueError("Enter a list of sites.")
    if len(raw) > MAX_ORIGINS:
        raise ValueError(f"Enter at most {MAX_ORIGINS} sites.")
    return list(dict.fromkeys(clean_origin(item) for item in raw if str(item).strip()))


CLEANERS: dict[str, Cleaner] = {
    "name": _text(120, required=True),
    "description": _text(2000, lines=True),
    "access": _choice("public", "one_time"),
    "duration": _whole(1, DAY),
    "interval": _whole(1, DAY),
    "buffer_before": _whole(0, MAX_BUFFER),
    "buffer_after": _whole(0, MAX_BUFFER),
    "buffer_rule": _choice("max", "sum"),
    "alignment": _choice("window", "packed"),
    "notice": _whole(0, 366 * DAY),
    "per_day_limit": _whole(1, 1000, optional=True),
    "per_week_limit": _whole(1, 7000, optional=True),
    "per_month_limit": _whole(1, 31000, optional=True),
    "per_host_day_limit": _whole(1, 1000, optional=True),
    "per_contact_limit": _whole(1, 1000, optional=True),
    "durations": _durations,
    "max_party": _whole(1, MAX_PARTY),
    "approval": _flag,
    "approval_hours": _whole(1, 24 * 30),
    "reissue_on_decline": _flag,
    "series_max": _whole(1, MAX_SERIES),
    "waitlist": _flag,
    "waitlist_hold": _whole(15, 7 * DAY),
    "form_first": _flag,
    "location_hidden": _flag,
    "room_provider": _text(24),
    "cutoff_days": _whole(0, 366, optional=True),
    "cutoff_at": _clock,
    "range_kind": _choice("rolling", "working", "fixed", "unlimited"),
    "range_days": _whole(0, 3660, optional=True),
    "range_first": _optional_date,
    "range_last": _optional_date,
    "location_kind": _choice(*LOCATION_KINDS),
    "location": _text(500, lines=True),
    "phone": _choice("off", "optional", "required"),
    "email_required": _flag,
    "note": _flag,
    "consent_text": _text(2000, lines=True),
    "confirmation_message": _text(2000, lines=True),
    "redirect_url": clean_https,
    "brand_color": _color,
    "brand_radius": _whole(0, brand.MAX_RADIUS),
    "contact_policy": _choice("maker", "host", "custom"),
    "contact_name": _text(120),
    "contact_email": _email,
    "contact_phone": _phone,
    "reminder_hours": _whole(1, 24 * 30, optional=True),
    "zone_locked": _flag,
    "guest_can_reschedule": _flag,
    "guest_can_cancel": _flag,
    "change_cutoff": _whole(0, 366 * DAY),
    "reissue_on_cancel": _flag,
    "embed_origins": _origins,
    "busy_policy": _choice("block", "allow"),
}
#: What the checks of related fields assume of a field that is neither given nor stored.
DEFAULTS: dict[str, Any] = {
    "kind": "personal",
    "capacity": 1,
    "duration": 30,
    "durations": [],
    "max_party": 1,
    "per_host_day_limit": None,
    "waitlist": False,
    "location_kind": "none",
    "location": "",
    "room_provider": "",
    "range_kind": "rolling",
    "range_days": 60,
    "range_first": None,
    "range_last": None,
    "email_required": True,
    "phone": "off",
    "contact_policy": "maker",
    "contact_email": "",
    "contact_phone": "",
}


def _together(merged: Mapping[str, Any], given: set[str]) -> list[tuple[str, str]]:
    """Faults of fields that depend on each other, as (field, sentence); only where one of them was given."""
    found = []
    for fields, check in RELATED:
        if given & set(fields) and (fault := check(merged)):
            found.append(fault)
    return found


def _location(m: Mapping[str, Any]) -> tuple[str, str] | None:
    if m["location_kind"] == "address" and not m["location"]:
        return "location", "Enter the address."
    if m["location_kind"] == "room" and not m["room_provider"]:
        return "room_provider", "Choose who makes the rooms."
    if m["location_kind"] not in ("video", "host") or (m["location_kind"] == "host" and not m["location"]):
        return None  # a room's address is for its provider to judge
    try:
        return None if clean_https(m["location"]) else ("location", "Enter the address of the video room.")
    except ValueError as error:
        return "location", str(error)


def _range(m: Mapping[str, Any]) -> tuple[str, str] | None:
    if m["range_kind"] in ("rolling", "working") and m["range_days"] is None:
        return "range_days", "Enter how many days ahead can be booked."
    if m["range_kind"] == "fixed":
        if not m["range_first"] or not m["range_last"]:
            return "range_first", "Enter the first and the last day."
        if m["range_last"] < m["range_first"]:
            return "range_last", "The last day comes before the first one."
    return None


def _reachable(m: Mapping[str, Any]) -> tuple[str, str] | None:
    if not m["email_required"] and m["phone"] != "required":
        return "email_required", "Email can be optional only if the phone number is required."
    return None


def _contact(m: Mapping[str, Any]) -> tuple[str, str] | None:
    if m["contact_policy"] == "custom" and not (m["contact_email"] or m["contact_phone"]):
        return "contact_email", "Enter an email address or a phone number."
    return None


def _lengths(m: Mapping[str, Any]) -> tuple[str, str] | None:
    if m["kind"] in SEATED and m["durations"]:
        return "durations", "Classes and events have one length."
    return None


def _party(m: Mapping[str, Any]) -> tuple[str, str] | None:
    if m["kind"] not in SEATED and m["max_party"] != 1:
        return "max_party", "Only classes and events have places."
    return None


def _host_day(m: Mapping[str, Any]) -> tuple[str, str] | None:
    if m["kind"] not in TEAMS and m["per_host_day_limit"] is not None:
        return "per_host_day_limit", "Only teams have this limit; use the limit a day."
    return None


def _waiting(m: Mapping[str, Any]) -> tuple[str, str] | None:
    if m["waitlist"] and not (m["kind"] in SEATED and m["capacity"]):
        return "waitlist", "Only classes and events with a number of places have a waiting list."
    return None


RELATED: list[tuple[tuple[str, ...], Callable[[Mapping[str, Any]], tuple[str, str] | None]]] = [
    (("location_kind", "location", "room_provider"), _location),
    (("range_kind", "range_days", "range_first", "range_last"), _range),
    (("email_required", "phone"), _reachable),
    (("contact_policy", "contact_email", "contact_phone"), _contact),
    (("durations",), _lengths),
    (("max_party",), _party),
    (("per_host_day_limit",), _host_day),
    (("waitlist",), _waiting),
]
