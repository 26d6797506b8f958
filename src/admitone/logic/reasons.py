"""What each reason against a time means, in a sentence; the API and the signed-in area say the same."""

from __future__ import annotations

SENTENCES = {
    "PAUSED": "The calendar is paused.",
    "PAST": "That time is over.",
    "NOTICE": "That is sooner than the calendar's minimum notice allows.",
    "TOOFAR": "That lies outside the dates the calendar can be booked for.",
    "LINKCLOSED": "The link cannot be used now.",
    "LINKWINDOW": "The link does not offer that time.",
    "HOURS": "That lies outside the working hours.",
    "OVERRIDE": "Other hours than usual apply on that date.",
    "BOOKED": "An appointment is there.",
    "BUSY": "The host's own calendar has something there.",
    "BUFFER": "That is too close to another appointment.",
    "DAYLIMIT": "That day has as many appointments as the calendar allows.",
    "WEEKLIMIT": "That week has as many appointments as the calendar allows.",
    "MONTHLIMIT": "That month has as many appointments as the calendar allows.",
    "HOSTLIMIT": "The host has as many appointments on that day as one host may.",
    "HOSTOFF": "The host does not work then.",
    "SEATS": "All places of that time are taken.",
    "GRID": "Appointments start at other minutes.",
}

#: Of BUSY, by what is in the way where it is no entry of the host's own calendar.
IN_THE_WAY = {
    "blocked": "That time is blocked.",
    "unreadable": "A calendar of the host cannot be read, so nothing is offered.",
}


def sentence(code: str, kind: str = "") -> str:
    """What it means, in English; `kind` is that of the block in the way."""
    return IN_THE_WAY.get(kind, SENTENCES[code]) if code == "BUSY" else SENTENCES[code]
