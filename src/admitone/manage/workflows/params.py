"""Params of triggers and actions as a form sees them: which editor each has, and what it may hold."""

from __future__ import annotations

import types
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.utils.translation import gettext as _

from admitone.workflows.periods import Period
from admitone.workflows.registry import Configurable, triggers

#: editors that are lists of the account's rows; a plural, or a tuple, takes several
ROWS = frozenset(
    {"calendar", "group", "form", "pipeline", "stage", "tag", "user", "workflow", "hook", "custom_field", "template"}
    | {"phone_number", "host"}
)
STEPS = frozenset({"step", "link_step"})
LONG = frozenset({"body", "text"})
OWN = ""  # the name of the one Param of a kind whose Params are a Period themselves


@dataclass(frozen=True)
class Param:
    """`editor` is one of those in contract with workflows/registry.py, or checkbox, number, select, period, moment, list,
    line. `several`: it holds a list."""

    name: str
    label: str
    help: str
    editor: str
    several: bool
    optional: bool
    default: Any
    options: tuple[tuple[str, str], ...] = ()
    is_merge: bool = False
    whole: bool = False  # a number without a fraction

    @property
    def field(self) -> str:
        return f"p-{self.name or 'length'}"


def params_of(kind: type[Configurable]) -> list[Param]:
    """In the order of their declaration."""
    if kind.Params is Period:
        return [Param(OWN, str(kind.labels.get("seconds", _("How long"))), "", "period", False, False, None)]
    hints = get_type_hints(kind.Params)
    return [param_of(kind, one.name, hints[one.name], default_of(one)) for one in fields(kind.Params)]


def default_of(one: Any) -> Any:
    if one.default is not MISSING:
        return one.default
    return one.default_factory() if one.default_factory is not MISSING else MISSING


def param_of(kind: type[Configurable], name: str, hint: Any, default: Any) -> Param:
    inner, optional = plain(hint)
    several = get_origin(inner) in (tuple, list, frozenset, set)
    item = get_args(inner)[0] if several and get_args(inner) else inner
    editor = editor_of(kind.editors.get(name, ""), inner, item, several)
    literal = get_args(item) if get_origin(item) is Literal else ()
    return Param(
        name=name,
        label=str(kind.labels.get(name) or name.replace("_", " ").capitalize()),
        help=str(kind.helps.get(name, "")),
        editor=editor,
        several=several,
        optional=optional or default is not MISSING,
        default=None if default is MISSING else default,
        options=tuple((str(value), words_of(kind, name, str(value))) for value in literal),
        is_merge=name in getattr(kind, "templates", ()),
        whole=item is int,
    )


def plain(hint: Any) -> tuple[Any, bool]:
    """The type without None, and whether None was one of its kinds."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint, False
    kinds = [one for one in get_args(hint) if one is not type(None)]
    return kinds[0], len(kinds) < len(get_args(hint))


def editor_of(named: str, inner: Any, item: Any, several: bool) -> str:
    """A plural is the editor of its singular: how many it takes, the type tells."""
    if named:
        return named[:-1] if named.endswith("s") and named[:-1] in ROWS else named
    if get_origin(item) is Literal:
        return "select"
    by_type: dict[Any, str] = {bool: "checkbox", int: "number", float: "number", str: "line", datetime: "moment"}
    if several:
        return "list" if item in (str, int, float) else "json"
    return "period" if inner is Period else by_type.get(inner, "line" if inner.__class__ is type else "json")


def words_of(kind: type[Configurable], name: str, value: str) -> str:
    """A fixed value for people: as its kind says, as a trigger on such an event is called, or made readable."""
    said = kind.words.get(name, {}).get(value)
    if said:
        return str(said)
    event = next((one for one in triggers().values() if value in one.events), None) if "." in value else None
    return str(event.label) if event else value.replace(".", ": ").replace("_", " ").capitalize()
