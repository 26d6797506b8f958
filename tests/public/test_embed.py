"""In a frame: who may frame the page, what it may say to whom, and booking without any cookie."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.public.conftest import DETAILS, LOCAL, Practice, form_of, manage_path, minute

from admitone.public.pages import allows

TIME = "2026-11-03 09:00"
SITE = "https://lime.example"


def framing(client: Client, path: str) -> str:
    policy = client.get(path)["Content-Security-Policy"]
    return next(part for part in policy.split("; ") if part.startswith("frame-ancestors"))


def test_only_the_owners_sites_may_frame_the_pages(practice: Practice, client: Client) -> None:
    assert framing(client, practice.scheduling) == "frame-ancestors 'none'"
    practice.change(embed_origins=[SITE])
    for path in (practice.scheduling, practice.path(), manage_path(practice.booking())):
        assert framing(client, path) == f"frame-ancestors {SITE}"
    assert framing(client, "/o/unknown") == "frame-ancestors 'none'"


def test_messages_go_to_an_allowed_origin_only(practice: Practice, client: Client) -> None:
    practice.change(embed_origins=[SITE])
    path = f"{practice.scheduling}?embed=1&id=a1&origin="
    allowed = client.get(path + SITE).content.decode()
    assert f'data-embed data-origin="{SITE}" data-id="a1"' in allowed
    for other in ("https://evil.example", "", "null", f"{SITE}.evil.example"):
        assert "data-embed" not in client.get(path + other).content.decode()


def test_frame_settings_are_carried_through_links_and_form(practice: Practice, client: Client) -> None:
    practice.change(embed_origins=[SITE])
    html = client.get(f"{practice.scheduling}?embed=1&id=a1&origin={SITE}&utm_source=site").content.decode()
    carried = "embed=1&amp;origin=https%3A%2F%2Flime.example&amp;id=a1&amp;utm_source=site"
    assert f'href="?day=2026-11-03&amp;{carried}"' in html
    assert f'action="{practice.scheduling}?{carried}"' in html


def test_booking_in_a_frame_needs_no_cookie(practice: Practice, client: Client) -> None:
    practice.change(embed_origins=[SITE])
    path = f"{practice.path()}?embed=1&id=a1&origin={SITE}"
    fields = {**form_of(Client().get(path).content.decode()), "start": minute(TIME), **DETAILS}
    first, again = (Client().post(path, fields, **LOCAL) for _ in range(2))
    assert (first.status_code, first["Location"]) == (303, again["Location"])
    html = Client().get(first["Location"]).content.decode()
    assert 'data-event="booking.created"' in html


def test_dead_link_tells_the_page_around_it(practice: Practice, client: Client) -> None:
    practice.change(embed_origins=[SITE])
    path = practice.path()
    client.post(path, {**form_of(client.get(path).content.decode()), "start": minute(TIME), **DETAILS}, **LOCAL)
    html = Client().get(f"{path}?embed=1&id=a1&origin={SITE}").content.decode()
    assert 'data-event="link.unavailable"' in html


@pytest.mark.parametrize(
    ("pattern", "origin", "wanted"),
    [
        (SITE, SITE, True),
        (SITE, "http://lime.example", False),
        (SITE, "https://lime.example:8443", False),
        ("https://*.lime.example", "https://www.lime.example", True),
        ("https://*.lime.example", "https://lime.example", False),
        ("https://*.lime.example", "https://evillime.example", False),
        ("https://*.lime.example", "https://evil.example/x.lime.example", False),
    ],
)
def test_origin_is_matched_exactly(pattern: str, origin: str, wanted: bool) -> None:
    assert allows(pattern, origin) is wanted


def test_small_files_are_served(client: Client) -> None:
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
    assert client.get("/favicon.ico")["Content-Type"] == "image/svg+xml"
    assert client.get("/brand/1336699" + "0a.css").content.startswith(b":root{--radius:10px;--brand:#336699")
    assert [client.get(path).status_code for path in ("/brand/x.css", "/brand/1zzzzzz0a.css")] == [404, 404]
