from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from admitone.accounts.queries import as_uuid
from admitone.events.models import Event
from admitone.messaging.models import Message
from admitone.workflows.registry import Trigger, params, trigger

Channel = Literal["email", "sms"]
STATUSES = ("delivered", "bounced", "complained", "failed")
CHANNELS = {"email": _("Email"), "sms": _("SMS")}


@trigger("customer.replied")
class Replied(Trigger):
    """A contact wrote to us."""

    label = _("Customer replied")
    category = _("Messages")
    events = ("message.received",)

    @params
    class Params:
        """`contains`: words or phrases of which the message has one, capitals aside."""

        channels: tuple[Channel, ...] = ()
        contains: str = ""

    labels = {"channels": _("Channels"), "contains": _("The message contains")}
    helps = {
        "channels": _("None chosen means any."),
        "contains": _("Words or phrases separated by commas; one of them is enough."),
    }
    words = {"channels": CHANNELS}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        if params.channels and event.facts.get("channel") not in params.channels:
            return False
        wanted = [word.strip().casefold() for word in params.contains.split(",") if word.strip()]
        return not wanted or any(word in text_of(event).casefold() for word in wanted)


def text_of(event: Event) -> str:
    key = as_uuid(event.facts.get("message"))
    rows = Message.objects.filter(pk=key, account_id=event.account_id) if key else Message.objects.none()
    return " ".join(rows.values_list("subject", "text").first() or ())


@trigger("message.status")
class MessageStatus(Trigger):
    """The provider says what became of a message to a contact."""

    label = _("Message delivered or refused")
    category = _("Messages")
    events = tuple(f"message.{status}" for status in STATUSES)

    @params
    class Params:
        statuses: tuple[Literal["delivered", "bounced", "complained", "failed"], ...] = ()
        channels: tuple[Channel, ...] = ()

    labels = {"statuses": _("What happened"), "channels": _("Channels")}
    helps = {"statuses": _("None chosen means any."), "channels": _("None chosen means any.")}
    words = {
        "statuses": {
            "delivered": _("Delivered"),
            "bounced": _("Bounced: the address or number takes nothing"),
            "complained": _("Reported as unwanted"),
            "failed": _("Failed"),
        },
        "channels": CHANNELS,
    }

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        status = event.kind.partition(".")[2]
        if params.statuses and status not in params.statuses:
            return False
        return not params.channels or event.facts.get("channel") in params.channels
