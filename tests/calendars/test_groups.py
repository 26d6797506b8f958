"""Groups: which calendars belong and in which order, pausing, deleting and undoing, and nobody else's."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from tests import factories

from admitone.calendars.groups import deleted_groups, groups, members, public_group
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.calendars.services import (
    amend_group,
    choose_group,
    create_group,
    delete_calendar,
    delete_group,
    restore_group,
    set_active,
    set_group_active,
    set_members,
    update_calendar,
    update_group,
)
from admitone.events import SYSTEM, Event
from admitone.logic.errors import Problem

NOW = factories.NOW
WHO = {"actor": SYSTEM, "now": NOW}

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return factories.account()


@pytest.fixture
def pair(account):
    return [factories.calendar(account, name=name) for name in ("First visit", "Check-up")]


@pytest.fixture
def group(account, pair):
    return factories.group(account, *pair)


def names(group: CalendarGroup) -> list[str]:
    return list(members(group).values_list("name", flat=True))


def kinds(group: CalendarGroup) -> list[str]:
    return list(Event.objects.filter(subject_id=group.id).order_by("subject_seq").values_list("kind", flat=True))


def problem(work, **arguments) -> tuple[str, list[str]]:
    with pytest.raises(Problem) as caught:
        work(**WHO, **arguments)
    return caught.value.code, sorted(caught.value.fields)


def test_group_keeps_its_calendars_in_the_order_given(account, group):
    assert (group.slug, group.active, names(group)) == ("consultations", True, ["First visit", "Check-up"])
    assert kinds(group) == ["calendar_group.created"]


def test_order_can_be_turned_and_calendars_left_out(account, group, pair):
    set_members(account=account, group_id=group.id, calendars=[pair[1].id, pair[0].id], **WHO)
    assert names(group) == ["Check-up", "First visit"]
    set_members(account=account, group_id=group.id, calendars=[pair[0].id], **WHO)
    pair[1].refresh_from_db()
    assert (names(group), pair[1].group_id) == (["First visit"], None)


def test_same_members_again_write_nothing(account, group, pair):
    set_members(account=account, group_id=group.id, calendars=[one.id for one in pair], **WHO)
    assert kinds(group) == ["calendar_group.created"]


def test_calendar_that_joins_another_group_leaves_the_first(account, group, pair):
    other = factories.group(account, pair[0], name="Other")
    assert (names(group), names(other)) == (["Check-up"], ["First visit"])
    assert kinds(group) == ["calendar_group.created", "calendar_group.changed"]


def test_leaving_and_pausing_rewrite_the_plan_so_that_a_booking_looks_again(account, group, pair):
    def versions() -> list[int]:
        return [Calendar.objects.get(id=one.id).plan_version for one in pair]

    before = versions()
    set_members(account=account, group_id=group.id, calendars=[pair[0].id], **WHO)
    assert versions() == [before[0], before[1] + 1]
    set_group_active(account=account, group_id=group.id, active=False, **WHO)
    assert versions() == [before[0] + 1, before[1] + 1]


def test_names_text_and_address_change_once(account, group):
    for _ in range(2):
        update_group(account=account, group_id=group.id, name="Visits", description="Ours", slug="visits", **WHO)
    group.refresh_from_db()
    assert (group.name, group.description, group.slug) == ("Visits", "Ours", "visits")
    event = Event.objects.get(subject_id=group.id, kind="calendar_group.changed")
    assert event.facts == {"group": str(group.id), "fields": ["description", "name", "slug"]}


def test_bad_fields_are_named(account, group):
    assert problem(create_group, account=account, name="", slug="No!") == ("invalid", ["name", "slug"])
    assert problem(update_group, account=account, group_id=group.id, name=" ") == ("invalid", ["name"])
    assert problem(create_group, account=account, name="B", slug="consultations") == ("slug_taken", ["slug"])


def test_second_group_of_the_same_name_gets_another_address(account, group):
    assert create_group(account=account, name="Consultations", **WHO).slug == "consultations-2"


def test_foreign_unknown_and_deleted_calendars_are_not_there(account, group, pair):
    foreign = factories.calendar(factories.account())
    delete_calendar(account=account, calendar_id=pair[1].id, **WHO)
    for key in (foreign.id, uuid4(), pair[1].id):
        refused = problem(set_members, account=account, group_id=group.id, calendars=[key])
        assert refused == ("not_found", [])
    assert problem(create_group, account=account, name="New", calendars=[foreign.id]) == ("not_found", [])
    assert CalendarGroup.objects.filter(name="New").count() == 0


def test_group_of_another_account_is_not_there(account, group):
    other = factories.account()
    for work, more in (
        (update_group, {"name": "Mine"}),
        (set_members, {"calendars": []}),
        (set_group_active, {"active": False}),
        (delete_group, {}),
        (restore_group, {}),
    ):
        assert problem(work, account=other, group_id=group.id, **more) == ("not_found", [])


def test_pause_resume_delete_and_restore_are_told_once(account, group):
    for active in (False, False, True):
        set_group_active(account=account, group_id=group.id, active=active, **WHO)
    for work in (delete_group, delete_group, restore_group, restore_group):
        work(account=account, group_id=group.id, **WHO)
    verbs = [kind.partition(".")[2] for kind in kinds(group)]
    assert verbs == ["created", "paused", "resumed", "deleted", "restored"]


def test_deleted_group_comes_back_with_the_calendars_that_went_nowhere_else(account, group, pair):
    delete_group(account=account, group_id=group.id, **WHO)
    assert (list(groups(account)), deleted_groups(account)) == ([], [group])
    other = factories.group(account, pair[0], name="Other")
    restore_group(account=account, group_id=group.id, **WHO)
    assert (names(group), names(other)) == (["Check-up"], ["First visit"])
    assert kinds(group) == ["calendar_group.created", "calendar_group.deleted", "calendar_group.restored"]


def test_everything_at_once_or_nothing(account, group, pair):
    fields = {"name": "Visits"}
    refused = problem(amend_group, account=account, group_id=group.id, fields=fields, calendars=[uuid4()])
    group.refresh_from_db()
    assert (refused, group.name) == (("not_found", []), "Consultations")
    amend_group(account=account, group_id=group.id, fields=fields, calendars=[pair[1].id], active=False, **WHO)
    group.refresh_from_db()
    assert (group.name, group.active, names(group)) == ("Visits", False, ["Check-up"])


def test_one_calendar_joins_last_and_leaves_by_itself(account, group):
    third = factories.calendar(account, name="Third")
    choose_group(account=account, calendar_id=third.id, group=group, **WHO)
    assert names(group) == ["First visit", "Check-up", "Third"]
    choose_group(account=account, calendar_id=third.id, group=None, **WHO)
    choose_group(account=account, calendar_id=third.id, group=None, **WHO)
    assert names(group) == ["First visit", "Check-up"]


def shown(slug: str, account: str) -> list[str]:
    found = public_group(account, slug)
    assert found
    return [plan.name for plan in found.calendars]


def test_public_group_shows_active_public_calendars_only(account, group, pair):
    third = factories.calendar(account, name="By link only", access="one_time")
    choose_group(account=account, calendar_id=third.id, group=group, **WHO)
    assert shown("consultations", account.slug) == ["First visit", "Check-up"]
    set_active(account=account, calendar_id=pair[0].id, active=False, **WHO)
    assert shown("consultations", account.slug) == ["Check-up"]
    assert public_group(account.slug, "con\0sultations") is None
    assert public_group(factories.account().slug, "consultations") is None
    delete_group(account=account, group_id=group.id, **WHO)
    assert public_group(account.slug, "consultations") is None


def test_group_looks_like_its_first_calendar(account, group, pair):
    key: UUID = pair[0].id
    update_calendar(account=account, calendar_id=key, brand_color="#123456", embed_origins=["https://a.example"], **WHO)
    found = public_group(account.slug, "consultations")
    assert found
    assert (found.plan.brand.color, found.plan.embed_origins) == ("#123456", ("https://a.example",))
