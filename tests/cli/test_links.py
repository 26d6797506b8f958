"""`admitone links create` for calendars and groups: addresses, one a line, or a refusal in a line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from tests import factories

from admitone.accounts.models import Account
from admitone.cli.links import links
from admitone.links.models import OneTimeLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic")


def run(*words: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(links, [words[0], "--account", "clinic", *words[1:]])
    return done.exit_code, done.output.splitlines()


def test_links_of_a_group_are_made_and_listed(account: Account) -> None:
    group = factories.group(account)
    code, lines = run("create", "--group", "consultations", "--count", "2")
    assert (code, len(lines), {"/o/" in line for line in lines}) == (0, 2, {True})
    assert OneTimeLink.objects.filter(group=group, calendar=None).count() == 2
    assert [line.split("\t")[2] for line in run("list")[1]] == ["g/consultations"] * 2


def test_link_of_a_calendar_is_made(account: Account) -> None:
    calendar = factories.calendar(account)
    assert run("create", "--calendar", calendar.slug)[0] == 0
    assert OneTimeLink.objects.get().calendar_id == calendar.id


@pytest.mark.parametrize("words", [(), ("--calendar", "a", "--group", "b")])
def test_exactly_one_target_is_asked_for(account: Account, words: tuple[str, ...]) -> None:
    code, lines = run("create", *words)
    assert (code, lines[-1]) == (2, "Error: Name a calendar or a group: --calendar or --group.")


def test_unknown_group_is_a_sentence(account: Account) -> None:
    assert run("create", "--group", "nothing") == (1, ["Error: There is no such thing here."])
