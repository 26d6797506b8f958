"""Amounts in a currency's smallest unit (ISO 4217), as people type and read them."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.core import Locale
from babel.numbers import format_currency, get_currency_precision, get_territory_currencies

from admitone.logic.identity import region_of

#: What every JSON reader keeps exact (RFC 8259, section 6).
MAX_MINOR = 2**53 - 1
_KNOWN = frozenset(Locale("en").currencies)
_AMOUNT = re.compile(r"\d{1,16}([.,]\d{1,4})?", re.ASCII)


def clean_currency(raw: object) -> str:
    """A currency's code in capitals, like EUR. Raises ValueError."""
    code = str(raw or "").strip().upper()
    if code not in _KNOWN:
        raise ValueError("Use a currency code like EUR or USD.")
    return code


def currency_at(timezone: str) -> str:
    """What people pay with where the zone is; USD where that is nowhere."""
    found = get_territory_currencies(region_of(timezone) or "US")
    return found[0] if found else "USD"


def to_minor(text: str, currency: str) -> int:
    """`1200.50` EUR -> 120050; nothing is 0. Raises ValueError."""
    plain = re.sub(r"[\s'’]", "", text)
    if not plain:
        return 0
    digits = get_currency_precision(currency)
    if not _AMOUNT.fullmatch(plain):
        raise ValueError("Enter an amount like 1200 or 1200.50.")
    amount = Decimal(plain.replace(",", ".")).scaleb(digits)
    if amount != amount.to_integral_value():
        raise ValueError(f"{currency} has {digits} decimal places.")
    if amount > MAX_MINOR:
        raise ValueError("That amount is too large.")
    return int(amount)


def as_typed(minor: int, currency: str) -> str:
    """120050 EUR -> `1200.50`."""
    digits = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def shown(minor: int, currency: str, locale: str = "en") -> str:
    """120000 EUR -> €1,200; decimals only where there are some."""
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    whole = amount == amount.to_integral_value()
    pattern = Locale.parse(locale, sep="-").currency_formats["standard"]
    return format_currency(
        amount, currency, locale=locale.replace("-", "_"), currency_digits=not whole,
        format=re.sub(r"0?\.0+", "0", pattern.pattern) if whole else None,
    )  # fmt: skip
