"""A CSV file of contacts: bytes to rows, and what its columns most likely hold. Knows exports of CRMs and address books."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 80
MAX_CELL = 2000
DELIMITERS = ",;\t|"
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

#: What a column may hold, each with the heads it goes by, the best first (letters and digits only, lower case).
TARGETS: dict[str, tuple[str, ...]] = {
    "name": ("name", "fullname", "displayname", "contactname", "contact", "nom", "nombre"),
    "first_name": ("firstname", "givenname", "first", "vorname", "prenom", "prénom"),
    "last_name": ("lastname", "familyname", "surname", "last", "nachname", "apellidos"),
    "email": (
        *("email", "emailaddress", "primaryemail", "email1value", "email1", "mail", "emails", "email1address"),
        *("correo", "courriel", "workemail", "personalemail"),
    ),
    "phone": (
        *("phone", "phonenumber", "mobilephone", "mobile", "primaryphone", "phone1value", "cell", "cellphone"),
        *("telephone", "tel", "telefon", "homephone", "businessphone", "otherphone"),
    ),
    "timezone": ("timezone", "zone"),
    "locale": ("language", "locale"),
    "tags": ("tags", "tag", "labels", "categories", "groupmembership", "groups"),
    "note": ("notes", "note", "comments", "comment"),
}
#: Groups that address books put everybody into.
NO_TAGS = {"mycontacts", "my contacts", "starred"}


@dataclass(frozen=True, slots=True)
class Table:
    """`header` names the columns; `rows` are (line as a person counts, cells)."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def decode(raw: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16, else as Excel for Windows writes it."""
    for mark, name in BOMS:
        if raw.startswith(mark):
            return _decoded(raw, name)
    if raw[:200].count(0) > len(raw[:200]) // 4:
        return _decoded(raw, "utf-16-be" if raw[:1] == b"\x00" else "utf-16-le")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _decoded(raw: bytes, name: str) -> str:
    try:
        return raw.decode(name)
    except UnicodeDecodeError as error:
        raise ValueError("The file is damaged, or no text.") from error


def parse(raw: bytes) -> Table:
    """ValueError(sentence) for what is no table with a header, or too large."""
    if len(raw) > MAX_BYTES:
        raise ValueError(f"Use a file of at most {MAX_BYTES // 1_000_000} MB.")
    text = decode(raw).replace("\0", "")
    text, delimiter = _without_hint(text)
    try:
        read = csv.reader(StringIO(text, newline=""), delimiter=delimiter or sniff(text), strict=True)
        filled = ((read.line_num, cells) for row in read if row and any(cells := [clean(cell) for cell in row]))
        lines = list(islice(filled, MAX_ROWS + 2))  # millions of short lines would not fit into memory
    except csv.Error as error:
        raise ValueError(f"This is not a table in CSV: {error}.") from error
    if len(lines) < 2:
        raise ValueError("The file needs a line with the names of its columns, and a line for each person.")
    if len(lines) - 1 > MAX_ROWS:
        raise ValueError(f"Use at most {MAX_ROWS:,} rows a file.")
    header = lines[0][1]
    if len(header) > MAX_COLUMNS:
        raise ValueError(f"Use at most {MAX_COLUMNS} columns.")
    return Table(header, [(n, fitted(cells, len(header))) for n, cells in lines[1:]])


def _without_hint(text: str) -> tuple[str, str]:
    """Excel's first line "sep=;" names the delimiter."""
    found = re.match(r"sep=(.)\r?\n", text)
    return (text[found.end() :], found[1]) if found else (text, "")


def sniff(text: str) -> str:
    """The delimiter that cuts the header into the most columns."""
    header = next((line for line in StringIO(text, newline=None) if line.strip()), "")
    return max(DELIMITERS, key=lambda mark: _columns(header, mark))


def _columns(line: str, mark: str) -> int:
    return len(next(csv.reader([line], delimiter=mark), []))


def clean(cell: str) -> str:
    """As stored: trimmed, and without the apostrophe that keeps spreadsheets from running a cell."""
    text = cell.strip()[:MAX_CELL]
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def fitted(cells: list[str], width: int) -> list[str]:
    return (cells + [""] * width)[:width]


def guess(header: Sequence[str], customs: Mapping[str, str]) -> dict[int, str]:
    """Column -> target; `customs` maps keys of custom fields to their labels. Every target is taken once."""
    names = [squeezed(one) for one in header]
    found: dict[int, str] = {}
    wanted = {**TARGETS, **{f"custom:{key}": (squeezed(label), squeezed(key)) for key, label in customs.items()}}
    for target, heads in wanted.items():
        fitting = [(heads.index(name), at) for at, name in enumerate(names) if name in heads and at not in found]
        if fitting:
            found[min(fitting)[1]] = target
    return found


def squeezed(head: str) -> str:
    """ "E-mail 1 - Value" as "email1value"."""
    return "".join(c for c in head.casefold() if c.isalnum())


@dataclass(frozen=True, slots=True)
class Person:
    """A row as its columns are meant; `custom` holds raw values by key."""

    name: str
    email: str
    phone: str
    timezone: str
    locale: str
    note: str
    tags: list[str]
    custom: dict[str, str]


def person(cells: Sequence[str], mapping: Mapping[int, str]) -> Person:
    """Several columns of one target are joined with a blank, tags united."""
    values: dict[str, list[str]] = {}
    for at, target in sorted(mapping.items()):
        if at < len(cells) and cells[at]:
            values.setdefault(target, []).append(cells[at])
    text = {name: " ".join(found) for name, found in values.items()}
    name = text.get("name") or " ".join(filter(None, (text.get("first_name"), text.get("last_name"))))
    return Person(
        name=name,
        email=first(values.get("email", [])),
        phone=first(values.get("phone", [])),
        timezone=text.get("timezone", ""),
        locale=text.get("locale", ""),
        note=text.get("note", ""),
        tags=split_tags(",".join(values.get("tags", []))),
        custom={target[7:]: found for target, found in text.items() if target.startswith("custom:")},
    )


def first(found: Sequence[str]) -> str:
    """Address books put several numbers into one cell, parted by colons."""
    return found[0].split(":::")[0].strip() if found else ""


def split_tags(text: str) -> list[str]:
    """Parted by comma, semicolon, bar or three colons; each once, groups of everybody left out."""
    parts = (part.strip().removeprefix("*").strip() for part in re.split(r"[,;|\n]|:::", text))
    found = {part.casefold(): part for part in parts if part and part.casefold() not in NO_TAGS}
    return list(found.values())
