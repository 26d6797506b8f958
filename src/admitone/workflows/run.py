"""What a step is given when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.events import Actor
from admitone.logic import steps
from admitone.values import Context
from admitone.workflows.documents import Settings, read_settings
from admitone.workflows.models import Enrollment, StepRun
from admitone.workflows.registry import actions, triggers


@dataclass(frozen=True)
class StepContext:
    """`run.started_at` is when this visit began, however often it was woken; `key` names the visit for ever."""

    enrollment: Enrollment
    step: Mapping[str, Any]
    params: Any
    run: StepRun
    now: datetime

    @property
    def account(self) -> Account:
        return self.enrollment.account

    @property
    def contact(self) -> Contact | None:
        found = self.enrollment.contact
        return found if found is not None and found.erased_at is None else None

    @property
    def actor(self) -> Actor:
        return Actor("workflow", str(self.enrollment.id))

    @property
    def name(self) -> str:
        return self.step["name"]

    @property
    def key(self) -> str:
        return f"workflow:{self.enrollment.id}:{self.name}:{self.run.visit}"

    @property
    def document(self) -> Mapping[str, Any]:
        return self.enrollment.version.document

    @cached_property
    def settings(self) -> Settings:
        return read_settings(self.document["settings"])

    def another(self, name: str) -> Mapping[str, Any] | None:
        """Another step of the document."""
        path = steps.named(self.document["steps"], name)
        return steps.at(self.document["steps"], path) if path else None

    @cached_property
    def values(self) -> Context:
        ids = self.enrollment.context
        return Context(
            account=self.account,
            now=self.now,
            contact_id=self.enrollment.contact_id,
            booking_id=ids.get("booking"),
            link_id=ids.get("link"),
            calendar_id=ids.get("calendar"),
            steps=self.outputs,
            given=self.given,
        )

    def given(self, noun: str) -> Mapping[str, Any]:
        """What the event brought that let this run in."""
        kind = triggers().get(self.enrollment.trigger)
        return kind.given(noun, self.enrollment) if kind and noun in kind.provides else {}

    @property
    def outputs(self) -> dict[str, Mapping[str, Any]]:
        """What the steps of this run made, as it is now."""
        types = {step["name"]: step["type"] for _path, step in steps.walk(self.document["steps"])}
        return {
            name: actions()[types[name]].current(made, self.account, self.now)
            for name, made in self.enrollment.outputs.items()
            if types.get(name) in actions()
        }

    def fresh(self) -> StepContext:
        """The same step after it changed what values are read from."""
        return StepContext(self.enrollment, self.step, self.params, self.run, self.now)
