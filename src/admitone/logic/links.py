"""What a one-time link's stored facts mean. The redemption UPDATE and the list filters are held to `status` by a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from admitone.logic.clock import from_min
from admitone.logic.errors import Problem
from admitone.logic.slots import EARLIEST, LATEST

Status = Literal["used", "deleted", "expired", "not_open", "active"]
POLICIES = ("prefill", "verify", "refuse")
PROBLEM_OF = {
    "used": "link_used",
    "deleted": "link_deleted",
    "expired": "link_expired",
    "not_open": "link_not_open",
    "paused": "calendar_paused",
}


@dataclass(frozen=True, slots=True)
class LinkFacts:
    uses: int
    max_uses: int
    deleted_at: datetime | None
    not_before: datetime | None
    expires_at: datetime | None


def status(facts: LinkFacts, now: datetime) -> Status:
    """used > deleted > expired > not_open > active; a link is expired at the very instant `expires_at`."""
    if facts.uses >= facts.max_uses:
        return "used"
    if facts.deleted_at is not None:
        return "deleted"
    if facts.expires_at is not None and facts.expires_at <= now:
        return "expired"
    if facts.not_before is not None and facts.not_before > now:
        return "not_open"
    return "active"


def listed_status(facts: LinkFacts, now: datetime) -> str:
    """The four statuses of lists and the API: a link that is not open yet counts as active."""
    found = status(facts, now)
    return "active" if found == "not_open" else found


def problem(state: str) -> Problem:
    """The refusal for a link in `state` (any but active)."""
    return Problem(PROBLEM_OF[state])


def check_terms(
    *, now: datetime, max_uses: int, not_before: datetime | None, expires_at: datetime | None, uses: int = 0
) -> None:
    """Raises Problem("invalid") naming the field whose value could never work."""
    fields = {}
    if not max(1, uses) <= max_uses <= 1000:
        fields["max_uses"] = "Choose a number from 1 to 1000, and not below the uses already made."
    if expires_at is not None and expires_at <= now:
        fields["expires_at"] = "Choose a time in the future."
    for name, at in (("expires_at", expires_at), ("not_before", not_before)):
        if at is not None and at > from_min(LATEST):
            fields[name] = "Choose a time before the year 2101."
    if expires_at is not None and not_before is not None and not_before >= expires_at:
        fields["not_before"] = "The link would expire before it opens."
    if fields:
        raise Problem("invalid", fields=fields)


def clean_offered(offered: list[tuple[int, int]] | None, *, now_min: int) -> list[list[int]] | None:
    """Sorted, distinct [start, end] epoch minutes in the future; None offers every open slot."""
    if offered is None:
        return None
    spans = sorted({(int(start), int(end)) for start, end in offered})
    if not spans or len(spans) > 200:
        raise Problem("invalid", fields={"offered": "Offer 1 to 200 times, or leave it out to offer every open time."})
    if any(start >= end for start, end in spans):
        raise Problem("invalid", fields={"offered": "An offered time has to end after it starts."})
    if any(start < EARLIEST or end > LATEST for start, end in spans):
        raise Problem("invalid", fields={"offered": "Offer times between the years 2000 and 2100."})
    if all(end <= now_min for _, end in spans):
        raise Problem("invalid", fields={"offered": "All the offered times are over."})
    return [list(span) for span in spans]
