"""/u/<token>: out of a mail. GET shows a question and changes nothing; POST, also a mail program's own, opts out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from admitone.accounts.models import Account
from admitone.events import GUEST
from admitone.logic import brand
from admitone.logic.errors import Problem
from admitone.logic.plan import PlanBrand
from admitone.messaging.models import Message
from admitone.messaging.opting import opt_in, opt_out
from admitone.messaging.queries import opted_out, unsubscribing
from admitone.public.booking_page import limit_posts, masked
from admitone.public.pages import Visit, page, public, see_other, with_query

ONE_CLICK = "List-Unsubscribe"


@dataclass(frozen=True, slots=True)
class AccountFrame:
    """An account as pages.py sees the owner of a page."""

    account_name: str
    brand: PlanBrand
    embed_origins: tuple[str, ...] = ()
    redirect_url: str = ""


def frame_of(account: Account) -> AccountFrame:
    look = PlanBrand(color="", ink="", radius=brand.DEFAULT_RADIUS, css_hash="", logo_id="")
    return AccountFrame(account.name, look)


@public("GET", "POST")
def unsubscribe(visit: Visit, token: str) -> HttpResponse:
    message = unsubscribing(token)
    if message is None:
        raise Problem("not_found")
    visit = visit.speaking_for(spoken(message))
    return answered(visit, message, token) if visit.is_post else show(visit, message, token)


def spoken(message: Message) -> str:
    """The reader's language, as far as it is known."""
    return (message.contact.locale if message.contact else "") or message.account.locale


def answered(visit: Visit, message: Message, token: str) -> HttpResponse:
    """A mail program sends List-Unsubscribe=One-Click and reads no answer (RFC 8058); it is never slowed down."""
    post = visit.request.POST
    if ONE_CLICK in post:
        change(visit, message, "one_click")
        return show(visit, message, token)
    limit_posts(visit)
    if post.get("do") == "subscribe":
        back(visit, message)
    else:
        change(visit, message, "unsubscribe_link")
    return see_other(with_query(f"/u/{token}", visit.keep()), frame_of(message.account))


def change(visit: Visit, message: Message, source: str) -> None:
    opt_out(account=message.account, source=source, actor=GUEST, now=visit.now, **whose(message))


def back(visit: Visit, message: Message) -> None:
    opt_in(account=message.account, source="unsubscribe_link", actor=GUEST, now=visit.now, **whose(message))


def whose(message: Message) -> dict[str, Any]:
    return {"channel": "email", "address": message.to, "contact_id": message.contact_id}


def show(visit: Visit, message: Message, token: str) -> HttpResponse:
    context = {
        "address": masked(message.to),
        "is_out": opted_out(message.account_id, "email", message.to),
        "action": with_query(f"/u/{token}", visit.keep()),
    }
    return page(visit, "public/unsubscribe.html", context, plan=frame_of(message.account))
