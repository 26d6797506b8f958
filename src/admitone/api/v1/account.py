"""Who am I: the account and the key behind a request."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Router

from admitone.api.call import ApiRequest, account_of
from admitone.api.fields import Id, Out

router = Router(tags=["Account"])


class Key(Out):
    """The API key itself, without its secret."""

    id: Id
    name: str
    scopes: list[Literal["read", "write", "admin"]]


class AccountOut(Out):
    """The sub-account that the key belongs to."""

    id: Id
    name: str
    slug: str
    timezone: str
    locale: str
    key: Key


@router.get("", response=AccountOut, summary="Who am I")
def get_account(request: ApiRequest) -> dict[str, Any]:
    """The first thing to ask with a new key."""
    account, key = account_of(request), request.auth
    return {
        "id": str(account.id),
        "name": account.name,
        "slug": account.slug,
        "timezone": account.timezone,
        "locale": account.locale,
        "key": {"id": str(key.id), "name": key.name, "scopes": key.scopes},
    }
