"""Who is told what about appointments of a calendar: its standard notifications, and those that were added."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import Body, Flag, Id, Out, example
from admitone.api.openapi import refuses
from admitone.calendars.models import Calendar
from admitone.calendars.queries import by_id_or_slug
from admitone.logic.notices import MAX_ADDRESSES, MAX_OFFSET, MAX_SUBJECT, Notice
from admitone.notifications import queries, services
from admitone.values.language import MAX_TEMPLATE

router = Router(tags=["Notifications"])

Occasion = Literal["booked", "pending", "confirmed", "declined", "rescheduled", "cancelled", "reminder", "follow_up"]
Audience = Literal["guest", "host", "extra"]
Channel = Literal["email", "sms"]
Offset = Annotated[
    int,
    Field(ge=0, le=MAX_OFFSET, description="Minutes before the start (reminder) or after the end (follow_up)."),
]
Subject = Annotated[str, Field(max_length=MAX_SUBJECT, description="Merge text; empty: the standard subject.")]
Words = Annotated[
    str,
    Field(max_length=MAX_TEMPLATE, description="Merge text like `See you at {{ appointment.time }}`; empty: standard."),
]
Addresses = Annotated[
    list[Annotated[str, Field(max_length=254)]],
    Field(max_length=MAX_ADDRESSES, description="Of audience `extra`: email addresses, or numbers for SMS."),
]


class NotificationOut(Out):
    """`id` of a standard notification is its name, like `booked.guest.email`; without words it sends the standard ones.
    `party` are those who come along with a guest: standard notifications alone, in standard words."""

    id: str
    calendar: Id
    occasion: Occasion
    audience: Literal["guest", "host", "extra", "party"]
    channel: Channel
    offset_minutes: int | None
    subject: str
    body: str
    addresses: list[str]
    enabled: bool
    standard: bool


class Notifications(Out):
    """All of a calendar's, those that are off too, by occasion."""

    items: list[NotificationOut]


class NewNotification(Body):
    """A further notification. Reminders and follow-ups need `offset_minutes`."""

    model_config = example(
        occasion="reminder", channel="sms", offset_minutes=120, body="See you at {{ appointment.time }}!"
    )

    occasion: Occasion
    audience: Audience = "guest"
    channel: Channel = "email"
    offset_minutes: Offset | None = None
    subject: Subject = ""
    body: Words = ""
    addresses: Addresses = Field(default_factory=list)
    enabled: Flag = True


class NotificationChanges(Body):
    """Only what is to change; occasion, audience and channel stay."""

    model_config = example(subject="See you on {{ appointment.date }}", enabled=True)

    offset_minutes: Offset | None = None
    subject: Subject | None = None
    body: Words | None = None
    addresses: Addresses | None = None
    enabled: Flag | None = None


@router.get("/{calendar_id}/notifications", response=Notifications, summary="List a calendar's notifications")
def list_notifications(request: ApiRequest, calendar_id: str) -> dict[str, Any]:
    calendar = by_id_or_slug(account_of(request), calendar_id)
    return {"items": [shown(calendar, one) for one in queries.table(calendar)]}


@router.get("/{calendar_id}/notifications/{notice_key}", response=NotificationOut, summary="Read a notification")
def get_notification(request: ApiRequest, calendar_id: str, notice_key: str) -> dict[str, Any]:
    calendar = by_id_or_slug(account_of(request), calendar_id)
    return shown(calendar, queries.notice(calendar, notice_key))


@router.post(
    "/{calendar_id}/notifications",
    response={201: NotificationOut},
    openapi_extra=refuses("invalid", "not_found"),
    summary="Add a notification",
)
def create_notification(request: ApiRequest, calendar_id: str, payload: NewNotification) -> dict[str, Any]:
    calendar = by_id_or_slug(account_of(request), calendar_id)
    return shown(calendar, services.create_notice(**whose(request, calendar), **payload.model_dump()))


@router.patch(
    "/{calendar_id}/notifications/{notice_key}",
    response=NotificationOut,
    openapi_extra=refuses("invalid", "not_found"),
    summary="Change a notification",
)
def change_notification(
    request: ApiRequest, calendar_id: str, notice_key: str, payload: NotificationChanges
) -> dict[str, Any]:
    """Messages that are planned already follow."""
    calendar = by_id_or_slug(account_of(request), calendar_id)
    changes = payload.model_dump(exclude_none=True)
    return shown(calendar, services.update_notice(**whose(request, calendar), key=notice_key, **changes))


@router.delete("/{calendar_id}/notifications/{notice_key}", response={204: None}, summary="Delete a notification")
def delete_notification(request: ApiRequest, calendar_id: str, notice_key: str) -> None:
    """One that was added can be restored for 30 days (`POST .../restoration`); a standard one is switched off."""
    calendar = by_id_or_slug(account_of(request), calendar_id)
    services.delete_notice(**whose(request, calendar), key=notice_key)


@router.post(
    "/{calendar_id}/notifications/{notice_key}/restoration",
    response={201: NotificationOut},
    summary="Restore a deleted notification",
)
def restore_notification(request: ApiRequest, calendar_id: str, notice_key: str) -> dict[str, Any]:
    """One that was added and then deleted."""
    calendar = by_id_or_slug(account_of(request), calendar_id)
    return shown(calendar, services.restore_notice(**whose(request, calendar), key=notice_key))


def whose(request: ApiRequest, calendar: Calendar) -> dict[str, Any]:
    return {
        "account": account_of(request),
        "calendar_id": calendar.id,
        "actor": actor_of(request),
        "now": request.call.now,
    }


def shown(calendar: Calendar, one: Notice) -> dict[str, Any]:
    return {
        "id": one.key,
        "calendar": str(calendar.id),
        "occasion": one.occasion,
        "audience": one.audience,
        "channel": one.channel,
        "offset_minutes": one.offset,
        "subject": one.subject,
        "body": one.body,
        "addresses": list(one.addresses),
        "enabled": one.is_on,
        "standard": one.standard,
    }
