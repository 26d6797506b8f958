"""One sub-account with a row of everything that an address can name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests import factories

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account, Blob, Invitation, Membership, User
from admitone.booking.models import Booking, WaitlistEntry
from admitone.calendars.models import BlockedTime, BusySource, Calendar, Host
from admitone.calls.models import MissedCall, PhoneNumber
from admitone.contacts.importing import stage
from admitone.contacts.models import Contact, ContactImport
from admitone.events import SYSTEM
from admitone.integrations.host_feeds import make_feed
from admitone.integrations.models import CalendarConnection, HostFeed
from admitone.links.models import Batch, LinkRequest, OneTimeLink
from admitone.links.services import issue
from admitone.logic.clock import to_min_floor
from admitone.messaging.models import Message, OptOut
from admitone.notifications.services import create_notice
from admitone.webhooks.models import Delivery, Endpoint
from admitone.workflows.models import BulkEnrollment, Enrollment, InboundHook
from admitone.workflows.services import create_workflow, enroll, publish

NOW = factories.NOW


@dataclass(frozen=True)
class World:
    account: Account
    owner: User
    calendar: Calendar
    secret: str
    values: dict[str, Any]


def world(**account: Any) -> World:
    """`values` maps every parameter name of the URLconf to a row of this account."""
    here = factories.account(**account)
    owner = factories.owner(here)
    calendar = factories.calendar(here)
    contact = factories.contact(here)
    link = factories.link(calendar, contact=contact, created_by=owner)
    booking = factories.booking(calendar)
    opportunity = factories.opportunity(factories.pipeline(here).stages.all()[0])
    rule = {"key": "email", "equals": "nobody@example.com", "message": "Not you."}
    submission = factories.submission(factories.form(here, rules=[rule]))
    key, secret = factories.api_key(here, ["read", "write", "admin"])
    endpoint = endpoint_of(here)
    group = factories.group(here)
    entry = waiting_of(calendar, contact)
    values = automation(calendar, contact) | {
        "group_id": group.id,
        "group_slug": group.slug,
        "group_link_id": issue(account=here, group=group, actor=SYSTEM, now=NOW).id,
        "account_slug": here.slug,
        "account": here.slug,
        "calendar": calendar.slug,
        "calendar_id": calendar.id,
        "link_id": link.id,
        "booking_id": booking.id,
        "entry_id": entry.id,
        "start": entry.start_min,
        "contact_id": contact.id,
        "tag_id": factories.tag(contact).id,
        "task_id": factories.task(contact).id,
        "import_id": import_of(here).id,
        "custom_field_id": factories.custom_field(here).id,
        "pipeline_id": opportunity.pipeline_id,
        "stage_id": opportunity.stage_id,
        "opportunity_id": opportunity.id,
        "form_id": submission.form_id,
        "submission_id": submission.id,
        "field": "email",
        "at": 0,
        "key_id": key.id,
        "member_id": Membership.objects.get(account=here, user=owner).id,
        "request_id": request_of(link).id,
        "message_id": message_of(here).id,
        "invitation_id": invitation_of(here).id,
        "blob_id": blob_of(here).id,
        "batch_id": batch_of(calendar).id,
        "endpoint_id": endpoint.id,
        "delivery_id": delivery_of(endpoint).id,
        "date": "2026-11-05",
        "step": "zone",
        "mode": "inline",
        "css_hash": calendar.compiled.brand.css_hash or "none",
    }
    values |= around(calendar) | tokens(link, booking, entry, calendar)
    return World(here, owner, calendar, secret, values)


def around(calendar: Calendar) -> dict[str, Any]:
    """What belongs to a calendar and its hosts."""
    return {
        "host_id": calendar.calendar_hosts.get().host_id,
        "source_id": source_of(calendar).id,
        "connection_id": connection_of(calendar).id,
        "kind": "google",
        "schedule_id": calendar.schedule_id,
        "block_id": block_of(calendar).id,
        "notice_key": notice_of(calendar),
    }


def tokens(link: OneTimeLink, booking: Booking, entry: WaitlistEntry, calendar: Calendar) -> dict[str, Any]:
    """What opens pages without a sign-in."""
    keys = keyring()
    return {
        "token": keys.sign("o1", link.id),
        "unsubscribe_token": keys.sign("u1", message_of(calendar.account).id),
        "feed_token": keys.sign("f1", feed_of(calendar).id),
        "manage_token": keys.sign("b1", booking.id),
        "waiting_token": keys.sign("w1", entry.id),
    }


def automation(calendar: Calendar, contact: Contact) -> dict[str, Any]:
    """Rows of workflows, hooks, calls and templates."""
    here, enrollment = calendar.account, enrollment_of(calendar)
    return {
        "hook_id": hook_of(here).id,
        "workflow_id": enrollment.workflow_id,
        "enrollment_id": enrollment.id,
        "bulk_id": bulk_of(enrollment).id,
        "step_name": "email",
        "place": 0,
        "number": 1,
        "template": "form_link",
        "phone_number_id": missed_call_of(contact).number_id,
        "opt_out_id": opt_out_of(here).id,
        "template_id": factories.message_template(here).id,
    }


def waiting_of(calendar: Calendar, contact: Contact) -> WaitlistEntry:
    start = to_min_floor(NOW) + 300 * 1440
    values = {"start_min": start, "end_min": start + 30, "guest_timezone": "UTC", "created_at": NOW, "updated_at": NOW}
    return WaitlistEntry.objects.create(account=calendar.account, calendar=calendar, contact=contact, **values)


def import_of(account: Account) -> ContactImport:
    """A staged file, about to be mapped."""
    text = b"Name,Email,Colour\nAna Roth,ana@example.com,green\nBob,,\n"
    return stage(account=account, filename="people.csv", content=text, actor=SYSTEM, now=NOW)


def request_of(link: OneTimeLink) -> LinkRequest:
    return LinkRequest.objects.create(
        account=link.account, link=link, name="Eve", email="eve@example.com", created_at=NOW
    )


def message_of(account: Account) -> Message:
    return Message.objects.create(
        account=account,
        kind="test",
        key=str(uuid4()),
        to="a@example.com",
        subject="Hello",
        text="Hello",
        created_at=NOW,
    )


def source_of(calendar: Calendar) -> BusySource:
    host = Host.objects.get(calendar_hosts__calendar=calendar)
    return BusySource.objects.create(
        account=calendar.account, host=host, kind="ics", config_sealed="", fetched_at=NOW, created_at=NOW
    )


def connection_of(calendar: Calendar) -> CalendarConnection:
    host = Host.objects.get(calendar_hosts__calendar=calendar)
    values = {"kind": "caldav", "name": "Home server", "login": "ada", "config_sealed": "", "created_at": NOW}
    return CalendarConnection.objects.create(account=calendar.account, host=host, **values)


def block_of(calendar: Calendar) -> BlockedTime:
    host, start = Host.objects.get(calendar_hosts__calendar=calendar), to_min_floor(NOW) + 400 * 1440
    values = {"start_min": start, "end_min": start + 60, "created_at": NOW}
    return BlockedTime.objects.create(account=calendar.account, host=host, **values)


def feed_of(calendar: Calendar) -> HostFeed:
    host = Host.objects.get(calendar_hosts__calendar=calendar)
    return make_feed(account=calendar.account, host_id=host.id, actor=SYSTEM, now=NOW)


def invitation_of(account: Account) -> Invitation:
    return Invitation.objects.create(
        account=account,
        email="new@example.com",
        token_hash=uuid4().hex,
        created_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )


def blob_of(account: Account) -> Blob:
    return Blob.objects.create(
        account_id=account.id, sha256=uuid4().hex, media_type="image/webp", content=b"RIFF", created_at=NOW
    )


def batch_of(calendar: Calendar) -> Batch:
    return Batch.objects.create(
        account=calendar.account, calendar=calendar, kind="count", total=1, actor_kind="system", created_at=NOW
    )


def endpoint_of(account: Account) -> Endpoint:
    return Endpoint.objects.create(
        account=account, url="https://example.com/hook", secret_sealed="", created_at=NOW, updated_at=NOW
    )


def hook_of(account: Account) -> InboundHook:
    return InboundHook.objects.create(
        account=account,
        name="Shop",
        schema={"customer.email": "text", "total": "number"},
        sample={"customer": {"email": "ada@example.com"}, "total": 49.5},
        sample_at=NOW,
        created_at=NOW,
    )


def delivery_of(endpoint: Endpoint) -> Delivery:
    return Delivery.objects.create(
        account=endpoint.account, endpoint=endpoint, kind="webhook.test", body="{}", created_at=NOW
    )


def enrollment_of(calendar: Calendar) -> Enrollment:
    """Somebody who waits for their link in a published workflow."""
    steps = [
        {"name": "booking_link", "type": "one_time_link.generate", "params": {"calendar": str(calendar.id)}},
        {"name": "email", "type": "email.send", "params": {"subject": "Hi", "body": "{{ steps.booking_link.url }}"}},
    ]
    document = {"name": "Welcome", "triggers": [{"type": "form.submitted"}], "steps": steps}
    made = create_workflow(account=calendar.account, document=document, actor=SYSTEM, now=NOW)
    publish(account=calendar.account, workflow_id=made.id, actor=SYSTEM, now=NOW)
    contact = factories.contact(calendar.account)
    return enroll(account=calendar.account, workflow_id=made.id, contact_id=contact.id, actor=SYSTEM, now=NOW)


def bulk_of(enrollment: Enrollment) -> BulkEnrollment:
    return BulkEnrollment.objects.create(
        account_id=enrollment.account_id, workflow_id=enrollment.workflow_id, total=1, created_at=NOW
    )


def missed_call_of(contact: Contact) -> MissedCall:
    number = PhoneNumber.objects.create(account=contact.account, number="+4930901820", created_at=NOW)
    values = {"caller": "+4915112345678", "contact": contact, "outcome": "no-answer", "at": NOW}
    return MissedCall.objects.create(account=contact.account, number=number, provider_id=str(uuid4()), **values)


def opt_out_of(account: Account) -> OptOut:
    return OptOut.objects.create(account=account, channel="sms", address="+4915112345678", source="stop", at=NOW)


def notice_of(calendar: Calendar) -> str:
    """A reminder that was added, two hours before."""
    who = {"account": calendar.account, "calendar_id": calendar.id, "actor": SYSTEM, "now": NOW}
    return create_notice(**who, occasion="reminder", offset_minutes=120, subject="Soon", body="Soon.").key
