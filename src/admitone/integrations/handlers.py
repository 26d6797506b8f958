"""Which event changes what is written into hosts' calendars, and who is told when that fails."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from admitone.accounts.addresses import absolute
from admitone.events import Event, on
from admitone.integrations import writing
from admitone.integrations.models import CalendarConnection
from admitone.messaging.letters import Action, Brand, Letter, Row
from admitone.notifications.posting import to_people
from admitone.notifications.recipients import admins_of, distinct, of_host


@on(
    "booking.created",
    "booking.confirmed",
    "booking.rescheduled",
    "booking.cancelled",
    "booking.declined",
    consumer="integrations.calendars",
)
def write_to_calendars(event: Event, now: datetime) -> None:
    writing.plan(event.account_id, UUID(event.facts["booking"]), now, event.facts.get("old_start_min"))


@on("contact.erased", consumer="integrations.calendars")
def erase_in_calendars(event: Event, now: datetime) -> None:
    writing.erase(event.account_id, event.facts["contact"], now)


@on("calendar_connection.failed", "calendar_connection.recovered", consumer="integrations.connection")
def tell_of_connection(event: Event, now: datetime) -> None:
    """The host whose calendar it is, and everybody who can repair it."""
    rows = CalendarConnection.objects.select_related("host__user", "account")
    link = rows.filter(pk=event.subject_id, ended_at=None).first()
    if link is None:
        return
    own = of_host(link.host, link.account, link.account.timezone)
    failed = event.kind == "calendar_connection.failed"
    to_people(
        distinct([*([own] if own else []), *admins_of(link.account)]),
        lambda _person: failing(link) if failed else working(link),
        account_id=event.account_id,
        brand=Brand(link.account.name),
        kind=event.kind,
        key=str(event.id),
        now=now,
    )


def failing(link: CalendarConnection) -> Letter:
    facts = {"host": link.host.name}
    return Letter(
        subject=_("Appointments of %(host)s cannot be written into their calendar") % facts,
        heading=_("A connected calendar cannot be written to"),
        paragraphs=(_("Appointments are booked as before, but they do not show up in the connected calendar."),),
        rows=(*rows_of(link), Row(_("What went wrong"), link.error[:300])),
        actions=(Action(_("Check the connection"), page(link)),),
    )


def working(link: CalendarConnection) -> Letter:
    facts = {"host": link.host.name}
    return Letter(
        subject=_("Appointments of %(host)s are written into their calendar again") % facts,
        heading=_("The connected calendar works again"),
        paragraphs=(_("What was missing has been written. There is nothing for you to do."),),
        rows=rows_of(link),
    )


def rows_of(link: CalendarConnection) -> tuple[Row, ...]:
    return Row(_("Connection"), f"{link.name} {link.login}".strip()), Row(_("Host"), link.host.name)


def page(link: CalendarConnection) -> str:
    return absolute(f"/app/{link.account.slug}/connections/{link.id}/")
