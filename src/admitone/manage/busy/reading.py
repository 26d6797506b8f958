"""What both lists of busy calendars share: adding one, reading one now, and the state it is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.calendars import busy, services
from admitone.calendars.models import BusySource
from admitone.manage.busy.forms import SourceForm
from admitone.manage.context import AccountRequest


def add(request: AccountRequest, account: Account, form: SourceForm) -> None:
    """Add the feed and read it at once, so that a wrong address shows now. Raises Problem."""
    data = form.cleaned_data
    source = services.add_busy_source(
        account=account,
        host_id=UUID(data["host"]),
        kind="ics",
        config={"url": data["url"]},
        name=data["name"],
        actor=request.actor,
        now=timezone.now(),
    )
    read_source(request, source)


def read_source(request: AccountRequest, source: BusySource) -> None:
    """Read it for three seconds at most and say what came of it."""
    if busy.refresh_source(source.id, timezone.now(), busy.TIME_LIMIT):
        messages.success(request, _("The busy calendar was read."))
        return
    error = BusySource.objects.filter(id=source.id).values_list("error", flat=True).first()
    messages.error(request, _("The busy calendar could not be read: %s") % (error or ""))


def looked(sources: Sequence[BusySource]) -> list[dict[str, Any]]:
    """Each source with its state: unread, failed or ok."""
    return [{"source": source, "state": _state(source)} for source in sources]


def _state(source: BusySource) -> str:
    if source.error:
        return "failed"
    return "ok" if source.fetched_at else "unread"
