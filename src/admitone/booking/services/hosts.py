"""Taking a host away, who may still have appointments ahead."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.booking.models import Booking, Occupancy
from admitone.booking.services.changing import ACTIVE
from admitone.calendars.models import Host
from admitone.calendars.services import delete_host
from admitone.events import Actor
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem


def remove_host(*, account: Account, host_id: UUID, actor: Actor, now: datetime) -> Host:
    """`delete_host` for somebody who has nothing ahead. Problem("host_in_use" | "not_found")."""
    with transaction.atomic():
        host = delete_host(account=account, host_id=host_id, actor=actor, now=now)
        minute = to_min_floor(now)
        busy = Occupancy.objects.filter(host=host, end_min__gt=minute).exists()
        if busy or Booking.objects.filter(host=host, status__in=ACTIVE, end_min__gt=minute).exists():
            raise Problem("host_in_use")
    return host
