"""Public holidays of a country or a part of it, as the `holidays` package knows them; it is loaded when first asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache


@cache
def countries() -> tuple[str, ...]:
    """Two-letter codes, sorted."""
    return tuple(sorted(code for code in _supported() if len(code) == 2 and code != "UK"))


@cache
def subdivisions(country: str) -> tuple[tuple[str, str], ...]:
    """(code, name) of a country's parts that have holidays of their own, by name; the code where no name is known."""
    import holidays

    names = {code: name for name, code in holidays.country_holidays(country).subdivisions_aliases.items()}
    return tuple(sorted(((code, names.get(code, code)) for code in _supported()[country]), key=lambda one: one[1]))


def check(country: str, subdivision: str) -> dict[str, str]:
    """Sentences by field for a place that is not known; "" is no country, and a country as a whole."""
    if country and country not in countries():
        return {"country": "Choose a country from the list, like DE."}
    if subdivision and (not country or subdivision not in dict(subdivisions(country))):
        return {"subdivision": "Choose a part of the country from the list."}
    return {}


def holidays_in(country: str, subdivision: str, years: Iterable[int], language: str) -> dict[date, str]:
    """Names by date, in the language if the package has it for this country."""
    import holidays

    known = holidays.country_holidays(country).supported_languages
    wanted = language.replace("-", "_")
    spoken = next((one for one in known if one == wanted), None)
    spoken = spoken or next((one for one in known if one.partition("_")[0] == wanted.partition("_")[0]), None)
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=list(years), language=spoken)
    return {day: name for day, name in sorted(found.items()) if day.year in set(years)}


@cache
def _supported() -> dict[str, list[str]]:
    import holidays

    return holidays.list_supported_countries()
