"""Who is calling, as far as the phone network says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import phonenumbers

from admitone.logic.identity import clean_phone, storable

WITHHELD = frozenset({"", "anonymous", "restricted", "private", "unknown", "unavailable", "withheld", "blocked"})
#: What Twilio writes instead: the letters of these words on a telephone's keys.
SPELLED = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})
SHORTEST = 7


@dataclass(frozen=True, slots=True)
class Caller:
    """`number` is E.164, "" if there is none to write to; then `reason` says why. `shown` is what to keep."""

    shown: str
    number: str = ""
    reason: Literal["", "withheld", "short", "unreadable"] = ""


def read_caller(raw: str, region: str | None) -> Caller:
    """`region` (ISO 3166) is assumed for numbers without a country code."""
    text = " ".join(storable(str(raw)).split())[:40]
    digits = "".join(c for c in text if c.isdigit())
    if text.casefold() in WITHHELD or digits in SPELLED:
        return Caller("", reason="withheld")
    if text.casefold().startswith("sip:") or any(c.isalpha() for c in text):
        return Caller(text, reason="unreadable")
    if len(digits) < SHORTEST:
        return Caller(text, reason="short")
    try:
        number = clean_phone(text, region)
    except ValueError:
        return Caller(text, reason="unreadable")
    if not phonenumbers.is_possible_number(phonenumbers.parse(number)):
        return Caller(text, reason="unreadable")
    return Caller(number, number)
