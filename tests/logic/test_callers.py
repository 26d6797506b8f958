from __future__ import annotations

import pytest

from admitone.logic.callers import Caller, read_caller


@pytest.mark.parametrize("raw", ["", " ", "Anonymous", "RESTRICTED", "+266696687", "+7378742833", "unknown"])
def test_withheld_callers_have_no_number(raw):
    assert read_caller(raw, "DE") == Caller("", reason="withheld")


@pytest.mark.parametrize("raw", ["110", "+49110", "22333", "123456"])
def test_short_numbers_cannot_be_written_to(raw):
    assert read_caller(raw, "DE") == Caller(raw, reason="short")


@pytest.mark.parametrize(
    "raw", ["sip:ada@example.com", "client:ada", "+4", "+999999999999999999999", "0" * 30, "\x00\ud800"]
)
def test_what_is_no_number_is_kept_as_shown(raw):
    found = read_caller(raw, "DE")
    assert (found.number, found.reason in ("unreadable", "short", "withheld")) == ("", True)


@pytest.mark.parametrize("raw", ["+4915112345678", "0151 12345678", "+49 151 12345678"])
def test_numbers_become_e164_by_the_accounts_region(raw):
    assert read_caller(raw, "DE") == Caller("+4915112345678", "+4915112345678")
