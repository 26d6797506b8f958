"""Lengths of time as people write them: `{"hours": 2}`."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Strict

from admitone.workflows.registry import params

MAX_PERIOD = timedelta(days=730)
Amount = Annotated[float, Strict()]  # true is not one second


@params
class Period:
    seconds: Amount = 0
    minutes: Amount = 0
    hours: Amount = 0
    days: Amount = 0
    weeks: Amount = 0

    @property
    def delta(self) -> timedelta:
        return timedelta(**{field.name: getattr(self, field.name) for field in fields(self)})

    @property
    def words(self) -> str:
        """2 days, 4 hours."""
        named = {
            "weeks": lambda n: ngettext("%(n)s week", "%(n)s weeks", n),
            "days": lambda n: ngettext("%(n)s day", "%(n)s days", n),
            "hours": lambda n: ngettext("%(n)s hour", "%(n)s hours", n),
            "minutes": lambda n: ngettext("%(n)s minute", "%(n)s minutes", n),
            "seconds": lambda n: ngettext("%(n)s second", "%(n)s seconds", n),
        }
        said = ((words, getattr(self, unit)) for unit, words in named.items())
        return ", ".join(words(1 if n == 1 else 2) % {"n": f"{n:g}"} for words, n in said if n)

    def fault(self) -> str:
        """Why this is not a length to wait for, or ""."""
        if any(getattr(self, field.name) < 0 for field in fields(self)):
            return _("Choose a length above zero.")
        try:
            return "" if timedelta() < self.delta <= MAX_PERIOD else _("Choose a length above zero, up to two years.")
        except (OverflowError, ValueError):
            return _("Choose a length above zero, up to two years.")
