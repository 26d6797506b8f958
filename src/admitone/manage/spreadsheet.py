"""Tables as CSV files, streamed; cells that a spreadsheet would run as a formula are neutralised (OWASP CSV injection)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse

from admitone.logic.clock import iso

#: Spreadsheets in East Asian languages read the full-width signs alike.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BOM = "\ufeff"  # lets Excel read UTF-8


class Line:
    """What csv.writer writes to: it hands the line back."""

    def write(self, value: str) -> str:
        return value


def safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula; instants in UTC, nothing for None."""
    text = iso(value) if isinstance(value, datetime) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield BOM + writer.writerow([safe(name) for name in head])
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])


def download(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The file `name`.csv, sent while its rows are read."""
    response = StreamingHttpResponse(lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
