"""The frame of every signed-in page: which sub-account it is in, and as what."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from admitone.accounts import permissions
from admitone.accounts.models import Account, User
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.ui import formats

LAST_ACCOUNT = "admitone_account"
YEAR = 365 * 24 * 3600


class AccountRequest(HttpRequest):
    """A signed-in request inside a sub-account: `in_account` has set what is below."""

    account: Account
    role: permissions.Role
    actor: Actor
    user: User


View = Callable[..., HttpResponseBase]


def in_account(min_role: permissions.Role = "member") -> Callable[[View], View]:
    """Make `view(request, account, ...)` answer at /app/<account_slug>/...

    Signed out: to the sign-in page. A sub-account that is not the user's is 404, like one that does not exist.
    A lower role than `min_role`: 403. `Problem`s the view lets through become 404, 403, or its status as a page.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, account_slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            inside = enter(request, account_slug)
            if not permissions.at_least(inside.role, min_role):
                raise PermissionDenied
            response = answered(view, inside, *args, **kwargs)
            return remember(response, request, inside.account)

        return wrapper

    return decorate


def enter(request: HttpRequest, account_slug: str) -> AccountRequest:
    """Set account, role and actor on the request in one statement; Http404 if the user has no part in it."""
    user = cast(User, request.user)
    account = permissions.with_role(Account.objects.select_related("agency"), user.pk).filter(slug=account_slug).first()
    role = permissions.role_of(account) if account else None
    if account is None or role is None:
        raise Http404
    inside = cast(AccountRequest, request)
    inside.account, inside.role, inside.actor = account, role, Actor.user(user.pk)
    formats.at_home(account.timezone)
    return inside


def answered(view: View, request: AccountRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Call the view; refusals that it did not handle itself become pages."""
    try:
        return view(request, request.account, *args, **kwargs)
    except Problem as problem:
        return refused(request, problem)


def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    if problem.status == 404:
        raise Http404
    if problem.status == 403:
        raise PermissionDenied(problem.detail)
    return problem_page(request, problem)


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A refusal in a page of its own, for views without a form to put it in."""

    response = render(request, "manage/problem.html", {"problem": problem}, status=problem.status)
    if "retry_after" in problem.extra:
        response["Retry-After"] = str(problem.extra["retry_after"])
    return response


def remember(response: HttpResponseBase, request: HttpRequest, account: Account) -> HttpResponseBase:
    """Keep the sub-account for the next visit of /app/ in a cookie, so that a GET writes no row (P3)."""
    if request.COOKIES.get(LAST_ACCOUNT) != account.slug:
        response.set_cookie(
            LAST_ACCOUNT,
            account.slug,
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    add_never_cache_headers(response)
    return response
