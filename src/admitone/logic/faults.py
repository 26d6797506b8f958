"""Whoever fills in a form is told of everything that is wrong at once, each in a sentence at its field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from admitone.logic.errors import Problem


class Faults(dict[str, str]):
    """Sentences by the name of the field that they are about."""

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """A ValueError inside is a fault of this field."""
        try:
            yield
        except ValueError as error:
            self[name] = str(error)

    def refuse(self) -> None:
        """Raises Problem("invalid", fields) if there are any."""
        if self:
            raise Problem("invalid", fields=self)


def cleaned(raw: Mapping[str, Any], rules: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Apply each field's rule to what is given. Raises Problem("invalid") naming every field that is wrong."""
    found, faults = {}, Faults()
    for name, value in raw.items():
        if name not in rules:
            faults[name] = "This cannot be changed."
            continue
        with faults.at(name):
            found[name] = rules[name](value)
    faults.refuse()
    return found
