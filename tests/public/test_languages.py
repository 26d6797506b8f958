"""Every sentence a guest can read, on a page or in a message, exists in each of our languages."""

from __future__ import annotations

import inspect
import io
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.utils.translation import to_locale
from django.utils.translation.template import templatize
from tests.public.conftest import DETAILS, Practice, Submit, manage_path, minute, text_of

from admitone.manage.links import sending

SOURCE = Path(settings.LOCALE_PATHS[0]).parent
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
#: Whole areas, shared templates and single modules whose words reach guests, or leave in mails of their own.
AREAS = ("public", "notifications", "messaging/templates")
SHARED = ["base.html", "base_public.html", "base_email.html", "base_email.txt", "error.html"]
SHARED += ["field.html", "field_error.html", "form_errors.html"]
MODULES = ["messaging/receiving.py", "messaging/letters.py", "values/rendering.py", "values/times.py", "ui/formats.py"]
MODULES += ["accounts/tasks.py", "accounts/templates/account/email/invitation.txt"]
MODULES += ["integrations/handlers.py", "integrations/entries.py"]
KEYWORDS: Any = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
}


def messages(text: str) -> set[Any]:
    """Message ids of Python text; a pair for a plural."""
    return {message for _, message, _, _ in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS)}


def wanted() -> set[Any]:
    files = [path for area in AREAS for path in (SOURCE / area).rglob("*.*")]
    files += [*(SOURCE / "ui" / "templates").glob("*.html"), *(SOURCE / name for name in MODULES)]
    files += [SOURCE / "ui" / "templates" / "ui" / name for name in SHARED]
    found = messages(inspect.getsource(sending.letter))  # the one guest's text that the signed-in area writes
    for path in files:
        if path.suffix in (".py", ".html", ".txt"):
            text = path.read_text()
            found |= messages(text if path.suffix == ".py" else templatize(text, origin=str(path)))
    return found


def catalogue(language: str) -> Catalog:
    with (SOURCE / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=to_locale(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_for_guests_is_translated(language: str) -> None:
    catalog = catalogue(language)
    missing = [
        message
        for message in sorted(wanted(), key=str)
        if not (entry := catalog.get(message if isinstance(message, str) else message[0])) or not all(entry.string)
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_placeholders_and_have_every_plural(language: str) -> None:
    assert [(message.id, errors) for message, errors in catalogue(language).check()] == []


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
