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
from tests.public.conftest import DETAILS, Practice, Submit, manage_path, minute

from admitone.accounts.keyring import keyring
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
        "answer": [f"/a/{keyring().sign('a1', booking.id)}", "/a/unknown"],
        "unsubscribe": [f"/u/{keyring().sign('u1', factories.message(practice.account).id)}", "/u/unknown"],
        "permanent": [f"/c/{practice.calendar.id}", "/c/unknown"],
        "scheduling": [practice.scheduling, f"{practice.scheduling}?month=2026-12", "/nobody/nothing"],
        "without_slash": [f"{path}/" for path in (active, manage, f"/c/{practice.calendar.id}", practice.scheduling)],
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
