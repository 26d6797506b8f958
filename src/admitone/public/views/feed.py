"""/feed/<token>.ics: a host's appointments for their calendar program. Nothing is written; an unchanged feed is a 304."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from admitone.integrations import host_feeds
from admitone.integrations.models import HostFeed


def opened(request: HttpRequest, token: str) -> HostFeed | None:
    """Looked up once a request: the tag is asked for before the file."""
    if not hasattr(request, "host_feed"):
        request.host_feed = host_feeds.by_token(token)  # type: ignore[attr-defined]
    return request.host_feed  # type: ignore[attr-defined]


def tag(request: HttpRequest, token: str) -> str | None:
    found = opened(request, token)
    return host_feeds.etag(found, timezone.now()) if found else None


@gzip_page
@require_safe
@condition(etag_func=tag)
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    found = opened(request, token)
    if found is None:
        response: HttpResponseBase = HttpResponse(status=404, content_type="text/plain; charset=utf-8")
        response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address and its token
    else:
        lines = (line.encode() for line in host_feeds.lines(found, timezone.now()))
        response = StreamingHttpResponse(lines, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="appointments.ics"'
    response["Cache-Control"] = "private, max-age=300" if found else "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
