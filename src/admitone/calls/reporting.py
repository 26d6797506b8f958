"""A missed call as another program tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import uuid4

from django.utils.dateparse import parse_datetime

from admitone.accounts.models import Account
from admitone.calls import queries
from admitone.calls.missing import OUTCOMES, Call
from admitone.calls.models import PhoneNumber
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_phone, region_of

MAX_ID = 70
SKEW = timedelta(minutes=5)


def reported(account: Account, said: Mapping[str, str], now: datetime) -> Call:
    """`from` may be empty for a withheld number; `number` is needed only where there are several. Problem("invalid")."""
    faults: dict[str, str] = {}
    if "from" not in said:
        faults["from"] = "Who called? Leave it empty for a withheld number."
    outcome = said.get("outcome") or "no-answer"
    if outcome not in OUTCOMES:
        faults["outcome"] = f"Use one of {', '.join(OUTCOMES)}."
    number = number_of(account, said.get("number", ""), faults)
    at = moment(said.get("at", ""), now, faults)
    if faults:
        raise Problem("invalid", fields=faults)
    return Call(f"own:{short(said.get('id', '')) or uuid4()}", said["from"], at, outcome, number)


def short(raw: str) -> str:
    """An id that fits its column; a cut one could be another's."""
    return raw if len(raw) <= MAX_ID else sha256(raw.encode()).hexdigest()


def number_of(account: Account, raw: str, faults: dict[str, str]) -> PhoneNumber | None:
    """Ours that was called; the only one if there is but one, none if none is known."""
    if not raw:
        only = list(queries.numbers(account)[:2])
        return only[0] if len(only) == 1 else None
    try:
        found = queries.by_number(account, clean_phone(raw, region_of(account.timezone)))
    except ValueError as error:
        faults["number"] = str(error)
        return None
    if found is None:
        faults["number"] = "This number is not in Settings > SMS and calls."
    return found


def moment(raw: str, now: datetime, faults: dict[str, str]) -> datetime:
    if not raw:
        return now
    try:
        found = parse_datetime(raw)
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        faults["at"] = "Write the time with its offset, like 2026-12-01T09:00:00Z."
        return now
    if found > now + SKEW:
        faults["at"] = "This lies in the future."
    return min(found, now)
