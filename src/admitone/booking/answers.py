"""What guests answered to a calendar's form, by the words of the questions they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from admitone.booking.models import Booking
from admitone.forms.queries import version
from admitone.logic.forms import PERSON, Field


def answers_of(booking: Booking) -> list[tuple[str, str]]:
    """(question, answer) in the form's order, in the active language, for those who run the calendar; without those that
    are the booking's name, email and phone. The questions of a version are read once a process."""
    if not booking.answers:
        return []
    fields = questions_of(booking)
    known = {one.key for one in fields}
    rest = [(key, written(value)) for key, value in booking.answers.items() if key not in known]
    return [*_said(booking, fields), *((label, text) for label, text in rest if text)]


def answers_for_guest(booking: Booking) -> list[tuple[str, str]]:
    """The same for the guest: only what they were shown, for hidden questions hold what is said among the owners."""
    return _said(booking, [one for one in questions_of(booking) if not one.hidden]) if booking.answers else []


def _said(booking: Booking, fields: Sequence[Field]) -> list[tuple[str, str]]:
    found = [(one.label, written(booking.answers.get(one.key))) for one in fields if one.maps_to not in PERSON]
    return [(label, text) for label, text in found if text]


def questions_of(booking: Booking) -> tuple[Field, ...]:
    """What the booking's form asked then; nothing for a booking without one."""
    try:
        return _asked(booking.form_id, booking.form_version) if booking.form_id else ()
    except LookupError:
        return ()


@lru_cache(maxsize=512)
def _asked(form_id: UUID, number: int) -> tuple[Field, ...]:
    """Versions never change, so they may be remembered; LookupError, which is not, for one that is gone."""
    row = version(form_id, number)
    if row is None:
        raise LookupError(form_id)
    return tuple(row.questions)


def written(value: Any) -> str:
    """An answer as people read it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
