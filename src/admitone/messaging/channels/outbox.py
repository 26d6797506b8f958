from __future__ import annotations

from dataclasses import dataclass

from admitone.messaging.channels import channel
from admitone.messaging.channels.base import Channel, Parcel, Receipt


@dataclass(frozen=True, slots=True)
class OutboxParams:
    """Nothing to set."""


@channel("outbox")
class Outbox(Channel[OutboxParams]):
    """Keeps the message in the product, where it can be read and sent later. Used while no mail server is known."""

    Params = OutboxParams

    def deliver(self, parcel: Parcel, params: OutboxParams) -> Receipt:
        return Receipt("", status="outbox")
