"""Every busy source and every calendar server keeps what the registries promise; adding one is adding one file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from inspect import getdoc
from typing import Any

import pytest
from tests.google_calendar import GoogleCalendar
from tests.integrations.conftest import registered
from tests.integrations.test_caldav import BOOKING, at, entry, wanted
from tests.microsoft_calendar import MicrosoftCalendar
from tests.oauth_server import CLIENT, SECRET
from tests.radicale_server import PASSWORD, USER, Radicale

from admitone.calendars import busy
from admitone.integrations.remote import Known, Login, Provider, RemoteError, providers

KEY = re.compile(r"[a-z][a-z_]*")


@pytest.mark.parametrize("kind", sorted(busy.sources()))
def test_a_busy_source_has_a_name_and_text_settings(kind: str) -> None:
    source = busy.sources()[kind]
    assert KEY.fullmatch(kind) and source.label and is_dataclass(source.params)
    assert {str(field.type) for field in fields(source.params)} == {"str"}
    assert getdoc(source.params)


@pytest.mark.parametrize("kind", sorted(busy.sources()))
def test_a_busy_source_refuses_settings_that_are_not_its_own(kind: str) -> None:
    with pytest.raises(ValueError):
        busy.clean_config(kind, {"nonsense": "x"})


def test_every_calendar_server_is_a_busy_source_too() -> None:
    assert set(providers()) <= set(busy.sources())


@dataclass
class Stage:
    """One server with an empty calendar."""

    server: Provider
    secrets: dict[str, str]
    calendar: str
    stop: Any

    @property
    def login(self) -> Login:
        return Login(self.secrets)


@pytest.fixture(params=sorted(providers()))
def stage(request: pytest.FixtureRequest, settings: Any) -> Iterator[Stage]:
    server = providers()[request.param]
    with {"caldav": Radicale, "google": GoogleCalendar, "microsoft": MicrosoftCalendar}[request.param]() as there:
        if request.param == "caldav":
            calendar = there.calendar("Work")
            yield Stage(server, {"url": calendar, "user": USER, "password": PASSWORD}, calendar, there)
            return
        env = {"url": there.url, "client_id": CLIENT, "client_secret": SECRET}
        registered(settings, **{f"{request.param}_{name}": value for name, value in env.items()})
        yield Stage(server, there.tokens(), next(iter(there.calendars)), there)


def test_a_server_lists_the_calendar_as_one_that_can_be_written(stage: Stage) -> None:
    assert stage.calendar in [one.id for one in stage.server.calendars(stage.login) if one.writable]


def test_what_is_written_is_read_as_our_own_and_nothing_else(stage: Stage) -> None:
    stage.server.put(stage.login, stage.calendar, entry(), Known())
    found = stage.server.busy(stage.login, stage.calendar, wanted())
    assert (found.spans, found.ours) == ([], {BOOKING: [(at(3, 10), at(3, 10, 30))]})


def test_every_write_may_be_repeated(stage: Stage) -> None:
    known = Known()
    for sequence, start in ((0, 10), (0, 10), (1, 12)):
        one = entry(sequence=sequence, start_min=at(3, start), end_min=at(3, start + 1))
        for before in (Known(), known):
            known = stage.server.put(stage.login, stage.calendar, one, before)
    found = stage.server.busy(stage.login, stage.calendar, wanted())
    assert found.ours == {BOOKING: [(at(3, 12), at(3, 13))]}
    for before in (known, known, Known()):
        stage.server.remove(stage.login, stage.calendar, BOOKING, before)
    assert stage.server.busy(stage.login, stage.calendar, wanted()).ours == {}


def test_removing_what_was_never_written_is_no_error(stage: Stage) -> None:
    stage.server.remove(stage.login, stage.calendar, BOOKING, Known())


def test_wrong_secrets_ask_for_another_sign_in(stage: Stage) -> None:
    wrong = {**stage.secrets, **{name: "wrong" for name in ("password", "access", "refresh") if name in stage.secrets}}
    with pytest.raises(RemoteError) as refused:
        stage.server.busy(Login(wrong), stage.calendar, wanted())
    assert refused.value.why == "login"


def test_a_server_that_is_away_is_worth_another_try(stage: Stage) -> None:
    stage.stop.http.shutdown()
    stage.stop.http.server_close()
    with pytest.raises(RemoteError) as refused:
        stage.server.busy(stage.login, stage.calendar, wanted())
    assert refused.value.why == "transient"
