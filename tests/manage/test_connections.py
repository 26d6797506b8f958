"""Connected calendars on the signed-in pages: signing in, choosing, reading, disconnecting, and who may do which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from tests import factories
from tests.google_calendar import GoogleCalendar
from tests.integrations.conftest import registered
from tests.integrations.test_caldav import event
from tests.oauth_server import CLIENT, SECRET
from tests.radicale_server import PASSWORD, USER, Radicale

from admitone.accounts.models import Account, User
from admitone.calendars.models import BusySource, Host
from admitone.integrations.models import CalendarConnection

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/connections/"


@pytest.fixture
def account() -> Account:
    return factories.account(slug="north-clinic", name="North Clinic")


@pytest.fixture
def bea(account: Account) -> User:
    return factories.member(account, name="Bea Member")


@pytest.fixture
def host(account: Account, bea: User) -> Host:
    host = Host.objects.create(agency=account.agency, user=bea, name="Bea Member", created_at=factories.NOW)
    factories.calendar(account, host=host)
    return host


@pytest.fixture
def radicale() -> Iterator[Radicale]:
    with Radicale() as server:
        server.calendar("Work"), server.calendar("Home")
        yield server


@pytest.fixture
def google(settings: Any) -> Iterator[GoogleCalendar]:
    with GoogleCalendar() as server:
        registered(settings, google_url=server.url, google_client_id=CLIENT, google_client_secret=SECRET)
        yield server


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


@pytest.fixture
def web(bea: User, host: Host) -> Client:
    return signed_in(bea)


def connect(web: Client, host: Host, radicale: Radicale, **values: str) -> Any:
    given = {"host": str(host.id), "url": radicale.url, "user": USER, "password": PASSWORD, **values}
    return web.post(f"{PATH}caldav/", given)


def ids(row: CalendarConnection) -> dict[str, str]:
    return {one.name: str(one.id) for one in row.calendars.all()}


def test_a_member_connects_chooses_reads_and_disconnects(web: Client, host: Host, radicale: Radicale) -> None:
    assert "No connected calendars yet" in web.get(PATH).content.decode()
    answer = connect(web, host, radicale, name="Private")
    row = CalendarConnection.objects.get()
    page = f"{PATH}{row.id}/"
    assert (answer.status_code, answer["Location"], row.name) == (302, page, "Private")
    fresh = web.get(page).content.decode()
    assert (fresh.count("checked"), PASSWORD in fresh) == (3, False)
    chosen = web.post(page, {"blocks": [ids(row)["Work"]], "write_to": ids(row)["Home"]})
    assert chosen.status_code == 302
    assert "Working" in web.get(PATH).content.decode()
    source = BusySource.objects.get()
    assert (source.name, source.fetched_at is None) == ("Work", False)
    assert web.post(f"{page}reading/").status_code == 302
    assert "Disconnect" in web.get(f"{page}removal/").content.decode()
    assert web.post(f"{page}removal/", {"remove_entries": "on"})["Location"] == PATH
    assert (CalendarConnection.objects.count(), BusySource.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"password": "wrong"}, "The user name or the password is not accepted."),
        ({"url": "https://nowhere.invalid/"}, "There is no server of that name."),
        ({"url": "http://a b"}, "without blanks"),
        ({"user": ""}, "This field is required."),
    ],
)
def test_what_the_server_refuses_is_said_in_the_form(web, host, radicale, values, words) -> None:
    answer = connect(web, host, radicale, **values)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert PASSWORD not in answer.content.decode()


def test_an_unreadable_calendar_is_said_and_signing_in_again_mends_it(web, host, radicale) -> None:
    connect(web, host, radicale)
    row = CalendarConnection.objects.get()
    page = f"{PATH}{row.id}/"
    web.post(page, {"blocks": list(ids(row).values()), "write_to": ""})
    (radicale.folder / "users").write_text(f"{USER}:other\n")
    web.post(f"{page}reading/")
    shown = web.get(page).content.decode()
    assert ("The user name or the password is not accepted." in shown, "cannot be booked" in shown) == (True, True)
    assert web.post(f"{page}password/", {"password": "bad"}).status_code == 422
    assert web.post(f"{page}password/", {"password": "other"}).status_code == 302
    web.post(f"{page}reading/")
    assert "Not working" not in web.get(page).content.decode()


@pytest.mark.parametrize("key", ["icloud", "fastmail", "nextcloud", "mailbox", "nonsense"])
def test_known_servers_fill_in_their_address(web: Client, key: str) -> None:
    page = web.get(f"{PATH}caldav/?preset={key}").content.decode()
    assert ('value="https://' in page) == (key != "nonsense")


def test_members_have_their_own_connections_and_admins_all(web, account, host, radicale) -> None:
    connect(web, host, radicale)
    row = CalendarConnection.objects.get()
    other = signed_in(factories.member(account))
    for path in ("", "reading/", "password/", "removal/"):
        assert other.post(f"{PATH}{row.id}/{path}", {"password": "x"}).status_code == 404
    assert "Nobody whose calendar" in other.get(PATH).content.decode()
    boss = signed_in(factories.owner(account))
    assert row.name in boss.get(PATH).content.decode()
    assert connect(other, host, radicale).status_code == 422


def follow(web: Client, url: str) -> Any:
    """Sign in at the stand-in and come back."""
    back = urlsplit(httpx.get(url).headers["Location"])
    return web.get(f"{back.path}?{back.query}"), back


def test_a_sign_in_at_google_connects(web: Client, host: Host, google: GoogleCalendar) -> None:
    page = web.get(PATH)
    assert ("Connect Google" in page.content.decode(), google.url in page["Content-Security-Policy"]) == (True, True)
    away = web.post(f"{PATH}sign-in/google/", {"host": str(host.id)})
    assert away["Location"].startswith(f"{google.url}/o/oauth2/v2/auth?")
    answer, back = follow(web, away["Location"])
    row = CalendarConnection.objects.get()
    assert (answer["Location"], row.login, row.kind) == (f"{PATH}{row.id}/", "ada@gmail.example", "google")
    assert web.get(f"{back.path}?{back.query}").status_code == 404
    web.post(f"{PATH}{row.id}/", {"blocks": list(ids(row).values()), "write_to": ""})
    assert BusySource.objects.exclude(fetched_at=None).count() == 2


def test_only_the_session_that_went_there_may_come_back(web, account, host, google) -> None:
    away = web.post(f"{PATH}sign-in/google/", {"host": str(host.id)})["Location"]
    back = urlsplit(httpx.get(away).headers["Location"])
    other = signed_in(factories.owner(account))
    for browser, query in ((other, back.query), (web, back.query.replace("state=", "state=x"))):
        assert browser.get(f"{back.path}?{query}").status_code == 404
    assert web.get(f"/app/me/connections/callback/microsoft/?{back.query}").status_code == 404
    assert CalendarConnection.objects.count() == 0


def test_a_refused_sign_in_says_so(web, host, google) -> None:
    away = web.post(f"{PATH}sign-in/google/", {"host": str(host.id)})["Location"]
    state = parse_qs(urlsplit(away).query)["state"][0]
    answer = web.get(f"/app/me/connections/callback/google/?state={state}&error=access_denied", follow=True)
    assert "The sign-in was not completed." in answer.content.decode()


def test_providers_that_are_not_set_up_are_not_offered(web, host) -> None:
    assert "Connect Google" not in web.get(PATH).content.decode()
    assert web.post(f"{PATH}sign-in/google/", {"host": str(host.id)}).status_code == 404


def test_a_calendar_that_cannot_be_read_is_a_warning_on_the_first_page(web, account, host, radicale) -> None:
    place = "/".join([radicale.url, USER, "work", ""])
    radicale.put(place, "x", event("DTSTART:20261103T110000Z", "DTEND:20261103T120000Z"))
    connect(web, host, radicale)
    row = CalendarConnection.objects.get()
    web.post(f"{PATH}{row.id}/", {"blocks": [ids(row)["Work"]], "write_to": ""})
    BusySource.objects.update(error="It could not be read in time.")
    CalendarConnection.objects.update(error="No room.", alerted_at=factories.NOW)
    for who in (web, signed_in(factories.owner(account))):
        page = who.get("/app/north-clinic/").content.decode()
        assert ["Work of Bea Member cannot be read" in page, "No room." in page, f"{PATH}{row.id}/" in page] == [
            True
        ] * 3
    other = signed_in(factories.member(account)).get("/app/north-clinic/").content.decode()
    assert ["cannot be read" in other, "No room." in other] == [False, False]
