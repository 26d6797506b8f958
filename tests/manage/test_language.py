"""The signed-in area speaks one language on a page: the reader's where it is translated, else English; dates are theirs."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client, override_settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize
from tests import factories

from admitone.accounts.models import Account, User
from admitone.accounts.services import update_account, update_profile
from admitone.events import SYSTEM

pytestmark = pytest.mark.django_db
SOURCE = Path(settings.LOCALE_PATHS[0]).parent
NAMES = ("_", "gettext", "gettext_lazy", "gettext_noop")
KEYWORDS: Any = dict.fromkeys(NAMES) | dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2))
#: A catalogue that has at least this part of the signed-in area's messages covers it.
ENOUGH = 0.95


@pytest.fixture
def account() -> Account:
    return factories.account(slug="north-clinic", name="North Clinic")


@pytest.fixture
def owner(account: Account, client: Client) -> User:
    user = factories.owner(account)
    client.force_login(user)
    return user


def messages() -> set[Any]:
    """Ids of all messages but those of the public pages: what somebody who is signed in may come to read."""
    found = set()
    for path in SOURCE.rglob("*.*"):
        if path.suffix in (".py", ".html", ".txt") and "public" not in path.parts:
            text = path.read_text()
            code = text if path.suffix == ".py" else templatize(text, origin=str(path))
            found |= {message for _, message, _, _ in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS)}
    return found


def has(catalog: Any, message: Any) -> bool:
    entry = catalog.get(message if isinstance(message, str) else message[0])
    return bool(entry and entry.string and all(entry.string))


def test_declared_languages_are_those_whose_catalogues_cover_the_area() -> None:
    wanted, covered = messages(), ["en"]
    for language in [code for code, _ in settings.LANGUAGES if code != "en"]:
        with (SOURCE / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po").open("rb") as file:
            catalog = read_po(file)
        if sum(has(catalog, message) for message in wanted) >= ENOUGH * len(wanted):
            covered.append(language)
    assert covered == settings.TEAM_LANGUAGES


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_page_in_a_language_not_covered_is_english_as_a_whole(client: Client, owner: User, language: str) -> None:
    answer = client.get("/app/north-clinic/links/", HTTP_ACCEPT_LANGUAGE=language)
    html = answer.content.decode()
    assert (answer["Content-Language"], '<html lang="en" dir="ltr"' in html) == ("en", True)
    assert ("One-time links" in html, "Sign out" in html) == (True, True)


@pytest.mark.parametrize("path", ["/accounts/login/", "/app/none/such/", "/invitation/x/", "/api/v1/docs"])
def test_other_pages_for_the_team_are_english_too(client: Client, account: Account, path: str) -> None:
    factories.owner(account)
    assert client.get(path, HTTP_ACCEPT_LANGUAGE="de", follow=True)["Content-Language"] == "en"


def test_public_page_is_still_in_the_readers_language(client: Client, owner: User) -> None:
    assert client.get("/nothing/like/this", HTTP_ACCEPT_LANGUAGE="de")["Content-Language"] == "de"


@override_settings(TEAM_LANGUAGES=["en", "ar"])
def test_previewed_language_is_spoken_and_sets_the_direction(client: Client, owner: User) -> None:
    html = client.get("/app/north-clinic/", HTTP_ACCEPT_LANGUAGE="ar").content.decode()
    assert '<html lang="ar" dir="rtl"' in html


@pytest.mark.parametrize(
    ("header", "zone", "shown"),
    [
        ("en-GB,en;q=0.9", "America/New_York", "3 Nov 2026, 05:00"),
        ("en-US,en;q=0.9", "Europe/Berlin", "Nov 3, 2026, 11:00 AM"),
        ("en", "Europe/Berlin", "3 Nov 2026, 11:00"),
        ("en", "America/New_York", "Nov 3, 2026, 5:00 AM"),
        ("de", "America/New_York", "3 Nov 2026, 05:00"),
        ("ja", "Europe/Berlin", "3 Nov 2026, 11:00"),
        ("ar", "Asia/Dubai", "3 Nov 2026, 2:00 PM"),
        ("", "Asia/Tokyo", "3 Nov 2026, 19:00"),
    ],
)
def test_dates_follow_the_readers_region_in_english(
    client: Client, owner: User, account: Account, now: Any, header: str, zone: str, shown: str
) -> None:
    update_account(account=account, actor=SYSTEM, now=now, timezone=zone)
    update_profile(user=owner, name="Ada", timezone="", locale="", theme="")
    link = factories.link(factories.calendar(account), expires_at=now.replace(day=3, hour=10, minute=0))
    html = client.get(f"/app/north-clinic/links/{link.id}/", HTTP_ACCEPT_LANGUAGE=header).content.decode()
    assert shown in html.replace("\u202f", " ")


def test_profile_says_that_the_area_is_english(client: Client, owner: User) -> None:
    assert "The signed-in area is in English for now" in client.get("/app/me/").content.decode()
