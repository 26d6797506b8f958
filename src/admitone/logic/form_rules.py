"""Rules of a form: which answers disqualify, and what is known of a guest before they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from admitone.logic import answers
from admitone.logic.calendars import clean_https
from admitone.logic.errors import Problem
from admitone.logic.forms import Condition, Document, Field, is_asked, meets
from admitone.logic.identity import clean_text

MAX_RULES, MAX_MESSAGE = 20, 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever answers `key` with `equals` reads `message` and is shown another page, another calendar (its id), or
    nothing else. A form's first rule that fits counts."""

    key: str
    equals: str | bool
    message: str
    redirect_url: str = ""
    calendar: str = ""


def rules_of(document: Sequence[Mapping[str, Any]]) -> list[Rule]:
    """The rules of a stored document."""
    return [Rule(**{name: entry[name] for name in Rule.__slots__ if name in entry}) for entry in document]


def clean_rules(raw: object, fields: Sequence[Field]) -> Document:
    """A whole document. Raises Problem("invalid"), its fields named like rules.0.equals."""
    if not isinstance(raw, list | tuple):
        raise Problem("invalid", fields={"rules": "Give a list of rules."})
    if len(raw) > MAX_RULES:
        raise Problem("invalid", fields={"rules": f"Use at most {MAX_RULES} rules."})
    errors: dict[str, str] = {}
    found: list[Rule] = []
    for at, entry in enumerate(raw):
        wrong, rule = _read(entry, fields)
        errors |= {f"rules.{at}.{name}" if name else f"rules.{at}": text for name, text in wrong.items()}
        found += [rule] if rule else []
    if errors:
        raise Problem("invalid", fields=errors)
    return [asdict(rule) for rule in found]


def without(document: Sequence[Mapping[str, Any]], key: str) -> Document:
    """The rules that do not ask about a field."""
    return [dict(entry) for entry in document if entry["key"] != key]


def _read(entry: object, fields: Sequence[Field]) -> tuple[dict[str, str], Rule | None]:
    if not isinstance(entry, Mapping):
        return {"": "Use an object."}, None
    if unknown := set(map(str, entry)) - set(Rule.__slots__):
        return dict.fromkeys(sorted(unknown), "There is no such field."), None
    one = next((field for field in fields if field.key == entry.get("key")), None)
    if one is None:
        return {"key": "Choose one of the form's fields."}, None
    errors: dict[str, str] = {}
    cleaned: dict[str, Any] = {"key": one.key}
    for name, read in (("equals", lambda raw: _equals(raw, one)), ("message", _message), ("redirect_url", clean_https)):
        try:
            cleaned[name] = read(entry.get(name))  # type: ignore[arg-type]
        except ValueError as error:
            errors[name] = str(error)
    cleaned["calendar"] = str(entry.get("calendar") or "")[:40]
    if cleaned["calendar"] and cleaned.get("redirect_url"):
        errors["redirect_url"] = "Choose a page or a calendar, not both."
    return errors, None if errors else Rule(**cleaned)


def _message(raw: Any) -> str:
    if raw is not None and not isinstance(raw, str):
        raise ValueError("Enter text.")
    text = clean_text(raw, MAX_MESSAGE)
    if not text:
        raise ValueError("Say what the guest is to read.")
    return text


def _equals(raw: Any, one: Field) -> str | bool:
    """As an answer to that field would be stored; numbers as text."""
    if one.kind == "checkbox":
        return answers.clean_tick(raw)
    if answers.is_empty(raw):
        raise ValueError("Say which answer.")
    return str(answers.clean_value(one.kind if one.kind not in ("email", "phone") else "text", raw, one.options))


def verdict(fields: Sequence[Field], rules: Sequence[Rule], values: Mapping[str, Any]) -> Rule | None:
    """The first rule that the (cleaned) answers meet; a field that is not asked disqualifies nobody."""
    known = {one.key: one for one in fields}
    for rule in rules:
        one = known.get(rule.key)
        if one is not None and is_asked(one, values) and meets(Condition(rule.key, rule.equals), values):
            return rule
    return None


def refusal(rule: Rule, url: str) -> Problem:
    """What a disqualified guest is told; `url` is where they may go on, "" for nowhere."""
    return Problem("disqualified", rule.message, redirect_url=url, calendar=rule.calendar)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[str]]:
    """What differs between two versions: labels of fields added, removed, changed; then "rules" and "consent"."""
    before = {entry["key"]: dict(entry) for entry in old.get("fields", ())}
    after = {entry["key"]: dict(entry) for entry in new.get("fields", ())}
    found = {
        "added": [after[key]["label"] for key in after if key not in before],
        "removed": [before[key]["label"] for key in before if key not in after],
        "changed": [after[key]["label"] for key in after if key in before and after[key] != before[key]],
    }
    if not any(found.values()) and list(before) != list(after):
        found["moved"] = [entry["label"] for entry in after.values()]
    if list(old.get("rules", ())) != list(new.get("rules", ())):
        found["rules"] = []
    if old.get("consent_text", "") != new.get("consent_text", ""):
        found["consent"] = []
    return {name: labels for name, labels in found.items() if labels or name in ("rules", "consent")}
