"""Groups in the signed-in area: their list, order by buttons, sharing, pausing, deleting, and who may do what."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.addresses import one_time_url
from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account, User
from admitone.calendars.access import set_access
from admitone.calendars.groups import members
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.events import SYSTEM
from admitone.links.models import Batch, LinkRequest, OneTimeLink
from admitone.links.services import issue, redeem
from admitone.logic.clock import to_min_floor

NOW = factories.NOW
JSON = {"HTTP_ACCEPT": "application/json"}

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def account(freeze: None) -> Account:
    return factories.account(slug="clinic")


@pytest.fixture
def pair(account: Account) -> list[Calendar]:
    return [factories.calendar(account, name=name) for name in ("First visit", "Check-up")]


@pytest.fixture
def group(account: Account, pair: list[Calendar]) -> CalendarGroup:
    return factories.group(account, *pair)


@pytest.fixture
def owner(account: Account) -> Client:
    return signed_in(factories.owner(account))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member(account: Account, *levels: tuple[Calendar, str]) -> Client:
    user = factories.member(account)
    wanted = {calendar.id: level for calendar, level in levels}
    set_access(account=account, actor=SYSTEM, user_id=user.id, levels=wanted, now=NOW)
    return signed_in(user)


def at(group: CalendarGroup, rest: str = "") -> str:
    return f"/app/clinic/calendars/groups/{group.id}/{rest}"


def names(group: CalendarGroup) -> list[str]:
    return list(members(group).values_list("name", flat=True))


def link_of(account: Account, group: CalendarGroup, **terms: object) -> OneTimeLink:
    return issue(account=account, group=group, actor=SYSTEM, now=NOW, **terms)


def test_new_group_takes_the_ticked_calendars(owner, account, pair):
    page = owner.get("/app/clinic/calendars/groups/").content.decode()
    assert "No groups yet" in page
    answer = owner.post("/app/clinic/calendars/groups/new/", {"name": "Visits", "calendars": [str(pair[1].id)]})
    group = CalendarGroup.objects.get()
    assert (answer["Location"], group.slug, names(group)) == (at(group), "visits", ["Check-up"])
    assert "/clinic/g/visits" in owner.get("/app/clinic/calendars/groups/").content.decode()


def test_new_group_without_name_comes_back(owner, account):
    answer = owner.post("/app/clinic/calendars/groups/new/", {"name": " "})
    assert (answer.status_code, CalendarGroup.objects.count()) == (422, 0)


def test_order_turns_by_buttons_and_the_focus_stays_at_the_moved_one(owner, group, pair):
    answer = owner.post(at(group, "order/"), {"move": f"up:{pair[1].id}"})
    assert names(group) == ["Check-up", "First visit"]
    page = owner.get(answer["Location"]).content.decode()
    button = re.search(r"<button[^>]*data-focus[^>]*>", page)
    assert button and f'value="down:{pair[1].id}"' in button[0]
    assert "Check-up is now number 1." in page


def test_calendar_leaves_and_joins(owner, account, group, pair):
    owner.post(at(group, "order/"), {"remove": str(pair[0].id)})
    assert names(group) == ["Check-up"]
    owner.post(at(group, "members/"), {"calendar": str(pair[0].id)})
    assert names(group) == ["Check-up", "First visit"]


@pytest.mark.parametrize("data", [{}, {"move": "up:nothing"}, {"move": "sideways"}, {"remove": "x"}])
def test_nonsense_changes_no_order(owner, group, data):
    assert owner.post(at(group, "order/"), data).status_code == 302
    assert names(group) == ["First visit", "Check-up"]


def test_details_are_saved_and_a_taken_address_is_told_at_its_field(owner, account, group):
    factories.group(account, name="Other")
    fields = {"name": "Visits", "slug": "visits", "description": "Ours"}
    assert owner.post(at(group, "details/"), fields).status_code == 302
    taken = owner.post(at(group, "details/"), {**fields, "slug": "other"})
    group.refresh_from_db()
    assert (group.slug, taken.status_code, "Another group has this address" in taken.content.decode()) == (
        "visits",
        422,
        True,
    )


def test_pause_and_delete_ask_with_the_links_they_close_and_can_be_undone(owner, account, group):
    link_of(account, group, label="For Ada")
    for what in ("pause/", "deletion/"):
        assert "For Ada" in owner.get(at(group, what)).content.decode()
    owner.post(at(group, "pause/"))
    assert not CalendarGroup.objects.get().active
    owner.post(at(group, "resumption/"))
    deleted = owner.post(at(group, "deletion/"))
    assert "Undo" in deleted.content.decode()
    assert owner.get(at(group)).status_code == 404
    assert "Deleted groups" in owner.get("/app/clinic/calendars/groups/").content.decode()
    assert owner.post(at(group, "restoration/"))["Location"] == at(group)
    assert (CalendarGroup.objects.get().deleted_at, CalendarGroup.objects.get().active) == (None, True)


def test_group_page_shares_each_calendar_and_the_group(owner, group, pair):
    page = owner.get(at(group)).content.decode()
    for calendar in pair:
        assert f'hx-get="/app/clinic/calendars/{calendar.id}/share/"' in page
    assert f'hx-get="{at(group, "share/")}"' in page
    assert 'value="http://testserver/clinic/g/consultations"' in page


def test_one_press_makes_a_link_and_the_next_gives_the_same(owner, group):
    first, again = (owner.post(at(group, "share/link/"), **JSON).json() for _ in range(2))
    link = OneTimeLink.objects.get()
    assert (first["url"], again["url"], link.group_id) == (one_time_url(link.id), one_time_url(link.id), group.id)
    new = owner.post(at(group, "share/link/"), {"replace": "1", "current": str(link.id)}, **JSON).json()
    assert (OneTimeLink.objects.count(), new["url"] == first["url"]) == (2, False)
    panel = owner.get(new["panel"], HTTP_HX_REQUEST="true").content.decode()
    assert "stays active until it is used or deleted" in panel and "2 active links of this group" in panel


def test_without_script_the_link_stands_on_the_share_page(owner, group):
    answer = owner.post(at(group, "share/link/"))
    assert one_time_url(OneTimeLink.objects.get().id) in owner.get(answer["Location"]).content.decode()


def test_bad_terms_make_no_link(owner, group):
    answer = owner.post(at(group, "share/link/"), {"email": "nothing"}, **JSON)
    assert (answer.status_code, OneTimeLink.objects.count()) == (422, 0)


def test_share_opens_as_page_and_dialog_and_makes_nothing(owner, group):
    for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
        page = owner.get(at(group, "share/"), **headers).content.decode()
        assert "http://testserver/clinic/g/consultations" in page
    assert OneTimeLink.objects.count() == 0
    assert owner.get(at(group, "share/preview/inline/")).status_code == 200
    assert owner.get(at(group, "share/preview/other/")).status_code == 404


def test_link_pages_and_lists_name_the_group(owner, account, group, pair):
    link = link_of(account, group, contact=factories.contact(account, name="Ada"))
    other = factories.link(pair[0], label="Only this one")
    for path in ("/app/clinic/links/", f"/app/clinic/links/{link.id}/", f"/app/clinic/contacts/{link.contact_id}/"):
        assert "Consultations" in owner.get(path).content.decode()
    only = owner.get(f"/app/clinic/links/?group={group.id}").content.decode()
    assert (str(link.id) in only, str(other.id) in only) == (True, False)
    for path in (f"/app/clinic/links/{link.id}/edit/", f"/app/clinic/links/{link.id}/send/"):
        assert owner.get(path).status_code == 200
    rows = b"".join(owner.get("/app/clinic/links/export.csv").streaming_content).decode()
    assert ",Consultations," in rows
    assert owner.post(f"/app/clinic/links/{link.id}/reissue/").status_code == 302
    assert OneTimeLink.objects.filter(group=group).count() == 2


def test_paused_group_is_told_at_its_link(owner, account, group):
    link = link_of(account, group)
    owner.post(at(group, "pause/"))
    assert "its group Consultations is paused" in owner.get(f"/app/clinic/links/{link.id}/").content.decode()


def test_new_link_can_be_for_a_group(owner, group):
    page = owner.get(f"/app/clinic/links/new/?calendar={group.id}").content.decode()
    assert "A group offers the open times of all its calendars" in page
    times = owner.get(f"/app/clinic/links/times/?calendar={group.id}")
    assert (times.status_code, "choose one calendar" in times.content.decode()) == (200, True)
    answer = owner.post("/app/clinic/links/new/", {"calendar": str(group.id), "label": "Fair"})
    link = OneTimeLink.objects.get()
    assert (answer.status_code, link.group_id, link.label) == (302, group.id, "Fair")


def test_many_links_can_be_for_a_group(owner, group):
    answer = owner.post("/app/clinic/links/batches/new/", {"calendar": str(group.id), "count": "3"})
    assert Batch.objects.get().group_id == group.id
    assert "3 links for Consultations" in owner.get(answer["Location"]).content.decode()
    assert "Consultations" in owner.get("/app/clinic/links/batches/").content.decode()


def test_request_at_a_group_link_is_answered(owner, account, group):
    link = link_of(account, group)
    asked = LinkRequest.objects.create(account=account, link=link, name="Eve", email="e@example.com", created_at=NOW)
    for path in ("/app/clinic/requests/", "/app/clinic/"):
        assert "Consultations" in owner.get(path).content.decode()
    owner.post(f"/app/clinic/requests/{asked.id}/answer/")
    asked.refresh_from_db()
    assert asked.new_link and asked.new_link.group_id == group.id


def test_member_reaches_a_group_by_the_lowest_level_on_its_calendars(account, group, pair):
    link = link_of(account, group)
    some = member(account, (pair[0], "manage"))
    viewer = member(account, (pair[0], "manage"), (pair[1], "view"))
    booker = member(account, (pair[0], "book"), (pair[1], "book"))
    one = f"/app/clinic/links/{link.id}/"
    assert [each.get(at(group)).status_code for each in (some, viewer, booker)] == [404, 200, 200]
    assert [each.get(one).status_code for each in (some, viewer, booker)] == [404, 200, 200]
    assert [each.post(at(group, "share/link/"), **JSON).status_code for each in (some, viewer, booker)] == [
        404,
        403,
        200,
    ]
    assert [str(link.id) in each.get("/app/clinic/links/").content.decode() for each in (some, viewer)] == [False, True]
    assert "Consultations" not in some.get("/app/clinic/calendars/groups/").content.decode()


@pytest.mark.parametrize("rest", ["order/", "members/", "details/", "pause/", "resumption/", "deletion/"])
def test_member_who_manages_all_calendars_does_not_edit_the_group(account, group, pair, rest):
    manager = member(account, (pair[0], "manage"), (pair[1], "manage"))
    assert manager.post(at(group, rest), {"move": f"up:{pair[1].id}", "name": "x", "slug": "x"}).status_code == 403
    assert (names(group), CalendarGroup.objects.get().name) == (["First visit", "Check-up"], "Consultations")


def test_bulk_acts_on_group_links_within_reach(owner, account, group, pair):
    link = link_of(account, group)
    viewer = member(account, (pair[0], "view"), (pair[1], "view"))
    viewer.post("/app/clinic/links/bulk/", {"do": "delete", "ids": str(link.id)})
    assert OneTimeLink.objects.get().deleted_at is None
    owner.post("/app/clinic/links/bulk/", {"do": "delete", "ids": str(link.id)})
    assert OneTimeLink.objects.get().deleted_at is not None


def test_member_of_one_calendar_gives_out_no_new_link_of_the_group(account, group, pair):
    link = link_of(account, group)
    start = to_min_floor(NOW) // 1440 * 1440 + 1440 + 9 * 60
    guest = {"name": "Ada", "email": "ada@example.com"}
    done = redeem(token=keyring().sign("o1", link.id), start=start, guest=guest, now=NOW, calendar="first-visit")
    some, all_of_it = member(account, (pair[0], "manage")), member(account, (pair[0], "book"), (pair[1], "book"))
    for client, count in ((some, 1), (all_of_it, 2)):
        assert client.post(f"/app/clinic/bookings/{done.id}/new-link/").status_code == 302
        assert OneTimeLink.objects.filter(group=group).count() == count


def test_link_of_a_deleted_group_still_has_its_page(owner, account, group):
    link = link_of(account, group)
    owner.post(at(group, "deletion/"))
    page = owner.get(f"/app/clinic/links/{link.id}/").content.decode()
    assert ("its group was deleted" in page, at(group) in page) == (True, False)
    assert owner.post(f"/app/clinic/links/{link.id}/reissue/").status_code == 409
