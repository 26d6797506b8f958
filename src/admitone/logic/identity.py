"""Names, addresses, numbers and zones as people type them; each `clean_*` returns the stored form or raises ValueError(sentence)."""

from __future__ import annotations

import unicodedata
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from email_validator import EmailNotValidError, validate_email

_ZONES = frozenset(available_timezones()) - {"localtime", "Factory", "posixrules"}
_HIDDEN = {"Cc", "Cs", "Co", "Cn"}
# Bidirectional overrides and zero-width marks let one name look like another in a mail's subject.
_TRICKS = frozenset("\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def storable(text: str) -> str:
    """The text without NUL and lone surrogates, which databases refuse."""
    return "".join(c for c in text if c != "\x00" and not "\ud800" <= c <= "\udfff")


def clean_text(raw: object, limit: int, *, lines: bool = True) -> str:
    """Text without control characters; line breaks stay when `lines`. Longer than `limit` is refused, never cut."""
    text = unicodedata.normalize("NFC", str(raw or "")).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in text if (c == "\n" and lines) or c == "\t" or unicodedata.category(c) not in _HIDDEN)
    if len(kept) > limit:
        raise ValueError(f"Use at most {limit} characters.")
    return kept.strip()


def clean_name(raw: object, limit: int = 200) -> str:
    """One line, without invisible direction marks."""
    text = str(raw or "")
    if len(text) > 4 * limit:
        raise ValueError(f"Use at most {limit} characters.")
    flat = "".join(" " if c in "\r\n\t" else c for c in text if c not in _TRICKS)
    return " ".join(clean_text(flat, limit, lines=False).split())


def clean_email(raw: object) -> str:
    """The address as typed, syntax checked (RFC 5321/6531), domain lower-cased; the network is not asked."""
    text = str(raw or "").strip()
    if len(text) > 254:
        raise ValueError("That email address is too long.")
    try:
        # Without test_environment names under .test (RFC 2606) are refused, and nobody could try anything with them.
        address = validate_email(text, check_deliverability=False, globally_deliverable=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError("Enter an email address like name@example.com.") from error
    if "." not in address.domain:
        raise ValueError("Enter an email address like name@example.com.")
    return address.normalized


def email_key(email: str) -> str | None:
    """The form under which addresses are compared and kept unique."""
    return email.strip().lower() or None


def clean_phone(raw: object, region: str | None = None) -> str:
    """E.164, for example +4930123456; `region` (ISO 3166) is assumed for numbers without a country code."""
    text = str(raw or "").strip()
    try:
        number = phonenumbers.parse(text[:40], region)
    except phonenumbers.NumberParseException as error:
        raise ValueError("Enter a phone number with its country code, like +1 212 555 0123.") from error
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError("That phone number has too few or too many digits.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def clean_zone(raw: object) -> str:
    """An IANA time zone name."""
    text = str(raw or "").strip()
    if text not in _ZONES:
        raise ValueError("Choose a time zone from the list, like Europe/Berlin.")
    return text


def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def region_of(timezone: str) -> str | None:
    """The country whose dialling code a local number most likely needs, from the zone (tz database, zone.tab)."""
    return _REGIONS.get(timezone)


def _read_regions() -> dict[str, str]:
    from importlib import resources

    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {row[2].strip(): row[0] for row in rows}


_REGIONS = _read_regions()
