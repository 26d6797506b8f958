"""Check a text against the values there will be, and fill it in for one channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from babel.dates import format_date
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.logic.identity import clean_name
from admitone.values.context import Context
from admitone.values.language import Fault, Unreadable, execute, locals_of, parse, paths
from admitone.values.registry import Field, Namespace, namespaces

Channel = Literal["html", "text", "sms", "subject"]
STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Rendered:
    """`empty` names the values that came out empty and were not given a fallback with `| default: "..."`."""

    text: str
    empty: list[str]


def fields_of(root: str, account: Account | None = None) -> dict[str, Field]:
    """The noun's fields by name, with those that this account made itself, like custom.size of contact."""
    space = namespaces()[root]
    return {**space.fields, **(space.own_fields(account) if account else {})}


def available(roots: Iterable[str], account: Account | None = None) -> set[str]:
    """The values of these nouns, spelled as a text spells them."""
    return {f"{root}.{name}" for root in roots if root in namespaces() for name in fields_of(root, account)}


def used(template: str) -> set[str]:
    """The values the text asks for. Raises ValueError when it cannot be read."""
    return {".".join(path) for path in asked(template)}


@lru_cache(maxsize=512)
def asked(template: str) -> frozenset[tuple[str, ...]]:
    return frozenset(path for path in paths(parse(template)) if path)


def check(template: str, available: set[str]) -> list[Fault]:
    """What is wrong with the text, given the names of all values there will be when it is rendered."""
    try:
        parsed = parse(template)
        found = paths(parsed)
    except Unreadable as error:
        return [Fault("", str(error))]
    hidden = sorted(locals_of(parsed) & {STEPS, *namespaces()})
    if hidden:
        return [Fault("", f"Choose another name than {hidden[0]}: its values could not be reached any more.")]
    faults = [judge(path, available) for path in dict.fromkeys(found)]
    return [fault for fault in faults if fault]


def judge(path: tuple[str, ...] | None, available: set[str]) -> Fault | None:
    if path is None:
        return Fault("", "Write the name of a value out, like contact.name.")
    name = ".".join(path)
    if name in available:
        return None
    if path[0] == STEPS and len(path) == 3:
        return Fault(name, f"{name} is not made by a step that always comes before this one.")
    space = namespaces().get(path[0])
    if space and len(path) == 2 and path[1] in space.fields:
        return Fault(name, f"There is no {path[0].replace('_', ' ')} at this point: {name} would be empty.")
    if space and space.free:
        return Fault(name, f"Nothing called {'.'.join(path[1:])} has come in yet: send a sample first.")
    if space and len(path) == 3 and path[1] == space.open:
        if path[1] == "answers":
            return Fault(name, f"No calendar's form has a question with the key {path[2]}.")
        return Fault(name, f"There is no custom field called {path[2]}.")
    return Fault(name, f"There is no value called {name}.")


def render(template: str, context: Context, *, channel: Channel) -> Rendered:
    """The text with its values, escaped for the channel. Raises ValueError for a text that `check` would refuse."""
    parsed = parse(template, escaped=channel == "html")
    wanted = asked(template)
    roots = {path[0] for path in wanted if path[0] in namespaces()}
    values: dict[str, Any] = {
        root: noun(root, context, {".".join(path[1:]) for path in wanted if path[0] == root}) for root in roots
    }
    values[STEPS] = {name: texts(outputs) for name, outputs in context.steps.items()}
    for path in wanted:  # a step that was not reached gives nothing, and the reader of `empty` decides
        if path[0] == STEPS and len(path) == 3:
            values[STEPS].setdefault(path[1], {}).setdefault(path[2], "")
    text, empty = execute(parsed, values)
    return Rendered(finish(text, channel), empty)


def value(name: str, context: Context) -> Any:
    """One value by its name as conditions compare it (text, number, date, True/False, tuple of texts), "" if none."""
    root, _dot, rest = name.partition(".")
    if root == STEPS:
        step, _dot, output = rest.partition(".")
        return texts(context.steps.get(step, {})).get(output, "")
    if root not in namespaces():
        return ""
    found = namespaces()[root].resolve(context).get(rest)
    return look_up(root, context, {rest}).get(rest, "") if found is None else found


def look_up(root: str, context: Context, names: set[str]) -> Mapping[str, Any]:
    found = namespaces()[root].look_up(context, names) if names else {}
    return {name: raw for name, raw in found.items() if raw is not None}


def noun(root: str, context: Context, names: set[str]) -> dict[str, Any]:
    """The noun's values as texts; those of accounts' own fields one level deeper."""
    space = namespaces()[root]
    known = space.resolve(context)
    if space.free:
        return nested({name: safe(space, name, shown(known.get(name), context)) for name in sorted(names)})
    more = look_up(root, context, names - set(known))
    found: dict[str, Any] = {
        name: safe(space, name, shown(known.get(name, more.get(name)), context)) for name in space.fields
    }
    own = {name for name in names if space.open and name.startswith(f"{space.open}.")}
    if own:
        found[space.open] = {name.partition(".")[2]: safe(space, name, shown(more.get(name), context)) for name in own}
    return found


def nested(flat: Mapping[str, str]) -> dict[str, Any]:
    """{"order.total": "5"} as {"order": {"total": "5"}}; of two that cannot both be, the deeper one."""
    found: dict[str, Any] = {}
    for name, text in flat.items():
        *way, last = name.split(".")
        place = found
        for word in way:
            inner = place.get(word)
            place[word] = place = inner if isinstance(inner, dict) else {}
        if not isinstance(place.get(last), dict):
            place[last] = text
    return found


def shown(raw: Any, context: Context) -> str:
    """A value as its reader writes it."""
    if raw is None or isinstance(raw, str):
        return raw or ""
    if isinstance(raw, bool):
        return _("yes") if raw else _("no")
    if isinstance(raw, date):
        return format_date(raw, "medium", locale=context.reader.babel)
    return ", ".join(map(str, raw)) if isinstance(raw, tuple) else str(raw)


def safe(space: Namespace, name: str, value: str) -> str:
    """A stranger's words must not become a link in a mail that carries the account's name."""
    field = space.fields.get(name)
    return value if field and field.trusted else value.replace("://", " ")


def texts(outputs: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in outputs.items()}


def finish(text: str, channel: Channel) -> str:
    if channel == "subject":
        return one_line(text)
    if channel == "sms":
        return "".join(c for c in text if c == "\n" or c.isprintable()).strip()
    return text


def one_line(text: str) -> str:
    try:
        return clean_name(text, 1000)
    except ValueError as error:
        raise Unreadable(str(error)) from error
