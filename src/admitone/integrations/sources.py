"""Calendars of a connection as busy sources: one registered kind for each kind of server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admitone.accounts.queries import as_uuid
from admitone.calendars.busy import Fetched, SourceError, Wanted, busy_source
from admitone.calendars.models import BusySource
from admitone.integrations.connections import sealed, secrets_of
from admitone.integrations.models import CalendarConnection
from admitone.integrations.ours import without_own
from admitone.integrations.remote import Login, RemoteError, providers


@dataclass(frozen=True, slots=True)
class Params:
    """`connection` is its id, `calendar` the remote calendar's; `sealed` is what it signs in with, put in by `prepared`."""

    connection: str = ""
    calendar: str = ""
    sealed: str = ""


class Connected:
    """Reads one calendar of a connection."""

    kind = ""
    params = Params

    @property
    def label(self) -> str:
        return providers()[self.kind].label

    def check(self, params: Params) -> Params:
        """Its settings are made by connecting.choose alone: an id from outside could be another account's connection."""
        raise ValueError("Connect this calendar under Connections.")

    def prepared(self, source: BusySource, config: dict[str, str]) -> dict[str, str]:
        row = _connection(source, config)
        if row is None:
            raise SourceError("It is not connected any more.")
        return {**config, "sealed": row.config_sealed}

    def fetch(self, params: Params, wanted: Wanted) -> Fetched:
        try:
            login = Login(secrets_of(params.sealed), wanted.timeout)
            found = providers()[self.kind].busy(login, params.calendar, wanted)
        except RemoteError as error:
            raise SourceError(str(error)) from error
        after = {"before": params.sealed, "after": sealed(login.renewed)} if login.renewed else None
        return Fetched(found.spans, found.etag, found.ours, after)

    def settled(self, source: BusySource, answer: Fetched | SourceError, now: datetime) -> Fetched | SourceError:
        """Keep renewed tokens and when the server last answered; drop what the host has booked here anyway."""
        if isinstance(answer, Fetched) and (remote := getattr(source, "remote_calendar", None)):
            rows = CalendarConnection.objects.filter(id=remote.connection_id)
            if answer.login:
                rows.filter(config_sealed=answer.login["before"]).update(config_sealed=answer.login["after"])
            rows.update(checked_at=now)
            rows.filter(alerted_at=None).update(error="")  # one that was told of ends with the next entry written
        return without_own(source.host_id, answer)


def _connection(source: BusySource, config: dict[str, str]) -> CalendarConnection | None:
    key = as_uuid(config.get("connection"))
    rows = CalendarConnection.objects.filter(account=source.account_id, host=source.host_id, kind=source.kind)
    return rows.filter(id=key, ended_at=None).first() if key else None


@busy_source("caldav")
class CalDavSource(Connected):
    kind = "caldav"


@busy_source("google")
class GoogleSource(Connected):
    kind = "google"


@busy_source("microsoft")
class MicrosoftSource(Connected):
    kind = "microsoft"
