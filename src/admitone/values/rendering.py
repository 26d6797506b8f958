"""Check a text against the values there will be, and fill it in for one channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from admitone.logic.identity import clean_name
from admitone.values.context import Context
from admitone.values.language import Fault, Unreadable, execute, parse, paths
from admitone.values.registry import Namespace, namespaces

Channel = Literal["html", "text", "sms", "subject"]
STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Rendered:
    """`empty` names the values that came out empty and were not given a fallback with `| default: "..."`."""

    text: str
    empty: list[str]


def available(roots: Iterable[str]) -> set[str]:
    """The values of these nouns, spelled as a text spells them."""
    known = namespaces()
    return {f"{root}.{name}" for root in roots if root in known for name in known[root].fields}


def used(template: str) -> set[str]:
    """The values the text asks for. Raises ValueError when it cannot be read."""
    return {".".join(path) for path in paths(parse(template)) if path is not None}


def check(template: str, available: set[str]) -> list[Fault]:
    """What is wrong with the text, given the names of all values there will be when it is rendered."""
    try:
        found = paths(parse(template))
    except Unreadable as error:
        return [Fault("", str(error))]
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
    if path[0] in namespaces() and len(path) == 2 and path[1] in namespaces()[path[0]].fields:
        return Fault(name, f"There is no {path[0].replace('_', ' ')} at this point: {name} would be empty.")
    return Fault(name, f"There is no value called {name}.")


def render(template: str, context: Context, *, channel: Channel) -> Rendered:
    """The text with its values, escaped for the channel. Raises ValueError for a text that `check` would refuse."""
    parsed = parse(template, escaped=channel == "html")
    wanted = {path for path in paths(parsed) if path}
    values: dict[str, Any] = {
        root: noun(root, context) for root in {path[0] for path in wanted} if root in namespaces()
    }
    values[STEPS] = {name: texts(outputs) for name, outputs in context.steps.items()}
    for path in wanted:  # a step that was not reached gives nothing, and the reader of `empty` decides
        if path[0] == STEPS and len(path) == 3:
            values[STEPS].setdefault(path[1], {}).setdefault(path[2], "")
    text, empty = execute(parsed, values)
    return Rendered(finish(text, channel), empty)


def value(name: str, context: Context) -> str:
    """One value by its name, "" if there is none."""
    words = name.split(".")
    if words[0] == STEPS and len(words) == 3:
        return texts(context.steps.get(words[1], {})).get(words[2], "")
    if len(words) == 2 and words[0] in namespaces():
        return str(namespaces()[words[0]].resolve(context).get(words[1], ""))
    return ""


def noun(root: str, context: Context) -> dict[str, str]:
    space = namespaces()[root]
    known = space.resolve(context)
    return {name: safe(space, name, str(known.get(name, ""))) for name in space.fields}


def safe(space: Namespace, name: str, value: str) -> str:
    """A stranger's words must not become a link in a mail that carries the account's name."""
    return value if space.fields[name].trusted else value.replace("://", " ")


def texts(outputs: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in outputs.items()}


def finish(text: str, channel: Channel) -> str:
    if channel == "subject":
        return clean_name(text, 1000)
    if channel == "sms":
        return "".join(c for c in text if c == "\n" or c.isprintable()).strip()
    return text
