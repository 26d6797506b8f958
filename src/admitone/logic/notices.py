"""What a calendar tells whom, when and how: a table of notices. Those in STANDARD are there without being written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from admitone.logic.errors import Problem
from admitone.logic.identity import clean_email, clean_name, clean_phone

Occasion = Literal[
    "booked", "pending", "confirmed", "declined", "rescheduled", "cancelled", "reminder", "follow_up"
]  # fmt: skip
Audience = Literal["guest", "host", "extra", "party"]
Channel = Literal["email", "sms"]

OCCASIONS: tuple[Occasion, ...] = (
    *("booked", "pending", "confirmed", "declined", "rescheduled", "cancelled"),
    *("reminder", "follow_up"),
)
#: Sent so many minutes before the start, or after the end; the others at once.
TIMED: tuple[Occasion, ...] = ("reminder", "follow_up")
#: Only calendars whose appointments need an approval have these.
ASKED: tuple[Occasion, ...] = ("pending", "confirmed", "declined")
AUDIENCES: tuple[Audience, ...] = ("guest", "host", "extra")
#: Those who come along with a guest, as far as they left an address: standard notices in standard words only.
PARTY: Audience = "party"
CHANNELS: tuple[Channel, ...] = ("email", "sms")
MAX_OFFSET = 60 * 24 * 60
MAX_ADDRESSES, MAX_NOTICES, MAX_SUBJECT = 10, 50, 300
#: So many messages to extra recipients one occasion may cause, over all notices that are on.
MAX_EXTRA = 20
#: Its time is the calendar's `reminder_hours`, as long as that is set.
STANDARD_REMINDER = "reminder.guest.email"
#: Minutes before the start of a reminder that is switched on without a time.
A_DAY = 1440


@dataclass(frozen=True, slots=True)
class Notice:
    """One row of the table. `key` is the name of a standard notice, else an id. Without words it sends the standard ones."""

    key: str
    occasion: Occasion
    audience: Audience
    channel: Channel = "email"
    offset: int | None = None  # minutes
    subject: str = ""
    body: str = ""
    addresses: tuple[str, ...] = ()
    enabled: bool = True
    standard: bool = False
    position: int = 0

    @property
    def is_timed(self) -> bool:
        return self.occasion in TIMED

    @property
    def is_on(self) -> bool:
        """Whether it is sent; one that is timed needs its time."""
        return self.enabled and (self.offset is not None or not self.is_timed)

    @property
    def has_words(self) -> bool:
        return bool(self.subject or self.body)


def _standard(occasion: Occasion, *audiences: Audience) -> tuple[Notice, ...]:
    return tuple(Notice(f"{occasion}.{one}.email", occasion, one, standard=True) for one in audiences)


STANDARD: dict[str, Notice] = {
    one.key: one
    for one in (
        *_standard("booked", "guest", "host", PARTY),
        *_standard("pending", "guest", "host"),
        *_standard("confirmed", "guest", "host", PARTY),
        *_standard("declined", "guest", "host", PARTY),
        *_standard("rescheduled", "guest", "host", PARTY),
        *_standard("cancelled", "guest", "host", PARTY),
        *_standard("reminder", "guest"),
    )
}


def merged(written: Iterable[Notice], reminder_hours: int | None) -> list[Notice]:
    """The whole table: the standard notices, as changed by what was written down, and those added; by occasion."""
    rows = {one.key: one for one in written}
    table = {**STANDARD, **rows}
    if reminder_hours:
        table[STANDARD_REMINDER] = replace(table[STANDARD_REMINDER], offset=reminder_hours * 60)
    return sorted(table.values(), key=_order)


def _order(one: Notice) -> tuple[int, int, int, int, str]:
    """By occasion, then in time: the earliest reminder first."""
    time = -(one.offset or 0) if one.occasion == "reminder" else one.offset or 0
    audience = (*AUDIENCES, PARTY).index(one.audience)
    return OCCASIONS.index(one.occasion), audience, one.position, time, one.key


def clean_notice(fields: Mapping[str, Any], current: Notice | None = None) -> dict[str, Any]:
    """The given fields cleaned, those that depend on each other held to one another; words are checked elsewhere.

    Keys: occasion, audience, channel, offset_minutes, subject, body, addresses, enabled, position. A notice that exists
    keeps its occasion, audience and channel. Raises Problem("invalid", fields).
    """
    faults: dict[str, str] = {}
    cleaned: dict[str, Any] = {}
    for name, raw in fields.items():
        try:
            cleaned[name] = CLEANERS[name](raw) if name in CLEANERS else _unknown()
        except ValueError as error:
            faults[name] = str(error)
    whole = {**(_stored(current) if current else BLANK), **cleaned}
    if current:
        faults |= {
            name: "This cannot be changed: make another one." for name in KIND if whole[name] != _kind(current)[name]
        }
    if not faults:
        faults = _faults(whole) | _addressed(whole, cleaned)
    if faults:
        raise Problem("invalid", fields=faults)
    return cleaned


KIND = ("occasion", "audience", "channel")


def _kind(one: Notice) -> dict[str, Any]:
    return {"occasion": one.occasion, "audience": one.audience, "channel": one.channel}


def _stored(one: Notice) -> dict[str, Any]:
    return {
        **_kind(one),
        "offset_minutes": one.offset,
        "subject": one.subject,
        "body": one.body,
        "addresses": list(one.addresses),
        "enabled": one.enabled,
        "position": one.position,
    }


BLANK: dict[str, Any] = {
    "occasion": "",
    "audience": "guest",
    "channel": "email",
    "offset_minutes": None,
    "subject": "",
    "body": "",
    "addresses": [],
    "enabled": True,
    "position": 0,
}


def too_many(table: Iterable[Notice], occasion: str) -> str:
    """What is wrong with the number of extra recipients of an occasion, "" for nothing."""
    extra = (one for one in table if one.occasion == occasion and one.audience == "extra" and one.is_on)
    count = sum(len(one.addresses) for one in extra)
    if count <= MAX_EXTRA:
        return ""
    return f"These would be {count} messages at a time. All notifications of one occasion have at most {MAX_EXTRA}."


def _faults(one: Mapping[str, Any]) -> dict[str, str]:
    """What does not go together."""
    timed = one["occasion"] in TIMED
    if not one["occasion"]:
        return {"occasion": f"Choose one of: {', '.join(OCCASIONS)}."}
    if timed and one["enabled"] and one["offset_minutes"] is None:
        return {"offset_minutes": "Say how long before the start, or after the end."}
    if one["occasion"] == "reminder" and one["offset_minutes"] == 0:
        return {"offset_minutes": "A reminder goes at least a minute before the start."}
    if not timed and one["offset_minutes"] is not None:
        return {"offset_minutes": "Only reminders and follow-ups have a time."}
    if one["audience"] == "host" and one["channel"] == "sms":
        return {"channel": "Hosts have no number here: choose “extra” and enter it."}
    if one["channel"] == "sms" and one["subject"]:
        return {"subject": "An SMS has no subject."}
    if one["audience"] == PARTY and (one["subject"] or one["body"]):
        return {"body": "Those who come along get the standard words: only their guest may change the appointment."}
    if one["audience"] != "extra" and one["addresses"]:
        return {"addresses": "Only extra recipients are entered."}
    if one["audience"] == "extra" and not one["addresses"]:
        return {"addresses": "Enter at least one address." if one["channel"] == "email" else "Enter a number."}
    return {}


def _addressed(whole: Mapping[str, Any], cleaned: dict[str, Any]) -> dict[str, str]:
    """Addresses as their channel writes them, into `cleaned`."""
    if "addresses" not in cleaned:
        return {}
    read = clean_email if whole["channel"] == "email" else clean_phone
    try:
        cleaned["addresses"] = list(dict.fromkeys(read(raw) for raw in cleaned["addresses"]))
    except ValueError as error:
        return {"addresses": str(error)}
    return {}


def _unknown() -> Any:
    raise ValueError("There is no such field.")


def _choice(*values: str) -> Any:
    def clean(raw: Any) -> str:
        if raw not in values:
            raise ValueError(f"Choose one of: {', '.join(values)}.")
        return str(raw)

    return clean


def _offset(raw: Any) -> int | None:
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MAX_OFFSET:
        raise ValueError(f"Enter whole minutes, at most {MAX_OFFSET} (60 days).")
    return raw


def _addresses(raw: Any) -> list[str]:
    if not isinstance(raw, list | tuple) or not all(isinstance(one, str) for one in raw):
        raise ValueError("Enter a list of addresses.")
    found = [one.strip() for one in raw if one.strip()]
    if len(found) > MAX_ADDRESSES:
        raise ValueError(f"Enter at most {MAX_ADDRESSES}.")
    return found


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("Say true or false.")
    return raw


def _position(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= 1000:
        raise ValueError("Enter a whole number from 0 to 1000.")
    return raw


def _subject(raw: Any) -> str:
    return clean_name(raw, MAX_SUBJECT)


def _body(raw: Any) -> str:
    return str(raw or "").replace("\r\n", "\n").replace("\0", "").strip()


CLEANERS: dict[str, Any] = {
    "occasion": _choice(*OCCASIONS),
    "audience": _choice(*AUDIENCES),
    "channel": _choice(*CHANNELS),
    "offset_minutes": _offset,
    "subject": _subject,
    "body": _body,
    "addresses": _addresses,
    "enabled": _flag,
    "position": _position,
}
