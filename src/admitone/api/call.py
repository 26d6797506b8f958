"""What one API request carries from its gate to its route and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest

from admitone.accounts.limits import Allowance
from admitone.accounts.models import Account, ApiKey
from admitone.booking.queries import Managed
from admitone.events import Actor
from admitone.forms.models import Form
from admitone.links.queries import Opened
from admitone.logic.errors import Problem


@dataclass(slots=True)
class Call:
    """`outranks` is a refusal that wins over an unreadable body; `origins` may read the answer from a browser."""

    now: datetime
    allowance: Allowance | None = None
    outranks: Problem | None = None
    origins: Sequence[str] = field(default=())


class ApiRequest(HttpRequest):
    """A request behind the gate. `auth` is the API key of a route that needs one."""

    call: Call
    auth: ApiKey


class LinkRequest(HttpRequest):
    """A request by the holder of a one-time link."""

    call: Call
    auth: Opened


class FormRequest(HttpRequest):
    """A request by a visitor of a form."""

    call: Call
    auth: Form


class BookingRequest(HttpRequest):
    """A request by the guest of a booking."""

    call: Call
    auth: Managed


def account_of(request: ApiRequest) -> Account:
    return request.auth.account


def actor_of(request: ApiRequest) -> Actor:
    return Actor.api_key(request.auth.id)
