"""Messages to other programs: signed, retried for three days, replayed, and never into the server's own network."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook, WebhookVerificationError
from tests import factories
from tests.webhooks.receiver import Receiver

from admitone.accounts.keyring import keyring
from admitone.booking.services import cancel
from admitone.events import GUEST, SYSTEM, Event
from admitone.events.handlers import handlers_of
from admitone.jobs import run_pending
from admitone.links import services as links
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.webhooks import services, tasks
from admitone.webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def private_feeds(settings: Any) -> None:
    """The receiver stands on this machine."""
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


@pytest.fixture
def account():
    return factories.account()


@pytest.fixture
def calendar(account):
    return factories.calendar(account)


def add(account, url: str, **fields: Any) -> tuple[Endpoint, str]:
    return services.create_endpoint(account=account, url=url, actor=SYSTEM, now=NOW, **fields)


def issue(calendar, **fields: Any):
    return links.issue(account=calendar.account, calendar=calendar, actor=SYSTEM, now=NOW, **fields)


def messages(receiver: Receiver, secret: str) -> list[dict[str, Any]]:
    """Every message, its signature checked by the library that receivers use."""
    return [Webhook(secret).verify(body, headers) for headers, body in receiver.got]


def test_events_of_a_link_arrive_signed_with_its_metadata(account, calendar, receiver, freeze):
    _endpoint, secret = add(account, receiver.url)
    link = issue(calendar, metadata={"order": 7})
    token = keyring().sign("o1", link.id)
    links.mark_opened(token=token, now=NOW)
    guest = {"name": "Ada", "email": "ada@example.com", "timezone": "Europe/London"}
    done = links.redeem(token=token, start=to_min_floor(NOW + DAY), guest=guest, now=NOW)
    with pytest.raises(Problem):
        links.redeem(token=token, start=to_min_floor(NOW + 2 * DAY), guest=guest, now=NOW)
    cancel(account_id=account.id, booking_id=done.id, actor=GUEST, now=NOW, by="guest")
    run_pending(NOW)
    seen = {message["type"]: message for message in messages(receiver, secret)}
    assert sorted(seen) == [
        "booking.cancelled",
        "booking.created",
        "contact.created",
        "one_time_link.attempted",
        "one_time_link.created",
        "one_time_link.opened",
        "one_time_link.used",
    ]
    used = seen["one_time_link.used"]
    assert (used["timestamp"], used["data"]["id"], used["data"]["metadata"]) == (
        "2026-11-02T09:00:00Z",
        str(link.id),
        {"order": 7},
    )
    assert used["data"]["booking"]["id"] == str(done.id)
    assert seen["one_time_link.attempted"]["data"]["state"] == "used"
    assert seen["booking.created"]["data"]["metadata"] == {"order": 7}
    assert seen["booking.created"]["data"]["email"] == "ada@example.com"
    assert seen["contact.created"]["data"]["name"] == "Ada"
    headers = receiver.got[0][0]
    assert headers["content-type"] == "application/json"
    assert headers["host"].startswith("127.0.0.1:")


def test_submitted_form_arrives_with_its_answers(account, receiver, freeze):
    _endpoint, secret = add(account, receiver.url, kinds=["form.submitted"])
    row = factories.submission(factories.form(account), email="ada@example.com")
    run_pending(NOW)
    (message,) = messages(receiver, secret)
    assert (message["data"]["id"], message["data"]["contact"]) == (str(row.id), str(row.contact_id))
    assert message["data"]["answers"]["email"] == "ada@example.com"


def test_filter_lets_only_its_kinds_through(account, calendar, receiver, freeze):
    _endpoint, secret = add(account, receiver.url, kinds=["one_time_link.deleted"])
    link = issue(calendar)
    links.revoke(account=account, link_id=link.id, actor=SYSTEM, now=NOW)
    run_pending(NOW)
    assert [message["type"] for message in messages(receiver, secret)] == ["one_time_link.deleted"]


def test_event_without_an_interested_endpoint_costs_one_statement(account, calendar, django_assert_num_queries):
    add(account, "https://example.com/hook", kinds=["booking.created"])
    issue(calendar)
    event = Event.objects.get(kind="one_time_link.created")
    with django_assert_num_queries(1):
        handlers_of(event.kind)["webhooks"](event, NOW)
    assert Delivery.objects.count() == 0


def test_statements_for_an_interested_endpoint_do_not_grow_with_endpoints(account, calendar):
    issue(calendar)
    event, counts = Event.objects.get(kind="one_time_link.created"), []
    for _ in range(3):
        add(account, "https://example.com/hook")
        Delivery.objects.all().delete()
        with CaptureQueriesContext(connection) as seen:
            handlers_of(event.kind)["webhooks"](event, NOW)
        counts.append(len(seen))
    assert counts == [5, 5, 5]  # endpoints, link, its bookings, deliveries, jobs


def test_failures_are_tried_again_with_growing_waits_and_the_same_id(account, calendar, receiver, freeze):
    _endpoint, secret = add(account, receiver.url)
    receiver.answers = [500, 503]
    issue(calendar)
    run_pending(NOW)
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts, delivery.response_status) == ("queued", 1, 500)
    assert (delivery.response_body, delivery.next_attempt_at - NOW) == ("thanks", timedelta(seconds=5))
    for wait in (5, 305):
        freeze.move_to(NOW + timedelta(seconds=wait))
        run_pending(NOW + timedelta(seconds=wait))
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.response_status) == ("delivered", 3, 200)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert Endpoint.objects.get().failing_since is None
    Webhook(secret).verify(receiver.got[-1][1], receiver.got[-1][0])


def test_three_days_of_failure_pause_the_endpoint_and_tell_the_owner_once(account, calendar, receiver, freeze):
    owner = factories.owner(account)
    endpoint, _secret = add(account, receiver.url)
    receiver.answers = [500] * 50
    issue(calendar)
    at = NOW
    for _ in range(20):
        run_pending(at)
        delivery = Delivery.objects.get()
        if delivery.next_attempt_at is None:
            break
        at = delivery.next_attempt_at
        freeze.move_to(at)
    run_pending(at)
    endpoint.refresh_from_db()
    assert (delivery.status, delivery.attempts, at - NOW > 3 * DAY) == ("failed", 10, True)
    assert (endpoint.active, endpoint.paused_by) == (False, "failing")
    assert list(Message.objects.values_list("kind", "to")) == [("webhook.paused", owner.email)]
    issue(calendar)
    run_pending(at)
    assert Delivery.objects.count() == 1


def test_gone_pauses_at_once(account, calendar, receiver, freeze):
    endpoint, _secret = add(account, receiver.url)
    receiver.answers = [410]
    issue(calendar)
    run_pending(NOW)
    endpoint.refresh_from_db()
    assert (endpoint.paused_by, Delivery.objects.get().status) == ("gone", "failed")


def test_redirect_is_not_followed(account, calendar, receiver, freeze):
    add(account, receiver.url)
    receiver.answers = [302]
    issue(calendar)
    run_pending(NOW)
    assert (Delivery.objects.get().response_status, len(receiver.got)) == (302, 1)


def test_rotation_signs_with_both_secrets_until_the_overlap_ends(account, calendar, receiver, freeze):
    endpoint, old = add(account, receiver.url)
    _endpoint, new = services.rotate_secret(account=account, endpoint_id=endpoint.id, actor=SYSTEM, now=NOW)
    issue(calendar)
    run_pending(NOW)
    assert len(messages(receiver, old)) == len(messages(receiver, new)) == 1
    freeze.move_to(NOW + DAY)
    issue(calendar)
    run_pending(NOW + DAY)
    headers, body = receiver.got[-1]
    Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)


def test_replay_sends_the_same_body_with_the_same_id(account, calendar, receiver, freeze):
    add(account, receiver.url)
    issue(calendar)
    run_pending(NOW)
    services.replay(account=account, delivery_id=Delivery.objects.get().id, now=NOW)
    run_pending(NOW)
    (first, body), (second, again) = receiver.got
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    assert Delivery.objects.get().status == "delivered"


def test_replay_of_a_waiting_message_leaves_one_chain_of_attempts(account, calendar, receiver, freeze):
    add(account, receiver.url)
    receiver.answers = [500]
    issue(calendar)
    run_pending(NOW)
    services.replay(account=account, delivery_id=Delivery.objects.get().id, now=NOW)
    run_pending(NOW)
    freeze.move_to(NOW + DAY)
    run_pending(NOW + DAY)
    assert len(receiver.got) == 2


def test_test_message_reaches_a_paused_endpoint_and_is_tried_once(account, receiver, freeze):
    endpoint, secret = add(account, receiver.url)
    services.update_endpoint(account=account, endpoint_id=endpoint.id, actor=SYSTEM, now=NOW, active=False)
    receiver.answers = [500]
    services.send_test(account=account, endpoint_id=endpoint.id, now=NOW)
    run_pending(NOW)
    run_pending(NOW + 4 * DAY)
    assert [message["type"] for message in messages(receiver, secret)] == ["webhook.test"]
    assert (Delivery.objects.get().status, Endpoint.objects.get().failing_since) == ("failed", None)


def test_pausing_fails_what_waits(account, calendar, receiver, freeze):
    endpoint, _secret = add(account, receiver.url)
    receiver.answers = [500]
    issue(calendar)
    run_pending(NOW)
    services.update_endpoint(account=account, endpoint_id=endpoint.id, actor=SYSTEM, now=NOW, active=False)
    run_pending(NOW + DAY)
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.error, len(receiver.got)) == ("failed", "The endpoint was paused.", 1)


def test_address_that_became_private_is_not_asked(account, calendar, receiver, settings, freeze):
    add(account, receiver.url)
    issue(calendar)
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)
    run_pending(NOW)
    assert (Delivery.objects.get().error, receiver.got) == ("That address lies in a private network.", [])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://localhost/hook",
        "https://169.254.169.254/latest",
        "https://user:secret@example.com/",
        "ftp://example.com/",
        "nothing",
        "https://" + "x" * 1000 + ".example.com",
    ],
)
def test_address_that_is_not_public_https_is_refused(account, settings, url):
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)
    with pytest.raises(Problem) as caught:
        add(account, url)
    assert (caught.value.code, list(caught.value.fields)) == ("invalid", ["url"])


def test_dead_job_leaves_a_failed_message(account, calendar, receiver):
    add(account, receiver.url)
    issue(calendar)
    run_pending(NOW, limit=1)
    delivery = Delivery.objects.get()
    job = tasks.DeadJob(1, tasks.deliver.name, {"delivery_id": str(delivery.id), "round": 0}, None, 9, "lost")
    tasks.give_up(job)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.error) == ("failed", "lost")


def test_purge_forgets_messages_after_30_days(account, calendar):
    add(account, "https://example.com/hook")
    issue(calendar)
    run_pending(NOW, limit=1)
    tasks.purge.func(now=NOW + 29 * DAY)
    assert Delivery.objects.count() == 1
    tasks.purge.func(now=NOW + 31 * DAY)
    assert Delivery.objects.count() == 0


def test_stored_body_is_what_was_true_then(account, calendar):
    add(account, "https://example.com/hook")
    link = issue(calendar, label="first")
    run_pending(NOW, limit=1)
    links.update(account=account, link_id=link.id, actor=SYSTEM, now=NOW, label="second")
    assert json.loads(Delivery.objects.get().body)["data"]["label"] == "first"
