"""P3: a GET or HEAD of any public address changes no row of any table and starts no session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern
from tests import factories
from tests.contract.world import feed_of, waiting_of
from tests.public.conftest import DETAILS, Practice, Submit, manage_path, minute

from admitone.accounts.keyring import keyring
from admitone.calendars.previews import pass_for
from admitone.events import SYSTEM
from admitone.links.services import issue
from admitone.public import urls

#: Every route has an address here; a new route without one fails the test.
SAMPLES = {
    "robots": "/robots.txt",
    "favicon": "/favicon.ico",
    "embed": "/embed.js",
    "brand": "/brand/13366990a.css",
    "logo": "/logo/00000000-0000-4000-8000-000000000000",
}


def addresses(practice: Practice, submit: Submit) -> dict[str, list[str]]:
    active = practice.path(contact=practice.contact())
    gone = practice.path(offered=[(minute("2026-11-03 09:00"), minute("2026-11-03 09:30"))])
    booking = practice.booking("2026-11-03 09:00")
    used, manage = practice.path(), manage_path(booking)
    submit(used, start=minute("2026-11-04 09:00"), **DETAILS)
    expired = practice.path(at=practice.now - timedelta(days=3), expires_at=practice.now - timedelta(days=1))
    later = practice.path(not_before=practice.now + timedelta(days=1))
    links = [active, gone, used, expired, later, "/o/unknown", f"{active}?day=2026-11-05&tz=Asia/Tokyo&embed=1"]
    tails = {name: [f"{path}/{name}" for path in links[:6]] for name in ("request", "mine", "code", "opened", "thanks")}
    form = f"/f/{factories.form(practice.account).id}"
    return {
        "form": [form, f"{form}?embed=1", "/f/unknown"],
        "form_thanks": [f"{form}/thanks"],
        **{name: [path] for name, path in SAMPLES.items()},
        "link": links,
        **tails,
        "manage_booking": [manage, f"{manage}?new=1", "/b/unknown"],
        "reschedule": [f"{manage}/reschedule"],
        "cancel": [f"{manage}/cancel"],
        "calendar_file": [f"{manage}/calendar.ics"],
        **classes_and_groups(practice),
        "preview": [f"/preview/{pass_for(practice.calendar.id)}", "/preview/unknown"],
        "feed": [f"/feed/{keyring().sign('f1', feed_of(practice.calendar).id)}.ics", "/feed/unknown.ics"],
        "answer": [f"/a/{keyring().sign('a1', booking.id)}", "/a/unknown"],
        "unsubscribe": [f"/u/{keyring().sign('u1', factories.message(practice.account).id)}", "/u/unknown"],
        "permanent": [f"/c/{practice.calendar.id}", "/c/unknown"],
        "scheduling": [practice.scheduling, f"{practice.scheduling}?month=2026-12", "/nobody/nothing"],
        "without_slash": [f"{path}/" for path in (active, manage, f"/c/{practice.calendar.id}", practice.scheduling)],
    }


def classes_and_groups(practice: Practice) -> dict[str, list[str]]:
    """A full time of a class that keeps a waiting list, by its calendar and by a link; a group and its link."""
    account, now = practice.account, practice.now
    lesson = factories.calendar(account, kind="class", capacity=1, waitlist=True)
    start, link = factories.booking(lesson).start_min, factories.link(lesson)
    entry, group = waiting_of(lesson, factories.contact(account)), factories.group(account)
    token = keyring().sign("o1", issue(account=account, group=group, actor=SYSTEM, now=now).id)
    page = f"/{account.slug}/g/{group.slug}"
    return {
        "wait": [f"/c/{lesson.id}/wait/{start}", f"/c/{lesson.id}/wait/1"],
        "wait_by_link": [f"/o/{keyring().sign('o1', link.id)}/wait/{start}", f"/o/unknown/wait/{start}"],
        "waiting_place": [f"/w/{keyring().sign('w1', entry.id)}", "/w/unknown"],
        "group": [page, f"{page}?embed=1", f"/o/{token}", f"/o/{token}?calendar={group.calendars.first().slug}"],
    }


def dump() -> dict[str, list[Any]]:
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }


def test_get_and_head_of_every_public_address_write_nothing(practice: Practice, submit: Submit) -> None:
    known = addresses(practice, submit)
    routes = {route.name for route in urls.urlpatterns if isinstance(route, URLPattern)}
    assert routes == set(known)
    before = dump()
    client = Client()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        for path in [path for paths in known.values() for path in paths]:
            for method in (client.get, client.head):
                assert method(path).status_code < 500
    assert dump() == before
    written = [query["sql"] for query in seen if not query["sql"].lstrip().upper().startswith(("SELECT", "EXPLAIN"))]
    assert written == []
    assert dict(client.cookies) == {}
