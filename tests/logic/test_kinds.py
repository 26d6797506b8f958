"""Types of calendars: whoever adds one is told where it has to be named."""

from __future__ import annotations

from typing import get_args

from admitone.api.v1.calendar_schemas import Kind
from admitone.logic.kinds import KINDS, SEATED, TEAMS
from admitone.manage.calendars.forms import KIND_CHOICES


def test_every_type_is_named_by_the_api_and_offered_to_people():
    assert list(KINDS) == list(get_args(Kind)) == [name for name, _ in KIND_CHOICES]


def test_no_type_has_both_a_team_and_seats():
    assert TEAMS.isdisjoint(SEATED)
