"""A pasted or uploaded table of people (CSV; comma, semicolon or tab) as rows of email, name and phone."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

COLUMNS = ("email", "name", "phone")
#: Heads of columns as spreadsheets name them.
HEADS = {
    "email": "email",
    "e-mail": "email",
    "email address": "email",
    "mail": "email",
    "name": "name",
    "full name": "name",
    "contact": "name",
    "phone": "phone",
    "phone number": "phone",
    "telephone": "phone",
    "mobile": "phone",
}
MAX_CELL = 300


@dataclass(frozen=True, slots=True)
class PersonRow:
    """`line` counts from 1 as a person counts the lines of the table."""

    line: int
    email: str
    name: str
    phone: str

    def as_dict(self) -> dict[str, str]:
        return {"email": self.email, "name": self.name, "phone": self.phone}


def parse(text: str) -> list[PersonRow]:
    """Rows with anything in them. The first line may name the columns; without names they are email, name, phone.

    ValueError when the text is no table.
    """
    text = text.removeprefix("\ufeff")
    try:
        lines = [
            (n, [cell.strip()[:MAX_CELL] for cell in row])
            for n, row in enumerate(csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True), 1)
        ]
    except csv.Error as error:
        raise ValueError(f"This is not a table in CSV: {error}.") from error
    lines = [(n, cells) for n, cells in lines if any(cells)]
    order = _order(lines[0][1]) if lines else None
    body = lines[1:] if order else lines
    return [_row(n, cells, order or list(COLUMNS)) for n, cells in body]


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return max(",;\t", key=first.count)


def _order(cells: list[str]) -> list[str] | None:
    """What each column holds, if this line names columns."""
    found = [HEADS.get(cell.lower(), "") for cell in cells]
    return found if "email" in found or "phone" in found else None


def _row(line: int, cells: list[str], order: list[str]) -> PersonRow:
    values = dict.fromkeys(COLUMNS, "") | {name: cell for name, cell in zip(order, cells, strict=False) if name}
    return PersonRow(line, **values)


def write(people: Iterable[Sequence[str]]) -> str:
    """Rows of email, name and phone as a table that `parse` reads."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(people)
    return text.getvalue()
