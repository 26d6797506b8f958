"""While nobody can sign in, every door of the signed-in area leads to the set-up page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from admitone.accounts.setup import setup_is_open

DOORS = ("/app/", "/accounts/", "/invitation/")


class FirstVisitMiddleware:
    """Asks the database only for signed-out requests of those doors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = request.path == "/" or request.path.startswith(DOORS)
        if door and not request.user.is_authenticated and setup_is_open():
            return HttpResponseRedirect("/setup/")
        return self.get_response(request)
