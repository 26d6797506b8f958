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
