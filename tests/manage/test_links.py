"""The lists of one-time links: what they show, find, count, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.factories import NOW

from admitone.accounts.addresses import one_time_url
from admitone.accounts.models import Account, User
from admitone.calendars.models import Calendar, CalendarAccess
from admitone.links import services
from admitone.links.queries import tail
from admitone.logic.clock import to_min_floor

pytestmark = pytest.mark.django_db
PATH = "/app/clinic/links/"
START = to_min_floor(NOW) + 24 * 60


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic", timezone="Europe/Berlin")


@pytest.fixture(autouse=True)
def owner(client: Client, account: Account, freeze: Any) -> User:
    user = factories.owner(account, name="Ada Lovelace")
    client.force_login(user)
    return user


def member(account: Account, calendar: Calendar, level: str) -> Client:
    user = factories.member(account)
    CalendarAccess.objects.create(calendar=calendar, user=user, level=level)
    client = Client()
    client.force_login(user)
    return client


def four(calendar: Calendar) -> dict[str, Any]:
    """One link of each status."""
    links = {
        "active": factories.link(calendar, label="For Mia"),
        "used": factories.link(calendar, label="For Noah"),
        "deleted": factories.link(calendar, label="Withdrawn", deleted_at=NOW),
        "expired": factories.link(calendar, label="Too late", expires_at=NOW - timedelta(hours=1)),
    }
    use(links["used"])
    return links


def use(link: Any) -> Any:
    token = one_time_url(link.id).rsplit("/", 1)[1]
    guest = {"name": "Noah Sommer", "email": "noah@example.com", "timezone": "Europe/Berlin"}
    return services.redeem(token=token, start=START, guest=guest, now=NOW)


def body(client: Client, path: str, **query: str) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def labels(text: str) -> list[str]:
    return re.findall(r'class="table__sub">(For Mia|For Noah|Withdrawn|Too late)<', text)


def test_list_shows_every_status_with_counts_and_the_booking_of_a_used_link(client: Client, calendar: Calendar) -> None:
    links = four(calendar)
    text = body(client, PATH)
    counts = re.findall(r">(All|Active|Used|Deleted|Expired) <span class=\"segments__count\">(\d+)<", text)
    assert counts == [("All", "4"), ("Active", "1"), ("Used", "1"), ("Deleted", "1"), ("Expired", "1")]
    assert sorted(labels(text)) == ["For Mia", "For Noah", "Too late", "Withdrawn"]
    assert f"…{tail(links['active'])}" in text
    assert text.count("/app/clinic/bookings/") - text.count('href="/app/clinic/bookings/"') == 1
    assert "Noah Sommer" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "active"}, ["For Mia"]),
        ({"status": "used"}, ["For Noah"]),
        ({"status": "deleted"}, ["Withdrawn"]),
        ({"status": "expired"}, ["Too late"]),
        ({"q": "withdr"}, ["Withdrawn"]),
        ({"source": "api"}, []),
        ({"status": "nonsense", "sort": "label"}, ["For Mia", "For Noah", "Too late", "Withdrawn"]),
        ({"sort": "-label"}, ["Withdrawn", "Too late", "For Noah", "For Mia"]),
        ({"calendar": "not-an-id", "q": "\x00", "page": "99", "sort": "label", "status": "used"}, ["For Noah"]),
    ],
)
def test_filters_of_the_address_choose_the_rows(
    client: Client, calendar: Calendar, query: dict[str, str], found: list[str]
) -> None:
    four(calendar)
    assert labels(body(client, PATH, **query)) == found


def test_search_finds_a_contact_and_the_last_characters(client: Client, calendar: Calendar) -> None:
    mia = factories.link(
        calendar, contact=factories.contact(calendar.account, name="Mia Winter", email="mia@a.example")
    )
    other = factories.link(calendar)
    for text in ("winter", "MIA@a.example", tail(mia)):
        page = body(client, PATH, q=text)
        assert (f"…{tail(mia)}<" in page, f"…{tail(other)}<" in page) == (True, False)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("active", "This link works. It has not been used."),
        ("used", "it was used on Mon, 2 Nov 2026, 10:00 (Berlin time)."),
        ("deleted", "it was deleted on Mon, 2 Nov 2026, 10:00 (Berlin time)."),
        ("expired", "it expired on Mon, 2 Nov 2026, 09:00 (Berlin time)."),
    ],
)
def test_a_pasted_link_is_answered_in_one_sentence_in_the_accounts_zone(
    client: Client, calendar: Calendar, status: str, sentence: str
) -> None:
    text = body(client, PATH, q=one_time_url(four(calendar)[status].id) + "?utm_source=mail")
    assert sentence in text
    assert ("Send a new link" in text.split('role="status"')[1].split("</form>")[0]) == (status != "active")


def test_a_pasted_link_of_another_account_is_unknown(client: Client, calendar: Calendar) -> None:
    other = factories.link(factories.calendar(factories.account()))
    text = body(client, PATH, q=one_time_url(other.id))
    assert "This is not a one-time link of this sub-account" in text
    assert str(other.id) not in text


def test_a_calendars_own_list_leaves_other_calendars_out(client: Client, account: Account, calendar: Calendar) -> None:
    mine, other = factories.link(calendar), factories.link(factories.calendar(account))
    text = body(client, f"/app/clinic/calendars/{calendar.id}/links/")
    assert (f"…{tail(mine)}" in text, f"…{tail(other)}" in text) == (True, False)
    assert f"/app/clinic/links/new/?calendar={calendar.id}" in text


def test_an_empty_list_offers_to_create_a_link(client: Client, calendar: Calendar) -> None:
    assert "No one-time links yet" in body(client, PATH)
    assert "No link matches" in body(client, PATH, q="nobody")


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_statements_for_one_row_and_three(client: Client, calendar: Calendar, count: int) -> None:
    for n in range(count):
        factories.link(calendar, contact=factories.contact(calendar.account), created_by=factories.user(name=f"N{n}"))
    body(client, PATH)
    with CaptureQueriesContext(connection) as queries:
        body(client, PATH)
    assert len(queries) == LIST_STATEMENTS, [query["sql"][:150] for query in queries]


#: session, user, role, count of the page, rows, their bookings, counts by status, calendars, groups; of the shell: accounts
#: to switch to, agency, mail settings
LIST_STATEMENTS = 12


def test_a_member_sees_only_links_of_calendars_granted_to_them(account: Account, calendar: Calendar) -> None:
    mine, other = factories.link(calendar), factories.link(factories.calendar(account))
    viewer = member(account, calendar, "view")
    text = body(viewer, PATH)
    assert (f"…{tail(mine)}" in text, f"…{tail(other)}" in text, "Create link" in text) == (True, False, False)
    assert viewer.get(f"{PATH}{mine.id}/").status_code == 200
    assert viewer.get(f"{PATH}{other.id}/").status_code == 404
    assert "This is not a one-time link" in body(viewer, PATH, q=one_time_url(other.id))


@pytest.mark.parametrize(
    ("level", "statuses"),
    [
        ("view", {"send/": 403, "edit/": 403, "removal/": 403, "extension/": 403, "reissue/": 403}),
        ("book", {"send/": 422, "edit/": 403, "removal/": 403, "extension/": 403, "reissue/": 302}),
        ("manage", {"send/": 422, "edit/": 422, "removal/": 302, "extension/": 302, "reissue/": 302}),
    ],
)
def test_what_a_member_may_do_follows_their_level(
    account: Account, calendar: Calendar, level: str, statuses: dict[str, int]
) -> None:
    client = member(account, calendar, level)
    answers = {}
    for action in statuses:
        link = factories.link(calendar, expires_at=NOW + timedelta(days=1))
        answers[action] = client.post(f"{PATH}{link.id}/{action}", {"days": "1", "max_uses": "none"}).status_code
    assert answers == statuses


@pytest.mark.parametrize("action", ["", "edit/", "send/", "removal/", "restoration/", "extension/", "reissue/"])
def test_another_accounts_link_is_404(client: Client, calendar: Calendar, action: str) -> None:
    other = factories.link(factories.calendar(factories.account()))
    answers = {method(f"{PATH}{other.id}/{action}").status_code for method in (client.get, client.post)}
    assert answers - {405} == {404}
    other.refresh_from_db()
    assert (other.deleted_at, other.expires_at) == (None, None)


def test_csv_is_streamed_whole_with_neutralised_cells(client: Client, calendar: Calendar) -> None:
    for label in ("=1+1", "+49", "-2", "@sum", "\tx", "plain, with comma"):
        factories.link(calendar, label=label)
    contact = factories.contact(calendar.account, name='=HYPERLINK("http://x")')
    factories.link(calendar, label="bound", contact=contact)
    response = client.get(f"{PATH}export.csv", {"sort": "label"})
    assert response.streaming
    assert response["Content-Disposition"] == 'attachment; filename="one-time-links-2026-11-02.csv"'
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    for cell in ("'=1+1", "'+49", "'-2", "'@sum", "'\tx", '"plain, with comma"', '"\'=HYPERLINK(""http://x"")"'):
        assert f",{cell}," in text, cell
    assert len(text.strip().splitlines()) == 8


def test_csv_follows_the_filters_and_a_members_calendars(account: Account, calendar: Calendar) -> None:
    factories.link(calendar, label="seen")
    factories.link(calendar, label="gone", deleted_at=NOW)
    factories.link(factories.calendar(account), label="foreign")
    response = member(account, calendar, "view").get(f"{PATH}export.csv", {"status": "active"})
    text = b"".join(response.streaming_content).decode()
    assert ("seen" in text, "gone" in text, "foreign" in text) == (True, False, False)


def test_csv_holds_working_links_only_for_whoever_may_send_them(account: Account, calendar: Calendar) -> None:
    factories.link(calendar, label="seen")
    files = [member(account, calendar, level).get(f"{PATH}export.csv") for level in ("view", "book")]
    assert [b"/o/" in b"".join(one.streaming_content) for one in files] == [False, True]
