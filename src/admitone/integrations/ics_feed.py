"""Busy times from a calendar's secret ICS address, as Google, Outlook, iCloud and others publish it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import httpx

from admitone.calendars.busy import Fetched, SourceError, Wanted, busy_source
from admitone.calendars.models import BusySource
from admitone.integrations import outbound
from admitone.integrations.ics_times import Unreadable, busy_times
from admitone.integrations.ours import without_own
from admitone.logic.clock import from_min


@dataclass(frozen=True, slots=True)
class Params:
    """`url`: the feed's address, https://, http:// or webcal://."""

    url: str = ""


@busy_source("ics")
class IcsFeed:
    label = "Calendar feed (ICS)"
    params = Params

    def check(self, params: Params) -> Params:
        """The address with webcal:// written as https://; ValueError(sentence). The network is not asked."""
        url = params.url.strip()
        scheme, mark, rest = url.partition("://")
        if mark and scheme.lower() in ("webcal", "webcals"):
            url = f"https://{rest}"
        if len(url) > 2000 or any(ord(character) <= 32 for character in url):
            raise ValueError("Enter the feed's full address, without blanks.")
        outbound.parts_of(url)
        return Params(url)

    def fetch(self, params: Params, wanted: Wanted) -> Fetched:
        """Blocks of the window; SourceError if the feed cannot be had within the time, or cannot be understood."""
        mark = _mark(wanted)
        known = wanted.etag.removeprefix(mark) if wanted.etag.startswith(mark) else ""
        try:
            answer = outbound.get(params.url, etag=known, timeout=wanted.timeout, accept="text/calendar, */*;q=0.5")
            if answer.body is None:
                return Fetched(None, wanted.etag)
            spans, ours = busy_times(answer.body, wanted.zone, wanted.first, wanted.end)
        except (outbound.Refused, Unreadable) as error:
            raise SourceError(str(error)) from error
        except httpx.TimeoutException as error:
            raise SourceError("The server did not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceError("The server could not be reached.") from error
        return Fetched(spans, mark + answer.etag if answer.etag else "", ours)

    def settled(self, source: BusySource, answer: Fetched | SourceError, now: datetime) -> Fetched | SourceError:
        """Appointments of the host that the feed repeats do not block a second time."""
        return without_own(source.host_id, answer)


def _mark(wanted: Wanted) -> str:
    """An etag counts for one day and zone: the window moves on, and all-day events depend on the zone."""
    return f"{from_min(wanted.first):%Y%m%d} {wanted.zone} "
