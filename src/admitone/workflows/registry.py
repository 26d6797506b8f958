"""Triggers and actions: one file each in `triggers/` and `actions/`; a contract test holds every one to these classes."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform
from uuid import UUID

from pydantic import ConfigDict, TypeAdapter, ValidationError

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.events.models import Event
from admitone.logic.sentences import sentence
from admitone.workflows.outcomes import Done, Outcome, Preview

if TYPE_CHECKING:
    from admitone.workflows.models import Enrollment
    from admitone.workflows.run import StepContext

T = TypeVar("T")
Faults = dict[str, str]


@dataclass_transform(frozen_default=True)
def params(cls: type[T]) -> type[T]:
    """A frozen dataclass whose values are checked when a document is read; unknown names are refused."""
    cls.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
    return dataclass(frozen=True)(cls)


@params
class NoParams:
    """Takes nothing."""


class Configurable:
    """What triggers and actions share. `version` grows when stored Params no longer fit; `upgrade` carries them over.

    `labels` and `helps` name Params for people; `editors` says how one is edited where its type does not tell.
    """

    key: ClassVar[str]
    label: ClassVar[Any]
    category: ClassVar[Any]
    version: ClassVar[int] = 1
    Params: ClassVar[type[Any]] = NoParams
    labels: ClassVar[Mapping[str, Any]] = {}
    helps: ClassVar[Mapping[str, Any]] = {}
    editors: ClassVar[Mapping[str, str]] = {}
    words: ClassVar[Mapping[str, Mapping[str, Any]]] = {}  # of a param's fixed values, for people

    @classmethod
    def adapter(cls) -> TypeAdapter[Any]:
        return adapter(cls.Params)

    @classmethod
    def upgrade(cls, stored: dict[str, Any]) -> dict[str, Any]:
        """Params as an earlier version stored them, in today's form."""
        return stored

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> tuple[Any, Faults]:
        """Params and no faults, or None and a sentence for each wrong value."""
        try:
            return cls.adapter().validate_python(cls.upgrade(dict(raw))), {}
        except ValidationError as error:
            return None, {".".join(map(str, one["loc"])): sentence(one) for one in error.errors(include_url=False)}

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        """Faults that only the account's rows can show, like a calendar that is gone: name of the value -> sentence."""
        return {}


def adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """The reader of a Params class; built once, as building takes milliseconds."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


_adapters: dict[type[Any], TypeAdapter[Any]] = {}


class Trigger(Configurable):
    """Starts a workflow. Filters are its Params: an absent one means any. `provides` are nouns whose values are there."""

    events: ClassVar[tuple[str, ...]] = ()
    provides: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return True

    @classmethod
    def contact(cls, event: Event) -> UUID | None:
        return as_uuid(event.facts.get("contact")) or (event.subject_id if event.subject_kind == "contact" else None)

    @classmethod
    def context(cls, event: Event) -> dict[str, str]:
        """Ids that values are read from."""
        return {name: event.facts[name] for name in ("link", "booking", "calendar") if event.facts.get(name)}

    @classmethod
    def values(cls, params: Any, account: Account) -> frozenset[str]:
        """Values beside the fields of its nouns, which only the account's rows know, like hook.order.total."""
        return frozenset()

    @classmethod
    def given(cls, noun: str, enrollment: Enrollment) -> Mapping[str, Any]:
        """What came with the event of this enrollment, for nouns that are read from no row of their own."""
        return {}


class Action(Configurable):
    """A step. `external`: it calls the outside, so it is run outside transactions, after its claim was committed.

    `templates` names the Params that are merge texts, or map names to them; `outputs` samples what it leaves as
    `steps.<name>.*`. A step with an output called status leaves it whatever comes of it: done, skipped or its own word.
    """

    icon: ClassVar[str] = "circle"
    external: ClassVar[bool] = False
    branching: ClassVar[bool] = False
    waits: ClassVar[bool] = False  # time is sure to pass
    templates: ClassVar[tuple[str, ...]] = ()
    outputs: ClassVar[Mapping[str, str]] = {}
    output_labels: ClassVar[Mapping[str, Any]] = {}
    provides: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def first_branches(cls) -> Sequence[Mapping[str, Any]]:
        """The branches of a step that has just been added, without their steps."""
        return ()

    @classmethod
    def texts(cls, params: Any, account: Account) -> Mapping[str, str]:
        """The merge texts to check, by the name of their param; those of a mapping by its key too: values.name."""
        found: dict[str, str] = {}
        for name in cls.templates:
            given = getattr(params, name) or ""
            found |= (
                {f"{name}.{key}": text for key, text in given.items()} if isinstance(given, Mapping) else {name: given}
            )
        return found

    @classmethod
    def nouns(cls, params: Any, branch: str | None) -> frozenset[str]:
        """Nouns whose values are there once the step is left by the branch of this name; None: past all branches."""
        return cls.provides

    @classmethod
    def closed(cls, branches: Sequence[Mapping[str, Any]]) -> bool:
        """Whether one of the branches is always taken."""
        return False

    @classmethod
    def check_branches(cls, branches: Sequence[Mapping[str, Any]], params: Any) -> Faults:
        return {}

    @classmethod
    def current(cls, outputs: Mapping[str, Any], account: Account, now: datetime) -> Mapping[str, Any]:
        """Outputs as they are now, for those that change after the step, like a link's status."""
        return outputs

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        """One line about what this step will do, for the builder."""
        return str(cls.label)

    @classmethod
    def preview(cls, step: StepContext) -> Preview:
        """What a test run does: it is rolled back, so a step may simply run, unless it calls the outside."""
        text = cls.summary(step.params, step.account)
        return Preview(text, Done(dict(cls.outputs)) if cls.external else cls().run(step))

    def run(self, step: StepContext) -> Outcome:
        """Do it, or say what it waits for. Raises Problem for a refusal, which fails the step with its words."""
        raise NotImplementedError


TRIGGERS: dict[str, type[Trigger]] = {}
ACTIONS: dict[str, type[Action]] = {}
R = TypeVar("R", bound=type[Configurable])


def register(table: dict[str, Any], key: str) -> Callable[[R], R]:
    def add(cls: R) -> R:
        if key in table:
            raise RuntimeError(f"two of these are called {key}")
        cls.key = key
        table[key] = cls
        return cls

    return add


def trigger(key: str) -> Callable[[R], R]:
    return register(TRIGGERS, key)


def action(key: str) -> Callable[[R], R]:
    return register(ACTIONS, key)


@cache
def load() -> None:
    """Import every trigger and action."""
    for package in ("triggers", "actions"):
        import_all(import_module(f"admitone.workflows.{package}"))


def import_all(package: ModuleType) -> None:
    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")


def triggers() -> dict[str, type[Trigger]]:
    load()
    return TRIGGERS


def actions() -> dict[str, type[Action]]:
    load()
    return ACTIONS
