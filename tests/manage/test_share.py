"""The Share dialog: four tabs, minting and copying, the address, the embed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.factories import NOW
from tests.manage.test_links import START, member, use

from admitone.accounts.addresses import one_time_url, permanent_url, scheduling_url
from admitone.accounts.models import Account, User
from admitone.calendars.models import Calendar
from admitone.events.models import Event
from admitone.links.models import OneTimeLink
from admitone.links.queries import tail

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic", timezone="Europe/Berlin")


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, name="First visit", slug="first-visit")


@pytest.fixture(autouse=True)
def owner(client: Client, account: Account, freeze: Any) -> User:
    user = factories.owner(account, name="Ada Lovelace")
    client.force_login(user)
    return user


@pytest.fixture
def path(calendar: Calendar) -> str:
    return f"/app/clinic/calendars/{calendar.id}/share/"


def mint(client: Client, path: str, **fields: Any) -> Any:
    return client.post(f"{path}link/", fields, HTTP_ACCEPT="application/json")


def test_the_dialog_shows_all_four_ways_and_mints_nothing(client: Client, calendar: Calendar, path: str) -> None:
    text = client.get(path).content.decode()
    assert scheduling_url("clinic", "first-visit") in text
    assert permanent_url(calendar.id) in text
    assert "Nothing is made before you press the button." in text
    assert "data:image/svg+xml" in text
    for mode in ("inline", "popup", "float"):
        assert f"data-mode=&quot;{mode}&quot;" in text
    assert (OneTimeLink.objects.count(), "data-minted" in text) == (0, False)


@pytest.mark.parametrize(("tab", "shown"), [("embed", "embed"), ("", "scheduling"), ("nonsense", "scheduling")])
def test_a_tab_can_be_linked_to(client: Client, path: str, tab: str, shown: str) -> None:
    text = client.get(path, {"tab": tab}).content.decode()
    assert text.count('aria-current="true">') - text.count('nav__item" aria-current="true"') >= 1
    assert f'data-tab="{shown}" aria-current="true"' in text


def test_htmx_gets_a_dialog_and_a_form_inside_its_body(client: Client, path: str) -> None:
    dialog = client.get(path, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="body").content.decode()
    inside = client.get(path, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="share-body").content.decode()
    assert (dialog.lstrip()[:7], inside.lstrip()[:11]) == ("<dialog", "<div class=")
    assert ("<html" in dialog, "<html" in inside) == (False, False)


def test_copy_mints_once_and_hands_back_the_same_link(client: Client, path: str, owner: User) -> None:
    first, again = mint(client, path).json(), mint(client, path).json()
    link = OneTimeLink.objects.get()
    assert first["url"] == again["url"] == one_time_url(link.id)
    assert (link.created_by_id, link.source_kind) == (owner.id, "by_hand")
    assert list(Event.objects.values_list("kind", flat=True)).count("one_time_link.created") == 1


def test_reopening_shows_my_last_unused_link_with_its_age(client: Client, path: str, freeze: Any) -> None:
    url = mint(client, path).json()["url"]
    freeze.move_to(NOW + timedelta(minutes=5))
    text = client.get(path, {"tab": "one-time"}).content.decode()
    assert f'data-minted="{url}"' in text
    assert "Made 5 minutes ago and not used yet." in text
    assert "1 active link of this calendar" in text
    OneTimeLink.objects.update(opened_at=NOW)
    assert "somebody probably has it" in client.get(path).content.decode()


def test_generate_new_link_keeps_the_old_one_active_and_offers_to_delete_it(client: Client, path: str) -> None:
    old = OneTimeLink.objects.get(id=mint(client, path).json()["id"])
    answer = mint(client, path, replace="1", current=str(old.id)).json()
    new = OneTimeLink.objects.exclude(id=old.id).get()
    assert (answer["url"], new.replaces_id) == (one_time_url(new.id), old.id)
    panel = client.get(answer["panel"], HTTP_HX_REQUEST="true").content.decode()
    assert f"The link before it, …{tail(old)}, stays active until it is used or deleted." in panel
    assert f'hx-post="/app/clinic/links/{old.id}/removal/"' in panel
    notice = client.post(f"/app/clinic/links/{old.id}/removal/", HTTP_HX_REQUEST="true").content.decode()
    assert f"/app/clinic/links/{old.id}/restoration/" in notice
    assert OneTimeLink.objects.get(id=old.id).deleted_at == NOW
    client.post(f"/app/clinic/links/{old.id}/restoration/", HTTP_HX_REQUEST="true")
    assert OneTimeLink.objects.get(id=old.id).deleted_at is None


def test_without_script_minting_leads_to_a_page_that_shows_the_link(client: Client, path: str) -> None:
    page = client.post(f"{path}link/", follow=True).content.decode()
    link = OneTimeLink.objects.get()
    assert f'value="{one_time_url(link.id)}"' in page
    assert "Select the link above and copy it." in page


@pytest.mark.parametrize(
    "fields",
    [
        {"contact": True},
        {"label": "For Mia"},
        {"note": "Dear Mia"},
        {"offered": [[START, START + 30]]},
        {"max_uses": 3},
        {"expires_at": NOW},
        {"deleted_at": NOW},
        {"source_kind": "api"},
        {"created_by": None},
    ],
)
def test_a_link_that_is_for_somebody_or_not_mine_is_not_handed_out_again(
    client: Client, path: str, calendar: Calendar, owner: User, fields: dict[str, Any]
) -> None:
    if fields.get("contact"):
        fields = {"contact": factories.contact(calendar.account)}
    factories.link(calendar, **{"created_by": owner, **fields})
    assert "data-minted" not in client.get(path).content.decode()


def test_a_used_or_mailed_link_is_not_handed_out_again(client: Client, path: str, calendar: Calendar) -> None:
    used = OneTimeLink.objects.get(id=mint(client, path).json()["id"])
    use(used)
    mailed = OneTimeLink.objects.get(id=mint(client, path).json()["id"])
    words = {"to": "mia@example.com", "subject": "Hi", "body": one_time_url(mailed.id)}
    client.post(f"/app/clinic/links/{mailed.id}/send/", words)
    third = mint(client, path).json()["id"]
    assert len({str(used.id), str(mailed.id), third}) == 3


def test_terms_in_the_dialog_make_a_link_of_their_own(client: Client, path: str) -> None:
    plain = mint(client, path).json()["id"]
    fields = {"email": "mia@example.com", "contact_policy": "verify", "expires_in": "3", "note": "Hello"}
    answer = mint(client, path, **fields, offered=[f"{START}-{START + 30}"]).json()
    link = OneTimeLink.objects.get(id=answer["id"])
    assert answer["id"] != plain
    assert (link.contact.email, link.contact_policy, link.offered) == (
        "mia@example.com",
        "verify",
        [[START, START + 30]],
    )
    assert link.expires_at == NOW + timedelta(days=3)
    assert mint(client, path).json()["id"] == plain


def test_bad_terms_are_refused_in_words(client: Client, path: str) -> None:
    answer = mint(client, path, email="nonsense")
    assert (answer.status_code, answer.json()["fields"]) == (
        422,
        {"email": "Enter an email address like name@example.com."},
    )
    page = client.post(f"{path}link/", {"email": "nonsense"})
    assert (page.status_code, "Enter an email address like" in page.content.decode()) == (422, True)
    assert mint(client, path, max_uses="many").status_code == 422
    assert OneTimeLink.objects.count() == 0


def test_a_calendar_for_one_time_links_says_that_the_others_answer_like_unknown(
    client: Client, account: Account
) -> None:
    calendar = factories.calendar(account, access="one_time", slug="quiet")
    text = client.get(f"/app/clinic/calendars/{calendar.id}/share/").content.decode()
    assert 'data-tab="one-time" aria-current="true"' in text
    assert text.count("This calendar takes bookings by one-time link only") == 3
    assert (scheduling_url("clinic", "quiet") in text, "data-mode" in text) == (False, False)
    assert client.get(f"/app/clinic/calendars/{calendar.id}/share/preview/inline/").status_code == 404


def test_a_new_address_is_told_and_the_old_one_redirects(client: Client, path: str, calendar: Calendar) -> None:
    assert client.post(f"{path}slug/", {"slug": "hello"}).url == f"{path}?tab=scheduling"
    text = client.get(path).content.decode()
    assert scheduling_url("clinic", "hello") in text
    assert '<code dir="ltr">first-visit</code>' in text
    assert client.get("/clinic/first-visit")["Location"] == "/clinic/hello"
    factories.calendar(calendar.account, slug="taken")
    for bad in ("taken", "Not A Slug!", ""):
        refused = client.post(f"{path}slug/", {"slug": bad})
        assert (refused.status_code, 'id="share-slug-error"' in refused.content.decode()) == (422, True)


def test_sites_are_saved_or_refused_in_words(client: Client, path: str, calendar: Calendar) -> None:
    client.post(f"{path}sites/", {"embed_origins": "https://www.example.com\nhttps://example.org"})
    calendar.refresh_from_db()
    assert calendar.embed_origins == ["https://www.example.com", "https://example.org"]
    refused = client.post(f"{path}sites/", {"embed_origins": "javascript:alert(1)"})
    assert (refused.status_code, 'id="share-sites-error"' in refused.content.decode()) == (422, True)


def test_the_preview_may_be_framed_by_us_and_may_frame_the_calendar(client: Client, path: str) -> None:
    preview = client.get(f"{path}preview/popup/")
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert 'data-mode="popup"' in preview.content.decode()
    framed = client.get("/clinic/first-visit", {"embed": "1", "origin": "http://testserver"})
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    other = client.get("/clinic/first-visit", {"embed": "1", "origin": "https://evil.example"})
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]


def test_a_private_address_is_pointed_out(client: Client, path: str, settings: Any) -> None:
    words = "Only this computer can open this link"
    settings.BASE_URL = "http://192.168.1.20:8000"
    made = mint(client, path).json()["id"]
    pages = (path, "/app/clinic/links/", f"/app/clinic/links/{made}/", f"/app/clinic/links/{made}/send/")
    assert [words in client.get(page).content.decode() for page in pages] == [True] * 4
    settings.BASE_URL = "https://book.example.com"
    assert [words in client.get(page).content.decode() for page in pages] == [False] * 4


@pytest.mark.parametrize(("level", "mints", "manages"), [("view", 403, 403), ("book", 200, 403), ("manage", 200, 302)])
def test_a_member_shares_by_their_level(
    account: Account, calendar: Calendar, path: str, level: str, mints: int, manages: int
) -> None:
    client = member(account, calendar, level)
    assert client.get(path).status_code == 200
    assert mint(client, path).status_code == mints
    assert client.post(f"{path}slug/", {"slug": "mine"}).status_code == manages


def test_another_accounts_calendar_is_404(client: Client, account: Account) -> None:
    foreign = factories.calendar(factories.account())
    link = factories.link(foreign)
    base = f"/app/clinic/calendars/{foreign.id}/"
    for rest in ("share/", "links/", "share/preview/inline/", f"share/link/{link.id}/"):
        assert client.get(f"{base}{rest}").status_code == 404
    for rest in ("share/link/", "share/slug/", "share/sites/"):
        assert client.post(f"{base}{rest}", {"slug": "x"}).status_code == 404
    mine = factories.calendar(account)
    assert client.get(f"/app/clinic/calendars/{mine.id}/share/link/{link.id}/").status_code == 404
    other = factories.link(factories.calendar(account))
    assert client.get(f"/app/clinic/calendars/{mine.id}/share/link/{other.id}/").status_code == 404


def test_the_same_share_button_stands_in_the_header_and_in_the_lists_menu(
    client: Client, calendar: Calendar, path: str
) -> None:
    for page in ("/app/clinic/calendars/", f"/app/clinic/calendars/{calendar.id}/"):
        assert f'href="{path}" hx-get="{path}"' in client.get(page).content.decode()
