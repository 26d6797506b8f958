"""Amounts as people type and read them."""

from __future__ import annotations

import pytest

from admitone.logic.money import as_typed, clean_currency, currency_at, shown, to_minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("", "EUR", 0), ("1200", "EUR", 120000), ("1 200,5", "EUR", 120050), ("500", "JPY", 500), ("1.234", "KWD", 1234)],
)
def test_amount_is_read(text: str, currency: str, minor: int) -> None:
    assert to_minor(text, currency) == minor


@pytest.mark.parametrize("text", ["x", "-1", "1.2.3", "1.005", "99999999999999999"])
def test_wrong_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        to_minor(text, "EUR")


def test_amount_is_written_as_typed_and_as_read() -> None:
    assert [as_typed(120050, "EUR"), as_typed(500, "JPY")] == ["1200.50", "500"]
    assert [shown(120000, "EUR"), shown(120050, "EUR"), shown(500, "JPY")] == ["€1,200", "€1,200.50", "¥500"]
    assert shown(120050, "EUR", "de") == "1.200,50\xa0€"


def test_currency_is_known_or_the_zones() -> None:
    assert [clean_currency(" eur "), currency_at("Europe/Berlin"), currency_at("UTC")] == ["EUR", "EUR", "USD"]
    with pytest.raises(ValueError):
        clean_currency("EURO")
