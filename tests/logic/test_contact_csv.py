"""CSV files of contacts as CRMs and address books write them."""

from __future__ import annotations

import tracemalloc

import pytest

from admitone.logic.contact_csv import MAX_ROWS, clean, decode, guess, parse, person, split_tags

HIGHLEVEL = "Contact Id,First Name,Last Name,Business Name,Phone,Email,Created,Last Activity,Tags,Additional Emails"
GOOGLE = "First Name,Middle Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value"
OUTLOOK = "Title,First Name,Last Name,Home Phone,Mobile Phone,E-mail Address,Categories,Notes"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
def test_umlauts_are_read_in_every_encoding(encoding: str) -> None:
    assert decode("Name;Email\nJürgen;j@example.com".encode(encoding)) == "Name;Email\nJürgen;j@example.com"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiter_is_found(mark: str) -> None:
    found = parse(mark.join(["Name", "E-Mail, private", "Phone"]).replace("E-Mail, private", '"E-Mail, private"').encode()
                  + b"\n" + mark.join(["A", "b", "c"]).encode())  # fmt: skip
    assert (found.header, found.rows) == (["Name", "E-Mail, private", "Phone"], [(2, ["A", "b", "c"])])


def test_excels_first_line_names_the_delimiter_and_empty_lines_are_left_out() -> None:
    found = parse(b"sep=;\r\nName;Email\r\n\r\nAna;a@example.com\r\n;;\r\nBob\r\n")
    assert [cells for _line, cells in found.rows] == [["Ana", "a@example.com"], ["Bob", ""]]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "names of its columns"),
        (b"Name,Email\n", "names of its columns"),
        (b'Name\n"open', "not a table"),
        (b"a\n" * (MAX_ROWS + 2), "at most 20,000 rows"),
        (b"a" + b"," * 100 + b"\n1", "at most 80 columns"),
        (b"x" * 5_000_001, "at most 5 MB"),
        (b"\xff\xfea", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_in_words(raw: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse(raw)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (HIGHLEVEL, {"First Name": "first_name", "Last Name": "last_name", "Phone": "phone", "Email": "email", "Tags": "tags"}),
        (
            GOOGLE,
            {
                "First Name": "first_name",
                "Last Name": "last_name",
                "Labels": "tags",
                "E-mail 1 - Value": "email",
                "Phone 1 - Value": "phone",
            },
        ),
        (
            OUTLOOK,
            {
                "First Name": "first_name",
                "Last Name": "last_name",
                "Mobile Phone": "phone",
                "E-mail Address": "email",
                "Categories": "tags",
                "Notes": "note",
            },
        ),
        ("Vorname;Shoe size".replace(";", ","), {"Vorname": "first_name", "Shoe size": "custom:shoe_size"}),
    ],
)  # fmt: skip
def test_columns_of_known_exports_are_guessed(header: str, expected: dict[str, str]) -> None:
    heads = header.split(",")
    found = guess(heads, {"shoe_size": "Shoe size"})
    assert {heads[at]: target for at, target in found.items()} == expected


def test_row_becomes_a_person() -> None:
    mapping = {0: "first_name", 1: "last_name", 2: "email", 3: "tags", 4: "custom:size"}
    found = person(["Ana", "Roth", "a@example.com ::: b@example.com", "VIP; New,vip", "38"], mapping)
    assert (found.name, found.email, found.tags, found.custom) == (
        "Ana Roth",
        "a@example.com",
        ["vip", "New"],
        {"size": "38"},
    )


def test_google_groups_of_everybody_are_no_tags() -> None:
    assert split_tags("* myContacts ::: Friends") == ["Friends"]


def test_apostrophe_before_a_formula_is_taken_off() -> None:
    assert [clean(cell) for cell in ("'+49 30", "'=1", "'quoted", " x ")] == ["+49 30", "=1", "'quoted", "x"]


@pytest.mark.parametrize("line", ["\n", ",,\n", "a\n"])
def test_millions_of_short_lines_are_refused_without_being_held(line: str) -> None:
    raw = (line * 1_000_000)[:1_000_000].encode()
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"The file needs a line|Use at most"):
            parse(raw)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
