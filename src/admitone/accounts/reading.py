"""Which language the signed-in area speaks to a reader, and how it writes their dates and numbers."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from admitone.ui.formats import Habits, reading

AREA = ("/app/", "/accounts/", "/invitation/", "/setup/", "/api/v1/docs")


class AreaLanguageMiddleware:
    """In a language of TEAM_LANGUAGES as the reader wishes; otherwise in English as a whole, with dates written their way.

    Comes after LocaleMiddleware, which has found the wish, and after the sign-in is known.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(AREA):
            return self.get_response(request)
        wished = wished_language(request)
        spoken = wished if wished in settings.TEAM_LANGUAGES else "en"
        translation.activate(spoken)
        with reading(habits_of(request, wished, spoken)):
            return self.get_response(request)


def wished_language(request: HttpRequest) -> str:
    """One of settings.LANGUAGES: by profile or browser, also where the signed-in area does not speak it."""
    return str(getattr(request, "LANGUAGE_CODE", "") or translation.get_language() or "en")


def habits_of(request: HttpRequest, wished: str, spoken: str) -> Habits:
    """The browser's region of the wished language; else that of the reader's zone, if known."""
    zone = request.user.timezone if request.user.is_authenticated else ""
    base, _, variant = wished.partition("-")
    region = region_in(request.headers.get("accept-language", ""), base) or variant.upper()
    return Habits(spoken, region, zone, native=base if base != spoken.partition("-")[0] else "")


def region_in(header: str, base: str) -> str:
    """GB of "en-GB,en;q=0.9", for the language `base`."""
    for code, _weight in parse_accept_lang_header(header[:500]):
        found, _, region = code.partition("-")
        if found == base and len(region) == 2:
            return region.upper()
    return ""
