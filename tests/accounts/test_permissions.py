from __future__ import annotations

import pytest
from tests import factories

from admitone.accounts import permissions
from admitone.accounts.models import AgencyAdmin
from admitone.calendars import access
from admitone.calendars.models import CalendarAccess
from admitone.events import SYSTEM
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db

MATRIX = {
    "view": {"owner", "admin", "member"},
    "manage_calendars": {"owner", "admin"},
    "manage_contacts": {"owner", "admin"},
    "manage_forms": {"owner", "admin"},
    "manage_pipelines": {"owner", "admin"},
    "manage_workflows": {"owner", "admin"},
    "manage_settings": {"owner", "admin"},
    "manage_team": {"owner", "admin"},
    "manage_api_keys": {"owner", "admin"},
    "manage_owners": {"owner"},
}


@pytest.mark.parametrize("action", permissions.ACTIONS)
def test_role_allows_exactly_its_actions(action: str) -> None:
    account = factories.account()
    allowed = {role for role in permissions.RANK if permissions.may(factories.member(account, role), account, action)}
    assert allowed == MATRIX[action]
    assert not permissions.may(factories.user(), account, action)


def test_agency_admin_is_owner_of_every_sub_account_of_the_agency() -> None:
    account, foreign = factories.account(), factories.account()
    user = factories.member(account)
    AgencyAdmin.objects.create(agency=account.agency, user=user)
    sibling = factories.account(agency=account.agency)
    assert [permissions.role(user, row) for row in (account, sibling, foreign)] == ["owner", "owner", None]
    assert set(permissions.accounts_of(user)) == {account, sibling}


def test_inactive_user_has_no_role() -> None:
    account = factories.account()
    assert permissions.role(factories.owner(account, is_active=False), account) is None


def test_member_has_the_granted_level_and_others_manage() -> None:
    account = factories.account()
    calendar, hidden = factories.calendar(account), factories.calendar(account)
    user = factories.member(account)
    CalendarAccess.objects.create(calendar=calendar, user=user, level="book")
    assert access.level(user, account, "member", calendar) == "book"
    assert access.level(user, account, "member", hidden) is None
    assert access.level(user, account, "admin", hidden) == "manage"
    assert access.level(user, account, None, calendar) is None
    assert access.level(user, factories.account(), "owner", calendar) is None
    assert list(access.visible_calendars(user, account, "member")) == [calendar]
    assert set(access.visible_calendars(user, account, "owner")) == {calendar, hidden}
    assert [access.reaches("book", wanted) for wanted in access.LEVELS] == [True, True, False]


def test_access_to_a_foreign_calendar_or_of_a_foreign_person_is_refused() -> None:
    account, foreign = factories.account(), factories.account()
    calendar, theirs = factories.calendar(account), factories.calendar(foreign)
    user = factories.member(account)
    for who, what in ((user.id, theirs.id), (factories.user().id, calendar.id)):
        with pytest.raises(Problem, match="not_found"):
            access.set_access(account=account, actor=SYSTEM, user_id=who, levels={what: "view"}, now=factories.NOW)
    with pytest.raises(Problem, match="invalid"):
        access.set_access(account=account, actor=SYSTEM, user_id=user.id, levels={calendar.id: "x"}, now=factories.NOW)
    assert not CalendarAccess.objects.exists()
