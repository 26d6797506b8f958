"""Every sentence a guest can read on the public pages exists in each of our languages."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.utils.translation import to_locale
from django.utils.translation.template import templatize
from tests.public.conftest import DETAILS, Practice, Submit, manage_path, minute, text_of

SOURCE = Path(settings.LOCALE_PATHS[0]).parent
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
SHARED = ["base.html", "base_public.html", "field.html", "field_error.html", "form_errors.html"]
KEYWORDS: Any = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2)}


def wanted() -> set[Any]:
    """The message ids of the public templates, forms and sentences, and of the shared templates they stand on."""
    files = [*(SOURCE / "public").rglob("*.html"), *(SOURCE / "public").rglob("*.py")]
    files += [SOURCE / "ui" / "templates" / "ui" / name for name in SHARED]
    found = set()
    for path in files:
        text = path.read_text()
        code = text if path.suffix == ".py" else templatize(text, origin=str(path))
        found |= {message for _, message, _, _ in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS)}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_sentence_is_translated(language: str) -> None:
    path = SOURCE / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        catalog = read_po(file)
    missing = [
        message
        for message in sorted(wanted(), key=str)
        if not (entry := catalog.get(message if isinstance(message, str) else message[0])) or not all(entry.string)
    ]
    assert missing == []


def test_visitors_language_wins_over_the_owners(practice: Practice, client: Client) -> None:
    path = practice.path()
    shown = {
        header: client.get(path, HTTP_ACCEPT_LANGUAGE=header)["Content-Language"]
        for header in ("de-AT,de;q=0.9", "pt,en;q=0.5", "nl,fr;q=0.4", "nl", "*", "ja", "x" * 900)
    }
    assert list(shown.values()) == ["de", "pt-br", "fr", "en", "en", "ja", "en"]


def test_lang_in_the_address_wins_and_is_carried_on(practice: Practice, client: Client) -> None:
    answer = client.get(f"{practice.path()}?lang=fr", HTTP_ACCEPT_LANGUAGE="de")
    html = answer.content.decode()
    assert (answer["Content-Language"], '<html lang="fr" dir="ltr"' in html, "lang=fr" in html) == ("fr", True, True)
    assert "Vos coordonnées" in html


def test_owners_language_is_the_fallback(practice: Practice, client: Client) -> None:
    from admitone.accounts.services import update_account

    path = practice.path()
    update_account(account=practice.account, actor=practice.actor, now=practice.now, locale="es")
    practice.change(description="x")
    assert client.get(path)["Content-Language"] == "es"


def test_arabic_page_reads_from_right_to_left(practice: Practice, client: Client) -> None:
    html = client.get(f"{practice.path()}?lang=ar").content.decode()
    assert ('dir="rtl"' in html, "يُستخدم هذا الرابط مرة واحدة" in html) == (True, True)


def test_errors_are_in_the_visitors_language(practice: Practice, submit: Submit) -> None:
    answer = submit(f"{practice.path()}?lang=de", start=minute("2026-11-03 09:00"), **{**DETAILS, "name": ""})
    assert "Geben Sie Ihren Namen ein." in text_of(answer)


def test_booking_remembers_the_guests_language(practice: Practice, submit: Submit, client: Client) -> None:
    answer = submit(f"{practice.path()}?lang=ja", start=minute("2026-11-03 09:00"), **DETAILS)
    path = answer["Location"].partition("?")[0]
    assert client.get(path)["Content-Language"] == "ja"
    assert manage_path(practice.account.bookings.get()) == path
