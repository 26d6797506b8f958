"""Home, switching and the frame around every signed-in page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account, AgencyAdmin, User
from admitone.events.models import Event
from admitone.manage.home.checklist import checklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account(slug="north-clinic", name="North Clinic")


@pytest.fixture
def owner(client: Client, account: Account) -> User:
    user = factories.owner(account)
    client.force_login(user)
    return user


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_home_signed_out_leads_to_the_sign_in(client: Client, account: Account) -> None:
    factories.user()
    response = client.get("/app/north-clinic/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/app/north-clinic/")


def test_front_door_leads_to_the_sign_in_or_inside(client: Client, account: Account) -> None:
    user = factories.owner(account)
    assert client.get("/").url == "/accounts/login/"
    client.force_login(user)
    assert client.get("/").url == "/app/"
    assert client.get("/app/").url == "/app/north-clinic/"


@pytest.mark.parametrize(
    "path",
    ["", "settings/", "settings/general/", "settings/team/", "settings/api-keys/", "nothing/here/"],
)
def test_foreign_account_answers_like_an_unknown_one(client: Client, owner: User, path: str) -> None:
    factories.account(slug="south-clinic")
    foreign, unknown = client.get(f"/app/south-clinic/{path}"), client.get(f"/app/no-such-clinic/{path}")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.content == unknown.content


def test_home_lists_todays_appointments_of_the_local_day(
    client: Client, owner: User, account: Account, freeze: Any
) -> None:
    calendar = factories.calendar(account, notice=0)
    factories.booking(calendar, factories.NOW.replace(hour=13), name="Grace Hopper")
    factories.booking(calendar, name="Tomorrow Person")
    page = text(client, "/app/north-clinic/")
    assert "Grace Hopper" in page
    assert "Tomorrow Person" not in page
    assert "14:00" in page  # 13:00 UTC in Berlin


def test_member_sees_only_granted_calendars_on_home(client: Client, account: Account, freeze: Any) -> None:
    from admitone.calendars.models import CalendarAccess

    mine, other = factories.calendar(account), factories.calendar(account)
    factories.booking(mine, factories.NOW.replace(hour=13), name="Grace Hopper")
    factories.booking(other, factories.NOW.replace(hour=13), name="Alan Turing")
    user = factories.member(account)
    CalendarAccess.objects.create(calendar=mine, user=user, level="view")
    client.force_login(user)
    page = text(client, "/app/north-clinic/")
    assert "Grace Hopper" in page
    assert "Alan Turing" not in page
    assert "Get ready for guests" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_home_takes_the_same_statements_for_any_number_of_rows(
    client: Client, owner: User, account: Account, freeze: Any, rows: int, django_assert_num_queries: Any
) -> None:
    calendar = factories.calendar(account, notice=0)
    for n in range(rows):
        factories.booking(calendar, factories.NOW.replace(hour=10 + n))
        factories.link(calendar)
    with django_assert_num_queries(16):
        client.get("/app/north-clinic/")


def test_home_writes_nothing(client: Client, owner: User, account: Account) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        client.get("/app/north-clinic/")
        client.get("/app/")
    assert {query["sql"].split()[0] for query in seen} == {"SELECT"}


def test_checklist_ticks_itself_from_the_data(account: Account, settings: Any) -> None:
    account.timezone = "UTC"
    calendar = factories.calendar(account, location_kind="none")
    assert ticked(account) == []
    account.timezone = "Europe/Berlin"
    assert ticked(account) == ["zone"]
    account.public_phone = "+4930123456"
    factories.link(calendar)
    assert ticked(account) == ["zone", "location", "link"]
    settings.BASE_URL = "https://book.example.com"
    calendar.schedule.hours.filter(weekday=4).delete()
    assert ticked(account) == ["zone", "hours", "location", "address", "link"]


def ticked(account: Account) -> list[str]:
    found = checklist(account)
    assert found is not None
    return [step.key for step in found.steps if step.done]


def test_checklist_step_is_settled_by_hand_and_the_list_dismissed(
    client: Client, owner: User, account: Account
) -> None:
    assert "Get ready for guests" in text(client, "/app/north-clinic/")
    assert client.post("/app/north-clinic/setup/hours/").status_code == 302
    account.refresh_from_db()
    assert list(account.setup) == ["hours"]
    client.post("/app/north-clinic/setup/dismissed/")
    assert "Get ready for guests" not in text(client, "/app/north-clinic/")
    assert [event.facts for event in Event.objects.filter(kind="account.changed")] == [{"fields": ["setup"]}] * 2


def test_checklist_step_that_does_not_exist_is_refused(client: Client, owner: User) -> None:
    assert client.post("/app/north-clinic/setup/nonsense/").status_code == 422


def test_switcher_offers_every_sub_account_of_the_user(client: Client, owner: User, account: Account) -> None:
    second = factories.account(agency=account.agency, name="South Clinic")
    factories.account(agency=account.agency, name="West Clinic")
    second.memberships.create(user=owner, role="member", created_at=factories.NOW)
    page = text(client, "/app/north-clinic/")
    assert "South Clinic" in page
    assert "West Clinic" not in page
    assert "New sub-account" not in page
    AgencyAdmin.objects.create(agency=account.agency, user=owner)
    page = text(client, "/app/north-clinic/")
    assert "West Clinic" in page
    assert "New sub-account" in page


def test_entry_returns_to_the_sub_account_of_the_last_visit(client: Client, owner: User, account: Account) -> None:
    second = factories.account(agency=account.agency, name="South Clinic", slug="south-clinic")
    membership = second.memberships.create(user=owner, role="member", created_at=factories.NOW)
    client.get("/app/south-clinic/")
    assert client.get("/app/").url == "/app/south-clinic/"
    membership.delete()
    assert client.get("/app/").url == "/app/north-clinic/"


def test_first_entry_opens_the_sub_account_made_first(client: Client, owner: User, account: Account) -> None:
    earlier_by_name = factories.account(agency=account.agency, name="A Clinic", slug="a-clinic")
    earlier_by_name.memberships.create(user=owner, role="member", created_at=factories.NOW)
    assert client.get("/app/").url == "/app/north-clinic/"


def test_own_pages_keep_the_navigation_of_the_last_sub_account(client: Client, owner: User, account: Account) -> None:
    assert "/app/north-clinic/links/" not in text(client, "/app/me/")
    client.get("/app/north-clinic/")
    assert "/app/north-clinic/links/" in text(client, "/app/me/")
    account.memberships.all().delete()
    assert "/app/north-clinic/links/" not in text(client, "/app/me/")


def test_language_like_the_browser_forgets_the_earlier_choice(client: Client, owner: User, account: Account) -> None:
    mine = {"name": "Ada", "timezone": "", "theme": ""}
    client.post("/app/me/", {**mine, "locale": "de"})
    assert client.cookies["admitone_language"].value == "de"
    client.post("/app/me/", {**mine, "locale": ""})
    assert client.cookies["admitone_language"].value == ""


def test_day_without_appointments_shows_the_next_ones(
    client: Client, owner: User, account: Account, freeze: Any
) -> None:
    factories.booking(factories.calendar(account), name="Grace Hopper")
    page = text(client, "/app/north-clinic/")
    assert "No appointments today. Next:" in page
    assert "Grace Hopper" in page


def test_missing_page_inside_leads_back(client: Client, owner: User, account: Account) -> None:
    assert 'href="/app/"' in client.get("/app/north-clinic/nothing/").content.decode()
    client.logout()
    assert 'href="/app/"' not in client.get("/app/north-clinic/nothing/").content.decode()


def test_user_without_sub_account_is_told_so(client: Client) -> None:
    client.force_login(factories.user())
    assert "You are in no sub-account" in text(client, "/app/")


def test_sub_accounts_page_searches(client: Client, owner: User, account: Account) -> None:
    AgencyAdmin.objects.create(agency=account.agency, user=owner)
    for n in range(9):
        factories.account(agency=account.agency, name=f"Branch {n}")
    assert "Search sub-accounts" in text(client, "/app/north-clinic/")
    table = text(client, "/app/accounts/?q=branch+3").split("<tbody>")[1]
    assert "Branch 3" in table
    assert "Branch 4" not in table
    assert "Nothing found" in text(client, "/app/accounts/?q=zzz%00")


def test_agency_admin_makes_a_sub_account(client: Client, owner: User, account: Account) -> None:
    assert client.get("/app/accounts/new/").status_code == 404
    AgencyAdmin.objects.create(agency=account.agency, user=owner)
    form = {"name": "East Clinic", "slug": "", "timezone": "Asia/Tokyo"}
    assert client.post("/app/accounts/new/", form).url == "/app/east-clinic/"
    assert client.post("/app/accounts/new/", {**form, "slug": "east-clinic"}).status_code == 422
    assert client.post("/app/accounts/new/", {**form, "slug": "accounts"}).status_code == 422
    assert client.post("/app/accounts/new/", form).url == "/app/east-clinic-2/"


def test_settings_general_changes_the_account(client: Client, owner: User, account: Account) -> None:
    form = {
        "name": "North Practice",
        "slug": "north-practice",
        "timezone": "America/New_York",
        "locale": "de",
        "public_email": "desk@example.com",
        "public_phone": "+1 212 555 0123",
    }
    assert client.post("/app/north-clinic/settings/general/", form).url == "/app/north-practice/settings/general/"
    account.refresh_from_db()
    assert {name: getattr(account, name) for name in form} == {**form, "public_phone": "+12125550123"}
    assert Event.objects.get(kind="account.changed").facts == {"fields": sorted(form)}


def test_settings_general_with_bad_values_is_422(client: Client, owner: User, account: Account) -> None:
    factories.account(slug="south-clinic")
    form = {"name": "N", "slug": "south-clinic", "timezone": "UTC", "locale": "en"}
    response = client.post("/app/north-clinic/settings/general/", form)
    assert response.status_code == 422
    assert "already in use" in response.content.decode()
    for bad in ({"slug": "api"}, {"slug": "Ü"}, {"timezone": "Nowhere"}, {"locale": "xx"}, {"public_phone": "12"}):
        assert client.post("/app/north-clinic/settings/general/", {**form, **bad}).status_code == 422
    account.refresh_from_db()
    assert account.slug == "north-clinic"


def test_profile_is_changed_and_kept_in_cookies(client: Client, owner: User) -> None:
    form = {"name": "Ada", "timezone": "Europe/Paris", "locale": "fr", "theme": "dark"}
    response = client.post("/app/me/", form)
    assert response.url == "/app/me/"
    owner.refresh_from_db()
    assert {name: getattr(owner, name) for name in form} == form
    assert (response.cookies["admitone_language"].value, response.cookies["admitone_theme"].value) == ("fr", "dark")
    assert client.post("/app/me/", {**form, "theme": "pink"}).status_code == 422


def test_demo_is_removed_with_one_click(client: Client) -> None:
    agency = factories.agency(is_demo=True)
    account = factories.account(agency=agency, is_demo=True, slug="demo-clinic")
    calendar = factories.calendar(account)
    factories.booking(calendar)
    factories.link(calendar)
    user = factories.owner(account, is_demo=True)
    client.force_login(user)
    assert "This is demo data." in text(client, "/app/demo-clinic/")
    assert client.post("/app/demo-clinic/demo/removal/").url == "/setup/"
    assert (Account.objects.count(), User.objects.count(), Event.objects.count()) == (0, 0, 0)
    assert client.get("/app/").url == "/setup/"


def test_real_account_is_never_removed_as_demo(client: Client, owner: User, account: Account) -> None:
    assert client.post("/app/north-clinic/demo/removal/").status_code == 403
    assert Account.objects.count() == 1
