"""The workflow document: its form when it is saved, and everything that must hold before it is published."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import Strict, ValidationError

from admitone.accounts.models import Account
from admitone.logic import conditions, steps
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_email, clean_name, clean_zone
from admitone.logic.sentences import sentence
from admitone.values import available, check
from admitone.workflows.registry import Action, Faults, actions, adapter, params, triggers

SCHEMA_VERSION = 1
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MAX_STEPS = 200
MAX_TRIGGERS = 20
MAX_NESTING = 8
MAX_BRANCHES = 20
ALWAYS = frozenset({"contact", "account"})
STEP_KEYS = frozenset({"name", "label", "type", "params", "branches", "disabled"})
BRANCH_KEYS = frozenset({"name", "when", "steps"})
Flag = Annotated[bool, Strict()]  # "no" is no way to say false


@params
class Window:
    """When messages may go out: weekdays (0 = Monday) and local times, "09:00" to "17:00"."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    start: str = "09:00"
    end: str = "17:00"


@params
class Sender:
    from_name: str = ""
    reply_to: str = ""


@params
class Settings:
    """`reentry`: a contact may enter again. `timezone` is that of the window, the account's if empty."""

    reentry: Flag = True
    stop_on_booking: Flag = False
    stop_on_reply: Flag = False
    timezone: str = ""
    window: Window | None = None
    sender: Sender = Sender()


def read_settings(raw: Mapping[str, Any]) -> Settings:
    return adapter(Settings).validate_python(dict(raw))


def minutes(clock: str) -> int:
    """Minutes of the day in "09:30"; "24:00" is its end. Raises ValueError."""
    hours, _colon, rest = clock.partition(":")
    found = int(hours) * 60 + int(rest)
    if len(clock) != 5 or not 0 <= found <= 1440 or int(rest) > 59:
        raise ValueError(clock)
    return found


def clean(raw: Any) -> dict[str, Any]:
    """The document in its stored form. Raises Problem("invalid") naming what has not the form of one."""
    if not isinstance(raw, Mapping):
        raise Problem("invalid", fields={"document": _("Send the workflow as an object.")})
    faults: Faults = dict.fromkeys(sorted(set(raw) - DOCUMENT_KEYS), _("There is no such part."))
    document = {
        "schema": SCHEMA_VERSION,
        "name": clean_title(raw.get("name"), faults),
        "settings": clean_settings(raw.get("settings"), faults),
        "triggers": clean_triggers(raw.get("triggers"), faults),
        "steps": Cleaner(faults).steps(raw.get("steps"), "steps", 0),
    }
    if faults:
        raise Problem("invalid", fields=faults)
    return document


DOCUMENT_KEYS = {"schema", "name", "settings", "triggers", "steps"}


def clean_title(raw: Any, faults: Faults) -> str:
    try:
        name = clean_name(raw, 120)
    except ValueError as error:
        faults["name"] = str(error)
        return ""
    if not name:
        faults["name"] = _("Give the workflow a name.")
    return name


def clean_settings(raw: Any, faults: Faults) -> dict[str, Any]:
    try:
        found = read_settings(raw or {})
        if found.timezone:
            clean_zone(found.timezone)
        if found.window:
            check_window(found.window)
        clean_name(found.sender.from_name, 120)
        if found.sender.reply_to:
            clean_email(found.sender.reply_to)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            faults[".".join(map(str, ("settings", *one["loc"])))] = sentence(one)
        return {}
    except (ValueError, TypeError) as error:
        faults["settings"] = str(error)
        return {}
    return dict(raw or {})


def check_window(window: Window) -> None:
    try:
        ordered = minutes(window.start) < minutes(window.end)
    except ValueError:
        ordered = False
    if not ordered or not window.days or not set(window.days) <= set(range(7)):
        raise ValueError(_('A window has days from 0 (Monday) to 6 and opens before it closes: "09:00", "17:00".'))


def clean_triggers(raw: Any, faults: Faults) -> list[dict[str, Any]]:
    rows = raw if raw is not None else []
    if not isinstance(rows, list) or len(rows) > MAX_TRIGGERS:
        faults["triggers"] = _("Send a list of at most %(count)d triggers.") % {"count": MAX_TRIGGERS}
        return []
    found = []
    for place, row in enumerate(rows):
        where = f"triggers.{place}"
        if not isinstance(row, Mapping) or set(row) - {"type", "filters"} or not isinstance(row.get("type"), str):
            faults[where] = _('A trigger has a "type" and "filters".')
        elif row["type"] not in triggers():
            faults[where] = _("There is no trigger called %(name)s.") % {"name": row["type"]}
        elif not isinstance(row.get("filters") or {}, Mapping):
            faults[where] = _("Send the filters as an object.")
        else:
            found.append({"type": row["type"], "filters": dict(row.get("filters") or {})})
    return found


class Cleaner:
    """Reads steps into their stored form, and notes each fault at its place."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.names: set[str] = set()

    def steps(self, raw: Any, where: str, depth: int) -> list[dict[str, Any]]:
        rows = raw if raw is not None else []
        if not isinstance(rows, list) or depth > MAX_NESTING:
            self.faults[where] = _("Send a list of steps, nested at most %(count)d deep.") % {"count": MAX_NESTING}
            return []
        found = [step for n, row in enumerate(rows) if (step := self.step(row, f"{where}.{n}", depth))]
        if len(self.names) > MAX_STEPS:
            self.faults["steps"] = _("Use at most %(count)d steps.") % {"count": MAX_STEPS}
        return found

    def step(self, raw: Any, where: str, depth: int) -> dict[str, Any] | None:
        if not isinstance(raw, Mapping) or not isinstance(raw.get("name"), str) or not NAME.fullmatch(raw["name"]):
            self.faults[where] = _("A step needs a name like send_link: small letters, digits and _, at most 40.")
            return None
        where = f"steps.{raw['name']}"
        if fault := self.fault(raw):
            self.faults[where] = fault
            return None
        self.names.add(raw["name"])
        step = {"name": raw["name"], "type": raw["type"], "params": dict(raw.get("params") or {})}
        if raw.get("label"):
            step["label"] = raw["label"]
        if raw.get("disabled"):
            step["disabled"] = True
        if raw.get("branches"):
            rows = enumerate(raw["branches"])
            step["branches"] = [self.branch(row, f"{where}.branches.{n}", depth) for n, row in rows]
        return step

    def fault(self, raw: Mapping[str, Any]) -> str:
        kind = actions().get(raw["type"]) if isinstance(raw.get("type"), str) else None
        if raw["name"] in self.names:
            return _("Two steps have this name.")
        if kind is None:
            return _("There is no step of type %(name)s.") % {"name": raw.get("type")}
        if set(raw) - STEP_KEYS or not isinstance(raw.get("params") or {}, Mapping):
            return _("A step has name, label, type, params, branches and disabled.")
        if not isinstance(raw.get("disabled") or False, bool):
            return _("A step is disabled or not: true or false.")
        if raw.get("label") and (not isinstance(raw["label"], str) or len(raw["label"]) > 120):
            return _("Use a text of at most 120 characters as label.")
        rows = raw.get("branches")
        if rows and not kind.branching:
            return _("This step has no branches.")
        if rows and (not isinstance(rows, list) or len(rows) > MAX_BRANCHES):
            return _("Send a list of at most %(count)d branches.") % {"count": MAX_BRANCHES}
        return ""

    def branch(self, raw: Any, where: str, depth: int) -> dict[str, Any]:
        if not isinstance(raw, Mapping) or set(raw) - BRANCH_KEYS or not isinstance(raw.get("name") or "", str):
            self.faults[where] = _('A branch has "name", "when" and "steps".')
            return {"steps": []}
        found: dict[str, Any] = {"name": (raw.get("name") or "")[:120]}
        if raw.get("when") is not None:
            if fault := conditions.fault(raw["when"]):
                self.faults[f"{where}.when"] = fault
            found["when"] = raw["when"]
        found["steps"] = self.steps(raw.get("steps"), f"{where}.steps", depth + 1)
        return found


def faults(document: Mapping[str, Any], account: Account) -> Faults:
    """Everything that forbids publication: "steps.<name>.<param>" or "triggers.<n>.<filter>" -> sentence."""
    return {**trigger_faults(document, account), **step_faults(document, account)}


def trigger_faults(document: Mapping[str, Any], account: Account) -> Faults:
    found: Faults = {}
    for place, row in enumerate(document["triggers"]):
        kind = triggers().get(row["type"])
        if kind is None:
            found[f"triggers.{place}"] = _("There is no trigger called %(name)s.") % {"name": row["type"]}
            continue
        filters, wrong = kind.read(row["filters"])
        wrong = wrong or kind.check(filters, account)
        found |= {f"triggers.{place}.{name}": sentence for name, sentence in wrong.items()}
    return found


def step_faults(document: Mapping[str, Any], account: Account) -> Faults:
    tree = document["steps"]
    if not tree:
        return {"steps": _("Add a step.")}
    found: Faults = {}
    names = {step["name"] for _path, step in steps.walk(tree)}
    known = steps.known_before(tree, at_entry(document, account), RULES)
    for path, step in steps.walk(tree):
        if step.get("disabled") or (path not in known and steps.switched_off(tree, path)):
            continue
        wrong = one_step_faults(step, account, names, known.get(path))
        found |= {f"steps.{step['name']}{'.' if name else ''}{name}": text for name, text in wrong.items()}
    for name in steps.endless(tree, time_passes, RULES) if not found else ():
        found[f"steps.{name}"] = _("This step stands in a loop without a wait.")
    return found


def one_step_faults(step: Mapping[str, Any], account: Account, names: set[str], known: frozenset[str] | None) -> Faults:
    """`known` is None for a step that nothing leads to."""
    kind = actions()[step["type"]]
    values, wrong = kind.read(step["params"])
    if wrong:
        return wrong
    wrong = dict(kind.check(values, account))
    aim = getattr(values, "step", "")
    if aim and aim not in names:
        wrong["step"] = _("There is no step called %(name)s.") % {"name": aim}
    if known is None:
        return wrong or {"": _("No way leads to this step.")}
    for name, text in kind.texts(values, account).items():
        bad = check(text, set(known))
        if bad:
            wrong[name] = " ".join(fault.message for fault in bad)
    for place, branch in enumerate(steps.branches(step)):
        unknown = [value for value in conditions.values_of(branch.get("when")) if value not in known]
        if unknown:
            missing = _("There is no value called %(name)s here.") % {"name": unknown[0]}
            wrong[f"branches.{place}.when"] = missing if unknown[0] else _("Choose a value to look at.")
    return wrong or kind.check_branches(steps.branches(step), values)


def time_passes(step: Mapping[str, Any]) -> bool:
    return actions()[step["type"]].waits and not step.get("disabled")


def at_entry(document: Mapping[str, Any], account: Account | None = None) -> frozenset[str]:
    """Values that every trigger brings, custom fields of the account included."""
    kinds = [triggers()[row["type"]] for row in document["triggers"] if row["type"] in triggers()]
    shared = frozenset.intersection(*(kind.provides for kind in kinds)) if kinds else frozenset()
    return values_of(ALWAYS | shared, account) | learned(document, account)


def learned(document: Mapping[str, Any], account: Account | None) -> frozenset[str]:
    """Values that every trigger brings by what it has seen, like the fields of an inbound webhook."""
    found = []
    for row in document["triggers"]:
        kind = triggers().get(row["type"])
        filters, wrong = kind.read(row["filters"]) if kind else (None, {})
        found.append(kind.values(filters, account) if kind and account and not wrong else frozenset[str]())
    return frozenset.intersection(*found) if found else frozenset()


def values_of(nouns: frozenset[str], account: Account | None = None) -> frozenset[str]:
    return frozenset(available(nouns | ({"user"} if "appointment" in nouns else set()), account))


def adds(step: Mapping[str, Any], branch: int | None) -> frozenset[str]:
    kind: type[Action] = actions()[step["type"]]
    values, wrong = kind.read(step["params"])
    own = frozenset(f"steps.{step['name']}.{name}" for name in kind.outputs)
    if wrong:
        return own
    name = steps.branches(step)[branch].get("name", "") if branch is not None else None
    return own | values_of(kind.nouns(values, name))


RULES = steps.Rules(
    adds,
    lambda step: actions()[step["type"]].closed(steps.branches(step)),
    lambda step: step["params"].get("if_passed") == "skip",
)
