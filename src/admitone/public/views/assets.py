"""Small files beside the pages: brand, logo, embed.js, robots.txt, favicon."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.encoding import iri_to_uri
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from admitone.accounts.models import Blob
from admitone.accounts.queries import as_uuid
from admitone.calendars.plans import brand_css_by_hash

FOREVER = 365 * 24 * 3600
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#0f7a5a" d="M3 8a3 3 0 0 1 3-3h20a3 3 0 0 1 3 '
    '3v5a3 3 0 0 0 0 6v5a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3v-5a3 3 0 0 0 0-6z"/><path stroke="#fff" stroke-width="2" '
    'stroke-dasharray="3 3" d="M20 7v18"/></svg>'
)


@require_safe
def without_slash(request: HttpRequest, **parts: str) -> HttpResponse:
    """Sites and phones put a slash at the end of an address; whatever is behind it, there or not, is told by the next page."""
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponse(status=301)
    response["Location"] = iri_to_uri(quote(request.path[:-1]) + (f"?{query}" if query else ""))
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def brand(request: HttpRequest, css_hash: str) -> HttpResponse:
    """The style sheet that its own name spells; immutable."""
    css = brand_css_by_hash(css_hash)
    return kept(css, "text/css; charset=utf-8") if css is not None else HttpResponse(status=404)


@require_safe
def logo(request: HttpRequest, blob_id: str) -> HttpResponse:
    key = as_uuid(blob_id)
    row = Blob.objects.filter(id=key, media_type__startswith="image/").first() if key else None
    return kept(bytes(row.content), row.media_type) if row else HttpResponse(status=404)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return kept(ICON, "image/svg+xml")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


@gzip_page
@require_safe
def embed(request: HttpRequest) -> HttpResponse:
    """One address for ever, because owners paste it into their sites; so it may be cached for an hour only."""
    response = HttpResponse(embed_source(), content_type="text/javascript; charset=utf-8")
    patch_cache_control(response, public=True, max_age=3600)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def embed_source() -> bytes:
    if staticfiles_storage.exists(EMBED):
        with staticfiles_storage.open(EMBED) as file:
            return bytes(file.read())
    found = finders.find(EMBED)
    with open(str(found), "rb") as file:  # noqa: PTH123
        return file.read()


EMBED = "admitone/js/embed.js"


def kept(content: str | bytes, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    patch_cache_control(response, public=True, max_age=FOREVER, immutable=True)
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
