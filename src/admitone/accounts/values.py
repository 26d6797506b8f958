"""Rules that bring raw values of forms and API calls into their stored form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from admitone.accounts.models import ROLES, User
from admitone.accounts.slugs import clean_slug
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_email, clean_name, clean_phone, clean_zone

THEMES = ("", "light", "dark")
SCOPES = ("read", "write", "admin")


def required_name(raw: Any) -> str:
    if not (name := clean_name(raw, 120)):
        raise ValueError(_("Enter a name."))
    return name


def user_email(raw: Any) -> str:
    """As stored for people who sign in: lower-cased, so that an address exists once."""
    return clean_email(raw).lower()


def locale(raw: Any) -> str:
    if raw not in dict(settings.LANGUAGES):
        raise ValueError(_("Choose a language from the list."))
    return str(raw)


def role(raw: Any) -> str:
    if raw not in ROLES:
        raise ValueError(_("Choose a role: owner, admin or member."))
    return str(raw)


def theme(raw: Any) -> str:
    if raw not in THEMES:
        raise ValueError(_("Choose light, dark or the system's theme."))
    return str(raw)


def scopes(raw: Any) -> list[str]:
    """Some of read, write, admin, in this order."""
    if not raw or not set(raw) <= set(SCOPES):
        raise ValueError(_("Choose at least one of read, write and admin."))
    return [scope for scope in SCOPES if scope in raw]


def optional(rule: Callable[[Any], str]) -> Callable[[Any], str]:
    """Empty stays empty, anything else must satisfy the rule."""
    return lambda raw: rule(raw) if str(raw or "").strip() else ""


def password(raw: Any, user: User) -> str:
    """Checked by AUTH_PASSWORD_VALIDATORS. Raises Problem("invalid")."""
    try:
        validate_password(str(raw or ""), user)
    except ValidationError as error:
        raise Problem("invalid", fields={"password": " ".join(error.messages)}) from error
    return str(raw)


ACCOUNT = {
    "name": required_name,
    "slug": clean_slug,
    "timezone": clean_zone,
    "locale": locale,
    "public_email": optional(clean_email),
    "public_phone": optional(clean_phone),
}
PERSON = {
    "name": required_name,
    "email": user_email,
    "timezone": optional(clean_zone),
    "locale": optional(locale),
    "theme": theme,
}
