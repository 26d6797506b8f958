"""The demo's second key: a calendar of every type is in reach of it."""

from __future__ import annotations

import pytest
from tests import factories
from tests.api.conftest import Api, code

from admitone.accounts.models import Account, ApiKey
from admitone.cli.demo import CONSULTANT, build, derived
from admitone.cli.demo_teams import ensure_team_key
from admitone.logic.kinds import KINDS

pytestmark = pytest.mark.django_db
NOW = factories.NOW


def test_key_reaches_a_public_calendar_of_every_type(freeze: object) -> None:
    build(NOW)
    account = Account.objects.get(slug=CONSULTANT)
    facts = ensure_team_key(account, "ao_" + derived("team api key", 43), NOW)
    assert ensure_team_key(account, facts["team_api_key"], NOW) == facts
    listed = Api(facts["team_api_key"]).get("/calendars").json()["items"]
    assert {one["kind"] for one in listed if one["access"] == "public"} == set(KINDS)


def test_key_that_was_withdrawn_stays_so(freeze: object) -> None:
    account = factories.account()
    ensure_team_key(account, "ao_" + "x" * 43, NOW)
    ApiKey.objects.update(revoked_at=NOW)
    facts = ensure_team_key(account, "ao_" + "x" * 43, NOW)
    assert code(Api(facts["team_api_key"]).get("/calendars")) == (401, "unauthorized")
