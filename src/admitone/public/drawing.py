"""The two long loops of the hottest page, written by hand: a template takes dozens of steps for each day and each time."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from admitone.public.picker import Day, Month, Slot


def weeks(month: Month, keep: str, *, in_form: bool) -> SafeString:
    """The rows of a month. An open day is a link that carries `keep` along, or `in_form` a button of the form."""
    keep = escape(keep)
    rows = (f"\n<tr>{''.join([_cell(day, keep, in_form) for day in week])}</tr>" for week in month.weeks)
    return mark_safe("".join(rows))  # noqa: S308 - every text is escaped


def times(slots: Sequence[Slot]) -> SafeString:
    """The times of a day, of which one can be chosen."""
    return mark_safe("".join([_time(slot) for slot in slots]))  # noqa: S308 - every text is escaped


def _cell(day: Day | None, keep: str, in_form: bool) -> str:
    if day is None:
        return "<td></td>"
    today = " month__day--today" if day.is_today else ""
    return f'<td class="month__day{today}">{_number(day, keep, in_form)}</td>'


def _number(day: Day, keep: str, in_form: bool) -> str:
    if not day.is_open:
        return f"<span>{day.number}</span>"
    named = f'aria-label="{escape(day.label)}"' + (' aria-current="date"' if day.is_chosen else "")
    if in_form:
        return f'<button form="book" formnovalidate name="go" value="day={day.iso}" {named}>{day.number}</button>'
    return f'<a href="?day={day.iso}{keep}" {named}>{day.number}</a>'


def _time(slot: Slot) -> str:
    checked = " checked" if slot.chosen else ""
    left = ngettext("%(n)s place left", "%(n)s places left", slot.left) % {"n": slot.left} if slot.left else ""
    notes = "".join(
        f'<span class="slot__note">{escape(note)}</span>' for note in (slot.offset, slot.host_date, left) if note
    )
    return (
        f'<label class="slot"><input type="radio" name="start" value="{slot.start}" data-when="{escape(slot.when)}" '
        f'required{checked}><span class="slot__time">{escape(slot.time)}</span>{notes}</label>'
    )
