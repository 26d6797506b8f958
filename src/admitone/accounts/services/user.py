"""People who sign in. They belong to no sub-account, so what they change about themselves has no event."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from admitone.accounts import values
from admitone.accounts.models import User
from admitone.logic.errors import Problem
from admitone.logic.faults import cleaned


def create_user(*, email: str, password: str, verified: bool = True, **fields: Any) -> User:
    """Inside the caller's transaction; `email` is already cleaned. Problem("invalid") for email or password."""
    values.password(password, User(email=email, name=fields.get("name", "")))
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, **fields)
    except IntegrityError as error:
        raise Problem("invalid", fields={"email": _("Somebody already signs in with this address.")}) from error
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=verified)
    return user


def update_profile(*, user: User, **changes: Any) -> User:
    """Set name, timezone, locale or theme. Problem("invalid") by field."""
    changes.pop("email", None)
    for key, value in cleaned(changes, values.PERSON).items():
        setattr(user, key, value)
    user.save(update_fields=list(changes))
    return user
