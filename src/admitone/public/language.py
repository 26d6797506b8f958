"""Which language and which writing of dates a visitor gets: ?lang=, then the browser's own, then the owner's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from babel import Locale
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from admitone.public import dates


@dataclass(frozen=True, slots=True)
class Speech:
    """`language` is one of settings.LANGUAGES; `region` is the browser's, for example GB of en-GB, or empty."""

    language: str
    region: str = ""

    def locale(self, zone: str) -> Locale:
        """For dates and times; without a region those of the country of `zone`."""
        return dates.reader_locale(self.language, self.region, zone)


def choose(request: HttpRequest, fallback: str) -> Speech:
    """The visitor's language among ours; `fallback` is the owner's or the booking's."""
    accepted = [code for code, _ in parse_accept_lang_header(request.headers.get("accept-language", "")[:500])]
    for code in (request.GET.get("lang", "")[:20].lower(), *accepted, fallback):
        language = _ours(code)
        if language:
            return Speech(language, _region(language, accepted))
    return Speech("en", _region("en", accepted))


@contextmanager
def speaking(speech: Speech) -> Iterator[None]:
    with translation.override(speech.language):
        yield


def _ours(code: str) -> str:
    if not code or code == "*":
        return ""
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return ""


def _region(language: str, accepted: list[str]) -> str:
    base = language.partition("-")[0]
    for code in accepted:
        found, _, region = code.partition("-")
        if found == base and len(region) == 2:
            return region.upper()
    return ""
