"""Pages behind the sign-in stay out of every cache: the next person at the same computer must not leaf back to them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

PRIVATE = ("/app/", "/accounts/")


class PrivatePagesMiddleware:
    """Recovery codes, profiles and refusals too, which views of packages and error pages leave without a word."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(PRIVATE) and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
