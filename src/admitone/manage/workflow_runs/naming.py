"""Names for what documents hold as ids, and for their settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calendars.models import Calendar
from admitone.contacts.models import Tag
from admitone.forms.models import Form
from admitone.logic.document_diff import Value
from admitone.pipelines.models import Pipeline, Stage
from admitone.workflows.models import Workflow

NAMED: tuple[type[Model], ...] = (Calendar, Form, Pipeline, Stage, Tag, Workflow)
SETTINGS: dict[str, Any] = {
    "name": gettext_lazy("Name"),
    "reentry": gettext_lazy("Let a contact enter again"),
    "stop_on_booking": gettext_lazy("Stop when the contact books"),
    "stop_on_reply": gettext_lazy("Stop when the contact replies"),
    "timezone": gettext_lazy("Time zone"),
    "window": gettext_lazy("Sending times"),
    "window.days": gettext_lazy("Sending days"),
    "window.start": gettext_lazy("Sending times from"),
    "window.end": gettext_lazy("Sending times to"),
    "sender.from_name": gettext_lazy("Sender's name"),
    "sender.reply_to": gettext_lazy("Answers go to"),
}


def setting_label(path: str) -> str:
    return str(SETTINGS.get(path, path))


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the account's rows by their ids."""

    known: Mapping[str, str]

    @classmethod
    def of(cls, account: Account, values: Iterable[Value]) -> Names:
        """One statement for each kind of row, if there is an id at all."""
        ids = {key for value in values for side in (value.before, value.after) for key in ids_in(side)}
        found: dict[str, str] = {}
        for model in NAMED if ids else ():
            rows = model._default_manager.filter(account=account, pk__in=ids).values_list("pk", "name")
            found |= {str(key): name for key, name in rows}
        return cls(found)

    def of_value(self, text: str) -> str:
        return self.known.get(text, text)


def ids_in(value: Any) -> Iterator[Any]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and len(one) == 36 and (key := as_uuid(one)):
            yield key
