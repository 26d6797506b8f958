"""Why a branch was taken: each comparison with the value it looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.logic import conditions
from admitone.values import Context, value
from admitone.workflows.registry import actions

OP_WORDS: dict[str, Any] = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "contains": gettext_lazy("contains"),
    "contains_not": gettext_lazy("does not contain"),
    "starts_with": gettext_lazy("starts with"),
    "ends_with": gettext_lazy("ends with"),
    "is_one_of": gettext_lazy("is one of"),
    "is_empty": gettext_lazy("is empty"),
    "is_filled": gettext_lazy("is filled"),
    "more_than": gettext_lazy("is more than"),
    "less_than": gettext_lazy("is less than"),
}


def branch_title(step: Mapping[str, Any], place: int) -> str:
    """What people call a branch: the words of its kind of step for a fixed name, else its own name."""
    kind = actions().get(step["type"])
    words = kind.words.get("branches", {}) if kind else {}
    name = str(step["branches"][place].get("name") or "")
    return str(words.get(name) or name or _("Branch %(n)d") % {"n": place + 1})


def why(branches: Sequence[Mapping[str, Any]], taken: int | None, values: Context) -> list[str]:
    """A line for each comparison up to the branch that was taken."""
    rows = branches if taken is None else branches[: taken + 1]
    return [line(part, values) for branch in rows for part in comparisons(branch.get("when"))]


def comparisons(condition: Any) -> Iterator[Mapping[str, Any]]:
    """Every comparison of a condition, in order."""
    if not isinstance(condition, Mapping):
        return
    for group in conditions.GROUPS:
        for part in condition.get(group) or ():
            yield from comparisons(part)
    if "op" in condition:
        yield condition


def line(part: Mapping[str, Any], values: Context) -> str:
    holds = conditions.holds(part, lambda name: value(name, values))
    facts = {
        "comparison": words(part),
        "found": value(part["value"], values),
        "verdict": _("yes") if holds else _("no"),
    }
    return _("%(comparison)s: %(verdict)s (it is “%(found)s”)") % facts


def words(part: Mapping[str, Any]) -> str:
    """A comparison as a phrase: contact.email is filled."""
    than = part.get("than")
    right = ", ".join(map(str, than)) if isinstance(than, list) else than
    phrase = f"{part.get('value')} {OP_WORDS.get(part.get('op', ''), part.get('op'))}"
    return phrase if right is None else f"{phrase} “{right}”"


def phrase(condition: Any) -> str:
    """A whole condition on one line."""
    if not isinstance(condition, Mapping):
        return _("otherwise")
    for group, joint in (("all", _("and")), ("any", _("or"))):
        if group in condition:
            return f" {joint} ".join(nested(part) for part in condition[group]) or _("always")
    return words(condition)


def nested(part: Any) -> str:
    is_group = isinstance(part, Mapping) and any(group in part for group in conditions.GROUPS)
    return f"({phrase(part)})" if is_group else phrase(part)
