"""Every service called with another sub-account's ids: not found, and nothing of theirs has changed (P6)."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from tests import factories
from tests.contract.world import (
    block_of,
    bulk_of,
    connection_of,
    delivery_of,
    endpoint_of,
    enrollment_of,
    hook_of,
    import_of,
    missed_call_of,
    waiting_of,
)

from admitone.accounts.models import Membership
from admitone.accounts.services import (
    change_role,
    invite,
    issue_api_key,
    remove_member,
    revoke_api_key,
    revoke_invitation,
)
from admitone.booking import services as booking
from admitone.booking.services import waiting
from admitone.calendars import access
from admitone.calendars import services as calendars
from admitone.calendars.models import BusySource
from admitone.calls.services import delete_number, update_number
from admitone.contacts import importing
from admitone.contacts import services as contacts
from admitone.contacts.services import update_contact
from admitone.events import SYSTEM
from admitone.integrations import connecting
from admitone.integrations.host_feeds import make_feed, revoke_feed, rotate_feed
from admitone.links import services as links
from admitone.links.models import LinkRequest
from admitone.links.services.offering import offer_now
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.messaging.services import resend
from admitone.webhooks import services as webhooks
from admitone.workflows import services as workflows
from admitone.workflows.services import hooks
from admitone.workflows.services import message_templates as templates
from admitone.workflows.services.amending import change_workflow
from admitone.workflows.services.bulk import start_bulk, stop_bulk

NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
SOON = to_min_floor(NOW) + 1440

pytestmark = pytest.mark.django_db

CALLS: dict[str, Callable[[Any, Any], object]] = {
    "update link": lambda me, it: links.update(account=me, link_id=it.link.id, label="x", **DO),
    "revoke link": lambda me, it: links.revoke(account=me, link_id=it.link.id, **DO),
    "restore link": lambda me, it: links.restore(account=me, link_id=it.link.id, **DO),
    "amend link": lambda me, it: links.amend(account=me, link_id=it.link.id, active=True, changes={}, **DO),
    "reissue link": lambda me, it: links.reissue(account=me, link_id=it.link.id, **DO),
    "send link": lambda me, it: links.send_link(
        account=me, link_id=it.link.id, to="a@example.com", subject="s", body="b", **DO
    ),
    "answer request": lambda me, it: links.answer_request(account=me, request_id=it.request.id, **DO),
    "dismiss request": lambda me, it: links.dismiss_request(account=me, request_id=it.request.id, **DO),
    "link of calendar": lambda me, it: links.issue(account=me, calendar=it.calendar, **DO),
    "link for contact": lambda me, it: links.issue(account=me, calendar=it.mine, contact=it.contact, **DO),
    "update template": lambda me, it: templates.update_template(account=me, template_id=it.template.id, name="x", **DO),
    "copy template": lambda me, it: templates.duplicate_template(account=me, template_id=it.template.id, **DO),
    "delete template": lambda me, it: templates.delete_template(account=me, template_id=it.template.id, **DO),
    "restore template": lambda me, it: templates.restore_template(account=me, template_id=it.template.id, **DO),
    "cancel": lambda me, it: booking.cancel(account_id=me.id, booking_id=it.booking.id, by="host", **DO),
    "reschedule": lambda me, it: booking.reschedule(
        account_id=me.id, booking_id=it.booking.id, start=it.booking.start_min + 60, by="host", **DO
    ),
    "cancel following": lambda me, it: booking.cancel_following(
        account_id=me.id, booking_id=it.booking.id, by="host", **DO
    ),
    "leave waiting list": lambda me, it: waiting.leave(account_id=me.id, entry_id=it.entry.id, **DO),
    "offer now": lambda me, it: offer_now(account_id=me.id, entry_id=it.entry.id, **DO),
    "no-show": lambda me, it: booking.mark_no_show(account_id=me.id, booking_id=it.booking.id, **DO),
    "update calendar": lambda me, it: calendars.update_calendar(account=me, calendar_id=it.calendar.id, name="x", **DO),
    "pause calendar": lambda me, it: calendars.set_active(account=me, calendar_id=it.calendar.id, active=False, **DO),
    "delete calendar": lambda me, it: calendars.delete_calendar(account=me, calendar_id=it.calendar.id, **DO),
    "restore calendar": lambda me, it: calendars.restore_calendar(account=me, calendar_id=it.calendar.id, **DO),
    "hours": lambda me, it: calendars.set_weekly_hours(account=me, calendar_id=it.calendar.id, week={}, **DO),
    "zone": lambda me, it: calendars.set_timezone(account=me, calendar_id=it.calendar.id, timezone="UTC", **DO),
    "override": lambda me, it: calendars.set_override(account=me, calendar_id=it.calendar.id, date=NOW.date(), **DO),
    "choose schedule": lambda me, it: calendars.choose_schedule(
        account=me, calendar_id=it.mine.id, schedule_id=it.calendar.schedule_id, **DO
    ),
    "schedule of calendar": lambda me, it: calendars.choose_schedule(
        account=me, calendar_id=it.calendar.id, schedule_id=it.mine.schedule_id, **DO
    ),
    "hours of schedule": lambda me, it: calendars.set_weekly_hours(
        account=me, schedule_id=it.calendar.schedule_id, week={}, **DO
    ),
    "dates of schedule": lambda me, it: calendars.set_overrides(
        account=me, schedule_id=it.calendar.schedule_id, overrides=[], **DO
    ),
    "rename schedule": lambda me, it: calendars.rename_schedule(
        account=me, schedule_id=it.calendar.schedule_id, name="x", **DO
    ),
    "copy schedule": lambda me, it: calendars.duplicate_schedule(
        account=me, schedule_id=it.calendar.schedule_id, name="x", **DO
    ),
    "delete schedule": lambda me, it: calendars.delete_schedule(account=me, schedule_id=it.calendar.schedule_id, **DO),
    "holidays": lambda me, it: calendars.set_holidays(
        account=me, schedule_id=it.calendar.schedule_id, country="DE", **DO
    ),
    "block host": lambda me, it: calendars.block_time(account=me, host_id=it.host.id, start=SOON, end=SOON + 60, **DO),
    "block calendar": lambda me, it: calendars.block_time(
        account=me, calendar_id=it.calendar.id, start=SOON, end=SOON + 60, **DO
    ),
    "feed of host": lambda me, it: make_feed(account=me, host_id=it.host.id, **DO),
    "new address of feed": lambda me, it: rotate_feed(account=me, host_id=it.host.id, **DO),
    "withdraw feed": lambda me, it: revoke_feed(account=me, host_id=it.host.id, **DO),
    "unblock": lambda me, it: calendars.unblock_time(account=me, block_id=it.block.id, **DO),
    "logo": lambda me, it: calendars.clear_logo(account=me, calendar_id=it.calendar.id, **DO),
    "hosts of calendar": lambda me, it: calendars.set_hosts(
        account=me, calendar_id=it.calendar.id, hosts=[it.host.id], **DO
    ),
    "host in my calendar": lambda me, it: calendars.set_hosts(
        account=me, calendar_id=it.mine.id, hosts=[it.host.id], **DO
    ),
    "host of new calendar": lambda me, it: calendars.create_calendar(account=me, name="x", host=it.host, **DO),
    "rename host": lambda me, it: calendars.update_host(account=me, host_id=it.host.id, name="x", **DO),
    "delete host": lambda me, it: booking.remove_host(account=me, host_id=it.host.id, **DO),
    "restore host": lambda me, it: calendars.restore_host(account=me, host_id=it.host.id, **DO),
    "busy source of host": lambda me, it: calendars.add_busy_source(
        account=me, host_id=it.host.id, kind="ics", config={"url": "https://example.com/a.ics"}, **DO
    ),
    "change busy source": lambda me, it: calendars.change_busy_source(
        account=me, source_id=it.source.id, name="x", **DO
    ),
    "delete busy source": lambda me, it: calendars.delete_busy_source(account=me, source_id=it.source.id, **DO),
    "connect host": lambda me, it: connecting.connect_caldav(
        account=me, host_id=it.host.id, url="https://dav.example.com/", user="a", password="b", **DO
    ),
    "choose calendars": lambda me, it: connecting.choose(account=me, connection_id=it.connection.id, blocks=[], **DO),
    "password of connection": lambda me, it: connecting.change_password(
        account=me, connection_id=it.connection.id, password="x", **DO
    ),
    "refresh connection": lambda me, it: connecting.refresh(account=me, connection_id=it.connection.id, now=NOW),
    "disconnect": lambda me, it: connecting.disconnect(account=me, connection_id=it.connection.id, **DO),
    "update contact": lambda me, it: update_contact(
        account=me, contact_id=it.contact.id, raw={"name": "x", "email": "x@example.com"}, **DO
    ),
    "note on contact": lambda me, it: contacts.add_note(account=me, contact_id=it.contact.id, text="x", **DO),
    "task on contact": lambda me, it: contacts.add_task(account=me, contact_id=it.contact.id, title="x", **DO),
    "finish task": lambda me, it: contacts.finish_task(account=me, task_id=it.task.id, **DO),
    "owner of contact": lambda me, it: contacts.assign_owner(account=me, contact_id=it.contact.id, user_id=None, **DO),
    "merge into theirs": lambda me, it: contacts.merge(
        account=me, keep_id=it.contact.id, drop_id=it.my_contact.id, **DO
    ),
    "merge theirs": lambda me, it: contacts.merge(account=me, keep_id=it.my_contact.id, drop_id=it.contact.id, **DO),
    "erase contact": lambda me, it: contacts.erase(
        account=me, contact_id=it.contact.id, cancel_appointments=True, **DO
    ),
    "start import": lambda me, it: importing.start(
        account=me, import_id=it.file.id, mapping={1: "email"}, options={}, **DO
    ),
    "discard import": lambda me, it: importing.discard(account=me, import_id=it.file.id),
    "change number": lambda me, it: update_number(account=me, number_id=it.number.id, label="x", **DO),
    "delete number": lambda me, it: delete_number(account=me, number_id=it.number.id, **DO),
    "resend": lambda me, it: resend(account=me, message_id=it.message.id, **DO),
    "batch of calendar": lambda me, it: links.create_batch(account=me, calendar=it.calendar, count=1, **DO),
    "change webhook": lambda me, it: webhooks.update_endpoint(
        account=me, endpoint_id=it.endpoint.id, active=False, **DO
    ),
    "rotate webhook": lambda me, it: webhooks.rotate_secret(account=me, endpoint_id=it.endpoint.id, **DO),
    "delete webhook": lambda me, it: webhooks.delete_endpoint(account=me, endpoint_id=it.endpoint.id, **DO),
    "test webhook": lambda me, it: webhooks.send_test(account=me, endpoint_id=it.endpoint.id, now=NOW),
    "replay delivery": lambda me, it: webhooks.replay(account=me, delivery_id=it.delivery.id, now=NOW),
    "change inbound hook": lambda me, it: hooks.update_hook(account=me, hook_id=it.hook.id, active=False, **DO),
    "delete inbound hook": lambda me, it: hooks.delete_hook(account=me, hook_id=it.hook.id, **DO),
    "revoke key": lambda me, it: revoke_api_key(account=me, key_id=it.key.id, **DO),
    "change role": lambda me, it: change_role(account=me, by="owner", membership_id=it.member.id, role="admin", **DO),
    "remove member": lambda me, it: remove_member(account=me, by="owner", membership_id=it.member.id, **DO),
    "revoke invitation": lambda me, it: revoke_invitation(account=me, by="owner", invitation_id=it.invitation.id, **DO),
    "change workflow": lambda me, it: change_workflow(
        account=me, workflow_id=it.workflow.id, changes={"name": "x"}, **DO
    ),
    "save draft": lambda me, it: workflows.save_draft(account=me, workflow_id=it.workflow.id, document={}, **DO),
    "publish": lambda me, it: workflows.publish(account=me, workflow_id=it.workflow.id, **DO),
    "pause workflow": lambda me, it: workflows.pause(account=me, workflow_id=it.workflow.id, **DO),
    "resume workflow": lambda me, it: workflows.resume(account=me, workflow_id=it.workflow.id, **DO),
    "delete workflow": lambda me, it: workflows.delete_workflow(account=me, workflow_id=it.workflow.id, **DO),
    "enroll": lambda me, it: workflows.enroll(
        account=me, workflow_id=it.workflow.id, contact_id=it.my_contact.id, **DO
    ),
    "enroll many": lambda me, it: start_bulk(account=me, workflow_id=it.workflow.id, source={"kind": "all"}, **DO),
    "enroll a contact": lambda me, it: workflows.enroll(
        account=me, workflow_id=enrollment_of(it.mine).workflow_id, contact_id=it.contact.id, **DO
    ),
    "stop enrollment": lambda me, it: workflows.stop_enrollment(account=me, enrollment_id=it.enrollment.id, **DO),
    "retry step": lambda me, it: workflows.retry_step(account=me, enrollment_id=it.enrollment.id, **DO),
    "stop many": lambda me, it: stop_bulk(account=me, bulk_id=it.bulk.id, **DO),
    "access of user": lambda me, it: access.set_access(
        account=me, user_id=it.member.user_id, levels={it.mine.id: "view"}, **DO
    ),
    "access to calendar": lambda me, it: access.set_access(
        account=me, user_id=it.my_member.user_id, levels={it.calendar.id: "manage"}, **DO
    ),
}


@pytest.fixture
def me() -> Any:
    return factories.account()


@pytest.fixture
def it(me: Any) -> SimpleNamespace:
    """One row of everything that belongs to somebody else, and a calendar and a member of mine."""
    other = factories.account()
    calendar = factories.calendar(other)
    host, link = calendar.calendar_hosts.get().host, factories.link(calendar)
    people = {"name": "Ada", "email": "ada@example.com", "created_at": NOW}
    message = {"kind": "test", "key": "k", "to": "ada@example.com", "status": "failed", "created_at": NOW}
    sealed = {"kind": "ics", "config_sealed": "x", "created_at": NOW}
    endpoint = endpoint_of(other)
    factories.member(other, "member")
    factories.member(me, "member")
    return SimpleNamespace(
        calendar=calendar,
        host=host,
        link=link,
        contact=(contact := factories.contact(other)),
        task=factories.task(contact),
        file=import_of(other),
        my_contact=factories.contact(me),
        booking=factories.booking(calendar),
        entry=waiting_of(calendar, factories.contact(calendar.account)),
        request=LinkRequest.objects.create(account=other, link=link, **people),
        message=Message.objects.create(account=other, **message),
        template=factories.message_template(other),
        source=BusySource.objects.create(account=other, host=host, **sealed),
        block=block_of(calendar),
        connection=connection_of(calendar),
        number=missed_call_of(factories.contact(other)).number,
        endpoint=endpoint,
        delivery=delivery_of(endpoint),
        hook=hook_of(other),
        enrollment=(enrollment := enrollment_of(calendar)),
        workflow=enrollment.workflow,
        bulk=bulk_of(enrollment),
        key=issue_api_key(account=other, name="k", scopes=["read"], **DO)[0],
        member=Membership.objects.get(account=other),
        invitation=invite(account=other, by="owner", email="new@example.com", role="member", **DO),
        mine=factories.calendar(me),
        my_member=Membership.objects.get(account=me),
    )


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_another_accounts_id_is_not_found_and_nothing_changes(call: Callable[[Any, Any], object], me: Any, it: Any):
    with pytest.raises(Problem) as caught:
        call(me, it)
    assert caught.value.code == "not_found"
    for name, row in vars(it).items():
        before = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        row.refresh_from_db()
        assert {field: getattr(row, field) for field in before} == before, name


def test_many_links_of_another_account_are_left_alone(me: Any, it: Any):
    ids = [it.link.id]
    assert links.revoke_many(account=me, link_ids=ids, **DO) == 0
    assert links.extend_many(account=me, link_ids=ids, days=3, **DO) == 0
    links.revoke(account=it.link.account, link_id=it.link.id, **DO)
    assert links.restore_many(account=me, deleted_at=NOW, **DO) == 0
