"""Signing in at Google and Microsoft: OAuth 2 authorisation code with PKCE (RFC 6749, 7636), and JSON requests with its tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from admitone.integrations.outbound import Exchange
from admitone.integrations.remote import Login, RemoteError, ask, later

MAX_BYTES = 20_000_000
WITHDRAWN = "The sign-in was withdrawn or has run out. Sign in again."
#: Of 403: too many requests, not a missing right.
TOO_MANY = ("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded")


@dataclass(frozen=True, slots=True)
class Client:
    """This installation's registration at a provider; `more` are further parameters of the way there."""

    id: str
    secret: str
    authorize: str
    token: str
    api: str
    scope: str
    more: Mapping[str, str]


def google() -> Client:
    env = settings.ENV
    base = env.google_url
    return Client(
        env.google_client_id,
        env.google_client_secret,
        f"{base or 'https://accounts.google.com'}/o/oauth2/v2/auth",
        f"{base or 'https://oauth2.googleapis.com'}/token",
        f"{base or 'https://www.googleapis.com'}/calendar/v3",
        "https://www.googleapis.com/auth/calendar.events https://www.googleapis.com/auth/calendar.readonly",
        {"access_type": "offline", "prompt": "consent"},
    )


def microsoft() -> Client:
    env = settings.ENV
    there = f"{env.microsoft_url or 'https://login.microsoftonline.com'}/{env.microsoft_tenant}/oauth2/v2.0"
    return Client(
        env.microsoft_client_id,
        env.microsoft_client_secret,
        f"{there}/authorize",
        f"{there}/token",
        f"{env.microsoft_url or 'https://graph.microsoft.com'}/v1.0",
        "offline_access User.Read Calendars.ReadWrite",
        {"prompt": "select_account"},
    )


CLIENTS = {"google": google, "microsoft": microsoft}


def client(kind: str) -> Client | None:
    """None for a provider that the operator has not set up."""
    found = CLIENTS[kind]() if kind in CLIENTS else None
    return found if found and found.id and found.secret else None


def configured() -> list[str]:
    return [kind for kind in CLIENTS if client(kind)]


def origins() -> list[str]:
    """Where a form that begins a sign-in may lead (the page's form-action)."""
    found = [urlsplit(one.authorize) for kind in CLIENTS if (one := client(kind))]
    return [f"{parts.scheme}://{parts.netloc}" for parts in found]


@dataclass(frozen=True, slots=True)
class Begun:
    """Kept in the session: whoever comes back has to bring this `state`, and `verifier` proves that it is us."""

    url: str
    state: str
    verifier: str


def begin(found: Client, redirect_uri: str) -> Begun:
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": found.id,
        "redirect_uri": redirect_uri,
        "scope": found.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **found.more,
    }
    return Begun(f"{found.authorize}?{urlencode(query)}", state, verifier)


def finish(found: Client, code: str, verifier: str, redirect_uri: str, timeout: float = 15.0) -> dict[str, str]:
    """Tokens for the code that the provider sent back. RemoteError."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    answer = _token(found, Login({}, timeout), form)
    if not answer.get("refresh_token"):
        raise RemoteError("The provider gave no lasting access. Sign in again and allow it.", "login")
    return {"access": str(answer["access_token"]), "refresh": str(answer["refresh_token"])}


def call(
    kind: str, login: Login, method: str, url: str, *, body: Any = None, headers: Mapping[str, str] | None = None
) -> tuple[Exchange, Any]:
    """(answer, its JSON) of a request below the provider's API; an access token that has run out is renewed once.

    RemoteError for 401, 429, 5xx and refusals; 404, 409, 410, 412 and 304 are left to the caller.
    """
    found = CLIENTS[kind]()
    address = url if url.startswith(found.api + "/") else found.api + url
    content = None if body is None else json.dumps(body).encode()
    sent = {
        "Accept": "application/json",
        **({"Content-Type": "application/json"} if content else {}),
        **(headers or {}),
    }
    for is_last in (False, True):
        bearer = {"Authorization": f"Bearer {login.secrets.get('access', '')}"}
        answer = ask(method, address, login=login, headers={**sent, **bearer}, content=content, limit=MAX_BYTES)
        if answer.status != 401:
            break
        if is_last:
            raise RemoteError(WITHDRAWN, "login")
        renew(found, login)
    data = _json(answer)
    _refuse(answer, data)
    return answer, data


def renew(found: Client, login: Login) -> None:
    """Another access token; some providers give another refresh token with it."""
    answer = _token(found, login, {"grant_type": "refresh_token", "refresh_token": login.secrets.get("refresh", "")})
    fresh = {"access": str(answer["access_token"])}
    if answer.get("refresh_token"):
        fresh["refresh"] = str(answer["refresh_token"])
    login.renewed = {**login.secrets, **fresh}
    login.secrets = login.renewed


def _token(found: Client, login: Login, form: Mapping[str, str]) -> dict[str, Any]:
    content = urlencode({**form, "client_id": found.id, "client_secret": found.secret}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    answer = ask("POST", found.token, login=login, headers=headers, content=content, limit=100_000)
    data = _json(answer)
    if answer.status == 429 or answer.status >= 500:
        raise later(answer)
    if answer.status != 200 or not data.get("access_token"):
        unknown = data.get("error") in ("invalid_client", "unauthorized_client")
        words = (
            "The provider does not know this installation: its client id or secret is wrong." if unknown else WITHDRAWN
        )
        raise RemoteError(words, "permanent" if unknown else "login")
    return data


def _json(answer: Exchange) -> dict[str, Any]:
    try:
        data = json.loads(answer.body) if answer.body else {}
    except ValueError:
        data = None
    if not isinstance(data, dict):
        if answer.status < 400:
            raise RemoteError("The provider answered something else than expected.", "transient")
        return {}
    return data


def _refuse(answer: Exchange, data: Mapping[str, Any]) -> None:
    if answer.status < 400 or answer.status in (404, 409, 410, 412):
        return
    error = data.get("error")
    reasons = json.dumps(error)
    if answer.status in (429, 503) or answer.status >= 500 or any(reason in reasons for reason in TOO_MANY):
        raise later(answer)
    words = str(error.get("message", ""))[:300] if isinstance(error, dict) else ""
    raise RemoteError(f"The provider refused it: {words or answer.status}")
