"""A group's link: the guest chooses among its active calendars at that moment, and books once in all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking
from admitone.calendars.services import (
    choose_group,
    delete_calendar,
    delete_group,
    restore_group,
    set_active,
    set_group_active,
    set_members,
)
from admitone.events import SYSTEM, Event
from admitone.links.groups import choices
from admitone.links.models import LinkRequest, OneTimeLink
from admitone.links.queries import counts, explain, listing, opened
from admitone.links.services import answer_request, create_batch, issue, issue_chunk, redeem, reissue, request_new
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))  # 10:00 in Berlin
ADA = {"name": "Ada Lovelace", "email": "ada@example.com"}
WHO = {"actor": SYSTEM, "now": NOW}

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return factories.account()


@pytest.fixture
def pair(account):
    return [factories.calendar(account, name="First visit"), factories.calendar(account, name="Check-up", duration=60)]


@pytest.fixture
def group(account, pair):
    return factories.group(account, *pair)


@pytest.fixture
def link(account, group):
    return issue(account=account, group=group, **WHO)


def token(link: OneTimeLink) -> str:
    return keyring().sign("o1", link.id)


def use(link: OneTimeLink, calendar: str = "check-up", **options):
    return redeem(token=token(link), start=TEN, guest=ADA, now=NOW, calendar=calendar, **options)


def refused(link: OneTimeLink, calendar: str = "check-up", **options) -> str:
    with pytest.raises(Problem) as caught:
        use(link, calendar, **options)
    return ":".join([caught.value.code, *caught.value.fields])


def test_link_books_the_chosen_calendar_by_id_or_slug(link, pair):
    booking = Booking.objects.get(id=use(link, str(pair[1].id)).id)
    link.refresh_from_db()
    assert (booking.calendar_id, booking.end_min - booking.start_min, link.uses) == (pair[1].id, 60, 1)
    used = Event.objects.get(kind="one_time_link.used")
    assert (used.facts["calendar"], used.facts["group"]) == (str(pair[1].id), str(link.group_id))


def test_one_booking_in_all_whichever_calendar(link):
    use(link)
    assert refused(link, "first-visit") == "link_used"


def test_calendar_has_to_be_chosen_and_has_to_belong(account, link):
    other = factories.calendar(account)
    foreign = factories.group(factories.account())
    for calendar in ("", str(other.id), other.slug, "nowhere", str(foreign.calendars.first().id)):
        assert refused(link, calendar) == "invalid:calendar"
    assert OneTimeLink.objects.get(id=link.id).uses == 0


def test_calendar_link_refuses_another_calendar_and_takes_its_own(account, pair):
    link = factories.link(pair[0])
    assert refused(link, "check-up") == "invalid:calendar"
    assert use(link, "first-visit").status == "confirmed"


def test_paused_deleted_and_removed_calendars_cannot_be_chosen(account, group, link, pair):
    set_active(account=account, calendar_id=pair[1].id, active=False, **WHO)
    assert refused(link) == "invalid:calendar"
    set_active(account=account, calendar_id=pair[1].id, active=True, **WHO)
    delete_calendar(account=account, calendar_id=pair[1].id, **WHO)
    assert refused(link) == "invalid:calendar"
    set_members(account=account, group_id=group.id, calendars=[], **WHO)
    assert refused(link, "first-visit") == "invalid:calendar"


def test_calendar_for_one_time_links_only_can_be_chosen(account, group, link):
    hidden = factories.calendar(account, name="Hidden", access="one_time")
    choose_group(account=account, calendar_id=hidden.id, group=group, **WHO)
    assert use(link, "hidden").status == "confirmed"


def test_paused_group_closes_its_links_and_a_deleted_one_until_it_is_back(account, group, link):
    set_group_active(account=account, group_id=group.id, active=False, **WHO)
    assert (opened(token(link), NOW).state, refused(link)) == ("paused", "calendar_paused")
    set_group_active(account=account, group_id=group.id, active=True, **WHO)
    delete_group(account=account, group_id=group.id, **WHO)
    assert (opened(token(link), NOW).state, refused(link)) == ("deleted", "link_deleted")
    restore_group(account=account, group_id=group.id, **WHO)
    assert use(link).status == "confirmed"


@pytest.mark.parametrize("close", ["pause", "delete", "remove"])
def test_group_that_closes_between_look_and_booking_is_seen_under_the_lock(account, group, link, pair, close):
    found = opened(token(link), NOW)
    {
        "pause": lambda: set_group_active(account=account, group_id=group.id, active=False, **WHO),
        "delete": lambda: delete_group(account=account, group_id=group.id, **WHO),
        "remove": lambda: set_members(account=account, group_id=group.id, calendars=[pair[0].id], **WHO),
    }[close]()
    codes = {"pause": "calendar_paused", "delete": "link_deleted", "remove": "invalid:calendar"}
    assert refused(link, found=found) == codes[close]
    assert (Booking.objects.count(), OneTimeLink.objects.get(id=link.id).uses) == (0, 0)


def test_same_key_answers_again_and_another_calendar_under_it_is_refused(link):
    first = use(link, idempotency_key="k")
    assert use(link, idempotency_key="k").id == first.id
    assert refused(link, "first-visit", idempotency_key="k") == "idempotency_key_reused"


def test_opening_takes_two_statements_and_one_for_a_calendar_link(link, pair):
    plain = token(factories.link(pair[0]))
    for sign, expected in ((token(link), 2), (plain, 1)):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            opened(sign, NOW)
        assert len(seen) == expected


def test_group_without_calendars_is_open_but_offers_nothing(account, group, link):
    set_members(account=account, group_id=group.id, calendars=[], **WHO)
    found = opened(token(link), NOW)
    assert (found.state, found.choices, found.has_chosen) == ("active", (), False)


def test_choices_follow_the_groups_order(account, group, pair):
    set_members(account=account, group_id=group.id, calendars=[pair[1].id, pair[0].id], **WHO)
    assert [one.plan.name for one in choices(group.id, NOW)] == ["Check-up", "First visit"]


def test_new_link_for_an_old_one_leads_to_the_same_group(account, group, link):
    assert reissue(account=account, link_id=link.id, **WHO).group_id == group.id
    delete_group(account=account, group_id=group.id, **WHO)
    with pytest.raises(Problem, match="not_found"):
        reissue(account=account, link_id=link.id, **WHO)


def test_request_at_a_group_link_is_answered_with_a_group_link(account, group, link):
    use(link)
    asked = request_new(token=token(link), kind="new_link", name="Eve", email="eve@example.com", note="", now=NOW)
    new = answer_request(account=account, request_id=asked.id, **WHO)
    assert (new.group_id, LinkRequest.objects.get().status) == (group.id, "answered")


def test_batch_of_a_group_makes_group_links(account, group):
    batch = create_batch(account=account, group=group, count=3, **WHO)
    issue_chunk(batch_id=batch.id, now=NOW)
    assert OneTimeLink.objects.filter(group=group, calendar=None, source_kind="bulk").count() == 3
    assert counts(account, NOW, group=group.id)["active"] == 3


def test_batch_wants_exactly_one_of_calendar_and_group(account, group, pair):
    for more in ({}, {"calendar": pair[0], "group": group}):
        with pytest.raises(Problem, match="invalid"):
            create_batch(account=account, count=1, **more, **WHO)
    with pytest.raises(Problem, match="not_found"):
        create_batch(account=factories.account(), group=group, count=1, **WHO)


def test_batch_of_a_group_deleted_meanwhile_makes_nothing(account, group):
    batch = create_batch(account=account, group=group, count=2, **WHO)
    delete_group(account=account, group_id=group.id, **WHO)
    done = issue_chunk(batch_id=batch.id, now=NOW)
    assert done
    assert (done.done, done.failed, done.rows.first().error) == (0, 2, "The group has been deleted.")


def test_list_of_a_member_holds_links_of_their_groups_only(account, group, link, pair):
    mine = factories.link(pair[0])
    assert list(listing(account, now=NOW, calendars=[pair[0].id])) == [mine]
    assert set(listing(account, now=NOW, calendars=[pair[0].id], groups=[group.id])) == {mine, link}
    assert list(listing(account, now=NOW, group=group.id)) == [link]


def test_explanation_of_a_paused_groups_link_names_the_group(account, group, link):
    set_group_active(account=account, group_id=group.id, active=False, **WHO)
    assert explain(account, token(link), NOW).code == "paused"
