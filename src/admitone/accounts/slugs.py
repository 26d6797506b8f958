"""Addresses of sub-accounts: the first path segment of their pages, so never one that the product itself uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.urls import URLResolver, get_resolver
from django.utils.text import slugify
from django.utils.translation import gettext as _

from admitone.accounts.models import Account

SHAPE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SHORTEST, LONGEST = 3, 60
#: no route of their own (yet), but nobody should be able to pose as them
ALWAYS = {"static", "media", "admin", "www", "help", "support", "status", "login", "signup", "docs", "well-known"}


@cache
def reserved() -> frozenset[str]:
    """First path segments of every route, and what follows `app/`."""
    routes = [route.split("/") for route in _routes(get_resolver().url_patterns, "")]
    first = {parts[0] for parts in routes}
    inside = {parts[1] for parts in routes if parts[0] == "app" and len(parts) > 1}
    return frozenset(word for word in first | inside if SHAPE.fullmatch(word)) | ALWAYS


def _routes(patterns: list[Any], prefix: str) -> Iterator[str]:
    for entry in patterns:
        route = prefix + str(entry.pattern).removeprefix("^")
        yield route
        if isinstance(entry, URLResolver):
            yield from _routes(entry.url_patterns, route)


def clean_slug(raw: object) -> str:
    """Lower-case letters, digits and single hyphens, 3 to 60 of them, not a reserved path. Raises ValueError."""
    slug = str(raw or "").strip().lower()
    if not SHORTEST <= len(slug) <= LONGEST or not SHAPE.fullmatch(slug):
        raise ValueError(_("Use 3 to 60 lower-case letters, digits and hyphens, like north-clinic."))
    if slug in reserved():
        raise ValueError(_("That address is reserved. Choose another."))
    return slug


def free_slug(name: str) -> str:
    """A slug made from a name that nobody has yet: `north-clinic`, then `north-clinic-2` and so on."""
    base = slugify(name)[:50].strip("-")
    base = base if len(base) >= SHORTEST and SHAPE.fullmatch(base) and base not in reserved() else "practice"
    taken = set(Account.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    n = 1
    while (slug := base if n == 1 else f"{base}-{n}") in taken:
        n += 1
    return slug
