"""Which event makes which mail. Handlers run once per event, in their own transaction; they render and queue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import BusySource
from admitone.events.actor import SYSTEM
from admitone.events.handlers import on
from admitone.events.models import Event
from admitone.links.groups import color_of
from admitone.links.models import LinkRequest, OneTimeLink
from admitone.links.services import make_code, reissue
from admitone.logic import ics
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.notices import MAX_OFFSET, Occasion
from admitone.messaging.letters import Brand
from admitone.messaging.queries import failing_row
from admitone.notifications import asked, booked
from admitone.notifications.answers import letters_of
from admitone.notifications.appointments import load
from admitone.notifications.posting import Write, to_people
from admitone.notifications.queries import has_follow_ups
from admitone.notifications.recipients import Recipient, admins_of, contact_of, distinct, of_host
from admitone.notifications.tasks import plan_follow_ups, plan_reminders
from admitone.notifications.telling import News, tell
from admitone.notifications.together import told_elsewhere
from admitone.values.times import Reader

#: kind of event -> (occasion, letter to the guest, letter to the host, iCalendar method)
LETTERS: dict[str, tuple[Occasion, Write, Write, ics.Method]] = {
    "booking.created": ("booked", booked.guest_booked, booked.host_booked, "REQUEST"),
    "booking.rescheduled": ("rescheduled", booked.guest_rescheduled, booked.host_rescheduled, "REQUEST"),
    "booking.cancelled": ("cancelled", booked.guest_cancelled, booked.host_cancelled, "CANCEL"),
}


@on("booking.created", "booking.rescheduled", "booking.cancelled", consumer="notifications.booked")
def tell_guest_and_host(event: Event, now: datetime) -> None:
    """Both get a mail with the calendar file of exactly this change, unless the calendar's notices say otherwise; the
    guest none of one that was to be quiet."""
    one = None if letters_of(event) or told_elsewhere(event) else load(event.facts["booking"], event.facts)
    if one is None:
        return
    occasion, guest, host, method = LETTERS[event.kind]
    told = None if event.facts.get("quiet") else guest
    tell(one, News(occasion, told, host, event.kind, str(event.id), method), now)


@on("booking.created", "booking.rescheduled", consumer="notifications.reminder")
def remind_guest(event: Event, now: datetime) -> None:
    """A reschedule plans a second job; the first finds another start and stays silent."""
    one = load(event.facts["booking"], event.facts)
    if one is not None:
        plan_reminders(one, now)


@on("booking.completed", "booking.no_show_undone", consumer="notifications.follow_up")
def follow_up(event: Event, now: datetime) -> None:
    """Only those who came are thanked."""
    one = load(event.facts["booking"], event.facts)
    if one is not None and one.booking.status == "completed":
        plan_follow_ups(one, now)


@on("calendar.changed", consumer="notifications.reminder_hours")
def move_reminders(event: Event, now: datetime) -> None:
    """What is planned for appointments follows the calendar's notices; those whose moment has passed are not sent."""
    if not {"reminder_hours", "notices"} & set(event.facts.get("fields", ())):
        return
    rows, minute = Booking.objects.filter(calendar_id=event.facts["calendar"]), to_min_floor(now)
    for booking_id in list(rows.filter(status="confirmed", start_min__gt=minute).values_list("id", flat=True)):
        if one := load(booking_id):
            plan_reminders(one, now)
    recent = rows.filter(status="completed", end_min__gt=minute - MAX_OFFSET)
    if "notices" in event.facts["fields"] and has_follow_ups(event.facts["calendar"]):
        for booking_id in list(recent.values_list("id", flat=True)):
            if one := load(booking_id):
                plan_follow_ups(one, now, late=False)


@on("booking.cancelled", consumer="notifications.link_after_cancel")
def send_link_after_cancellation(event: Event, now: datetime) -> None:
    """Where the owner wants it, a cancelled guest gets a new link; the used one stays used."""
    one = load(event.facts["booking"], event.facts)
    if one is None or not event.facts.get("link") or not one.booking.email or not one.calendar.reissue_on_cancel:
        return
    if event.facts.get("quiet"):
        return
    account = one.booking.account
    try:
        old = UUID(event.facts["link"])
        link = reissue(account=account, link_id=old, actor=SYSTEM, now=now, series=one.of_series)
    except Problem:  # what it opened is deleted, or all its offered times are over
        return
    to_people(
        [Recipient(one.booking.email, one.guest)],
        lambda person: asked.new_link(link, person.reader),
        account_id=event.account_id,
        brand=one.brand,
        kind="link.reissued",
        key=f"{event.id}:link",
        reply_to=first_address(contact_of(one.calendar, link, account)),
        link_id=link.id,
        contact_id=one.booking.contact_id,
        now=now,
    )


@on("one_time_link.requested", consumer="notifications.link_requested")
def tell_owner_of_request(event: Event, now: datetime) -> None:
    related = ("account", "link__calendar__schedule", "link__group", "link__created_by", "link__contact")
    request = LinkRequest.objects.select_related(*related).filter(pk=event.facts.get("request")).first()
    if request is None:
        return
    calendar = request.link.calendar
    to_people(
        contact_of(calendar, request.link, request.account),
        lambda person: asked.link_requested(request),
        account_id=event.account_id,
        brand=Brand(request.account.name, color_of(request.link)),
        kind="link.requested",
        key=str(event.id),
        reply_to=request.email,
        link_id=request.link_id,
        now=now,
    )


@on("one_time_link.offered_gone", consumer="notifications.offered_gone")
def tell_owner_of_empty_link(event: Event, now: datetime) -> None:
    link = link_of(event.facts["link"])
    if link is None:
        return
    to_people(
        contact_of(link.calendar, link, link.account),
        lambda person: asked.offered_gone(link, link.account),
        account_id=event.account_id,
        brand=brand_of(link),
        kind="link.offered_gone",
        key=str(event.id),
        link_id=link.id,
        now=now,
    )


@on("link_request.answered", consumer="notifications.link_answered")
def send_new_link(event: Event, now: datetime) -> None:
    """To whoever asked, not to the link's contact: they may be different people."""
    link = link_of(event.facts["link"])
    request = LinkRequest.objects.filter(pk=event.facts["request"]).first()
    if link is None or request is None:
        return
    reader = reader_of(link)
    to_people(
        [Recipient(request.email, reader)],
        lambda person: asked.new_link(link, person.reader),
        account_id=event.account_id,
        brand=brand_of(link),
        kind="link.reissued",
        key=str(event.id),
        reply_to=first_address(contact_of(link.calendar, link, link.account)),
        link_id=link.id,
        contact_id=link.contact_id,
        now=now,
    )


@on("one_time_link.code_asked", consumer="notifications.link_code")
def send_code(event: Event, now: datetime) -> None:
    """A fresh code to the bound address; it exists in clear only in this mail."""
    link = link_of(event.facts["link"])
    if link is None or link.contact is None or not link.contact.email:
        return
    digits = make_code(link.id, now)
    to_people(
        [Recipient(link.contact.email, reader_of(link))],
        lambda person: asked.code(link, digits),
        account_id=event.account_id,
        brand=brand_of(link),
        kind="link.code",
        key=str(event.id),
        link_id=link.id,
        contact_id=link.contact_id,
        now=now,
    )


@on("one_time_link.booking_asked", consumer="notifications.my_booking")
def send_my_bookings(event: Event, now: datetime) -> None:
    """One mail with the manage link of every booking that the address made with this link."""
    rows = Booking.objects.select_related("calendar", "account").filter(pk__in=event.facts["bookings"])
    bookings = list(rows.order_by("start_min", "id"))
    if not bookings:
        return
    first = bookings[0]
    to_people(
        [Recipient(first.email, Reader(first.guest_locale, first.guest_timezone))],
        lambda person: asked.my_bookings(bookings, person.reader),
        account_id=event.account_id,
        brand=Brand(first.account.name, first.calendar.brand_color),
        kind="booking.manage_link",
        key=str(event.id),
        contact_id=first.contact_id,
        booking_id=first.id,
        now=now,
    )


@on("busy_source.failed", "busy_source.recovered", consumer="notifications.busy_source")
def tell_of_busy_source(event: Event, now: datetime) -> None:
    """The host whose times they are, and everybody who can repair it."""
    source = BusySource.objects.select_related("host__user", "account").filter(pk=event.subject_id).first()
    if source is None:
        return
    account = source.account
    own = of_host(source.host, account, account.timezone)
    failed = event.kind == "busy_source.failed"
    to_people(
        distinct([*([own] if own else []), *admins_of(account)]),
        lambda person: (
            asked.busy_failed(source, account, person.reader) if failed else asked.busy_recovered(source, account)
        ),
        account_id=event.account_id,
        brand=Brand(account.name),
        kind=event.kind,
        key=str(event.id),
        now=now,
    )


@on("channel.failing", consumer="notifications.channel_failing")
def tell_of_channel(event: Event, now: datetime) -> None:
    """Everybody who can repair it. The mail about failing mail takes the installation's way, not the account's."""
    account = Account.objects.filter(pk=event.account_id).first()
    health = failing_row(event.account_id, event.facts["channel"])
    if account is None or health is None:
        return
    to_people(
        admins_of(account),
        lambda _person: asked.channel_failing(account, event.facts["channel"], health.words),
        account_id=event.account_id,
        brand=Brand(account.name),
        kind=event.kind if event.facts["channel"] == "email" else f"{event.kind}.sms",
        key=str(event.id),
        now=now,
    )


def link_of(link_id: str | UUID) -> OneTimeLink | None:
    related = ("account", "calendar__schedule", "calendar__account", "group", "contact", "created_by")
    return OneTimeLink.objects.select_related(*related).filter(pk=link_id).first()


def reader_of(link: OneTimeLink) -> Reader:
    """The link's contact, else the account's own habits."""
    contact, account = link.contact, link.account
    zone = link.calendar.schedule.timezone if link.calendar else account.timezone
    return Reader((contact and contact.locale) or account.locale, (contact and contact.timezone) or zone)


def brand_of(link: OneTimeLink) -> Brand:
    return Brand(link.account.name, color_of(link))


def first_address(people: list[Recipient]) -> str:
    return people[0].email if people else ""
