"""The form of a step or trigger, made from its Params: pickers from the account, merge texts, lengths, moments.

Nothing that is typed is refused here: a draft keeps it as it is, and the faults of the registry say what is wrong with it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.logic import steps
from admitone.logic.clock import iso
from admitone.logic.identity import storable
from admitone.manage.forms import zones
from admitone.manage.workflows import periods
from admitone.manage.workflows.choices import Choice, offer, offered_steps
from admitone.manage.workflows.params import LONG, OWN, ROWS, STEPS, Param, params_of
from admitone.workflows.registry import Configurable

AMOUNT, UNIT = "-amount", "-unit"


class OpenChoice(forms.ChoiceField):
    """A select that keeps a value which is gone: the registry says so."""

    def valid_value(self, value: Any) -> bool:
        return True


class OpenChoices(forms.MultipleChoiceField):
    def valid_value(self, value: Any) -> bool:
        return True


@dataclass(frozen=True)
class Row:
    """One Param on the page; `unit` is the second control of a length."""

    param: Param
    bound: BoundField
    unit: BoundField | None = None
    suggestions: tuple[str, ...] = ()

    @property
    def control(self) -> Any:
        """The control with what a screen reader needs to know about it."""
        described = [f"{self.bound.auto_id}_help"] if self.bound.help_text else []
        described += [f"{self.bound.auto_id}_error"] if self.bound.errors else []
        attrs: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
        attrs |= {"aria-invalid": "true"} if self.bound.errors else {}
        return self.bound.as_widget(attrs=attrs | {"dir": "auto"})

    @property
    def list_id(self) -> str:
        return f"{self.bound.auto_id}_list"

    @property
    def look(self) -> str:
        if self.param.is_merge:
            return "merge"
        return "period" if self.unit is not None else "plain"


class ParamForm(forms.Form):
    """`raw` is what is stored. `tree` are the steps of the workflow, for those that name another."""

    use_required_attribute = False

    def __init__(
        self,
        kind: type[Configurable],
        account: Account,
        raw: Mapping[str, Any],
        data: QueryDict | None = None,
        tree: steps.Steps = (),
        name: str = "",
    ) -> None:
        self.kind, self.account, self.tree, self.name = kind, account, tree, name
        self.params = params_of(kind)
        super().__init__(data, initial=initial_of(self.params, raw, account), auto_id="id_%s")
        self.suggestions: dict[str, tuple[str, ...]] = {}
        for param in self.params:
            self.add(param)

    def add(self, param: Param) -> None:
        if param.editor == "period":
            self.fields[param.field + AMOUNT] = line(param)
            self.fields[param.field + UNIT] = OpenChoice(choices=periods.UNITS, required=False, label=_("Unit"))
            return
        if param.editor == "tag" and not param.several:
            names = tuple(words for _value, words in offer("tag", self.account))
            self.suggestions[param.field] = names
        self.fields[param.field] = self.control(param)

    def control(self, param: Param) -> forms.Field:
        options: dict[str, Any] = {"required": False, "label": param.label, "help_text": param.help}
        if param.editor == "checkbox":
            return forms.BooleanField(**options)
        if choices := self.choices_of(param):
            if param.several:
                return OpenChoices(choices=choices, widget=forms.CheckboxSelectMultiple, **options)
            return OpenChoice(choices=choices, **options)
        return line(param, self.account)

    def choices_of(self, param: Param) -> list[Choice]:
        """Empty for an editor that is typed into."""
        if param.editor == "tag" and not param.several:
            return []
        if param.editor == "timezone":
            return [("", _("No change") if param.is_merge else _("The account's")), *zones()]
        if param.editor in STEPS:
            blank = _("The latest link") if param.editor == "link_step" else _("Choose a step")
            return [("", blank), *offered_steps(param.editor, self.tree, self.name)]
        if param.editor == "select":
            return ([] if param.several else blank_of(param)) + list(param.options)
        if param.editor in ROWS:
            found = offer(param.editor, self.account)
            return found if param.several else [*(blank_of(param) or [("", _("Choose…"))]), *found]
        return []

    def rows(self) -> Iterator[Row]:
        for param in self.params:
            if param.editor == "period":
                yield Row(param, self[param.field + AMOUNT], self[param.field + UNIT])
            else:
                yield Row(param, self[param.field], None, self.suggestions.get(param.field, ()))

    @property
    def usual(self) -> list[Row]:
        return [row for row in self.rows() if not is_rare(row.param)]

    @property
    def rare(self) -> list[Row]:
        """Shown folded: what is written as JSON."""
        return [row for row in self.rows() if is_rare(row.param)]

    def raw(self) -> dict[str, Any]:
        """The Params as they are stored; what was left empty, or stays as it is by default, is left out."""
        self.full_clean()
        found: dict[str, Any] = {}
        for param in self.params:
            value = typed(param, self.cleaned_data, self.account)
            if param.name == OWN:
                return value or {}
            if value is not None and value != stored_default(param):
                found[param.name] = value
        return found

    def show_faults(self, faults: Mapping[str, str]) -> None:
        """Put each sentence at its field."""
        for where, text in faults.items():
            first = where.partition(".")[0]
            param = next((one for one in self.params if one.name in (first, OWN)), None)
            name = None if param is None else param.field + (AMOUNT if param.editor == "period" else "")
            self.add_error(name, text) if self.is_bound else self.note(name, text)

    @property
    def focused(self) -> bool:
        return any("data-focus" in field.widget.attrs for field in self.fields.values())

    def focus(self, wanted: str = "") -> None:
        """Let the page open at a Param, or else at the first that is wrong."""
        names = [name for name in self.fields if name in self.errors and name]
        named = [row.bound.name for row in self.rows() if wanted and row.param.name == wanted.partition(".")[0]]
        for name in (named or names)[:1]:
            self.fields[name].widget.attrs["data-focus"] = ""

    def note(self, name: str | None, text: str) -> None:
        """An error on a form that nobody has sent: of what is stored."""
        self.errors.setdefault(name or "__all__", self.error_class()).append(text)


def is_rare(param: Param) -> bool:
    return param.editor in ("json", "headers") and not param.is_merge and param.optional


def blank_of(param: Param) -> list[Choice]:
    """The empty choice of a picker that may stay empty."""
    if param.default not in (None, "") or not param.optional:
        return []
    return [("", _("Any") if param.help else _("None"))]


def line(param: Param, account: Account | None = None) -> forms.Field:
    """Something typed: one line, many, a number, a moment. What is required is said, and asked for by the registry."""
    field = control_of(param, account)
    field.required, field.empty_values = not param.optional, [None]
    return field


def control_of(param: Param, account: Account | None) -> forms.Field:
    options: dict[str, Any] = {"required": False, "label": param.label, "help_text": param.help, "strip": False}
    if param.editor in LONG or param.editor in ("json", "headers"):
        rows = 10 if param.editor == "body" else 4
        return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)
    attrs: dict[str, Any] = {"autocomplete": "off"}
    if param.editor == "number":
        attrs |= {"inputmode": "numeric" if param.whole else "decimal"}
    if param.editor == "period":
        attrs |= {"inputmode": "decimal"}
    if param.editor == "moment":
        zone = _("In the time of %(zone)s.") % {"zone": account.timezone} if account else ""
        options["help_text"] = f"{param.help} {zone}".strip()
        return forms.CharField(widget=forms.TextInput(attrs={"type": "datetime-local", **attrs}), **options)
    return forms.CharField(widget=forms.TextInput(attrs=attrs), **options)


def initial_of(params: list[Param], raw: Mapping[str, Any], account: Account) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for param in params:
        value = raw if param.name == OWN else raw.get(param.name, stored_default(param))
        if param.editor == "period":
            found[param.field + AMOUNT], found[param.field + UNIT] = periods.split(value)
        else:
            found[param.field] = shown(param, value, account)
    return found


def stored_default(param: Param) -> Any:
    """A Param's default as a document would hold it."""
    if isinstance(param.default, (tuple, frozenset, set)):
        return list(param.default)
    return param.default if isinstance(param.default, (str, int, float, bool, dict, list)) else None


def shown(param: Param, value: Any, account: Account) -> Any:
    """A stored value as its control shows it."""
    if param.editor == "checkbox":
        return value is True
    if param.editor == "json":
        return "" if value in (None, {}, []) else value if isinstance(value, str) else written(value)
    if param.editor == "headers":
        return "\n".join(f"{key}: {text}" for key, text in value.items()) if isinstance(value, Mapping) else value or ""
    if param.several and (param.editor in ROWS or param.options):
        return [str(one) for one in value] if isinstance(value, (list, tuple)) else []
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value)
    if param.editor == "moment":
        return local(value, account)
    if param.editor == "tag":
        return dict(offer("tag", account)).get(str(value or ""), value or "")
    return "" if value is None else value


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def local(value: Any, account: Account) -> str:
    """An instant as a datetime-local control takes it, in the account's zone."""
    try:
        at = datetime.fromisoformat(str(value or ""))
        return (at.astimezone(ZoneInfo(account.timezone)) if at.utcoffset() is not None else at).isoformat()[:16]
    except (ValueError, OverflowError):
        return str(value or "")


def typed(param: Param, cleaned: Mapping[str, Any], account: Account) -> Any:
    """What was typed as it is stored; None if nothing was."""
    if param.editor == "period":
        return periods.join(storable(cleaned.get(param.field + AMOUNT, "")), cleaned.get(param.field + UNIT, ""))
    value = cleaned.get(param.field, "")  # text with a NUL is not among the cleaned
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [storable(one)[:200] for one in value] or None
    text = storable(value).replace("\r\n", "\n")
    return None if not text.strip() else read_text(param, text, account)


def read_text(param: Param, text: str, account: Account) -> Any:
    if param.editor == "json":
        return parsed(text)
    if param.editor == "headers":
        return headers(text)
    if param.editor == "moment":
        return instant(text.strip(), account)
    if param.editor == "number":
        return number(text.strip(), whole=param.whole)
    if param.several:
        return [number(one.strip(), whole=True) for one in text.split(",") if one.strip()]
    return text if param.editor in LONG or param.is_merge else text.strip()


def parsed(text: str) -> Any:
    """The JSON, or the text as it is: for what is none, and for what a database could not keep."""
    try:
        found = json.loads(text, parse_constant=refuse)
        plain = json.dumps(found, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        return text
    return found if storable(plain) == plain and "\\u0000" not in plain else text


def refuse(constant: str) -> Any:
    raise ValueError(constant)


def headers(text: str) -> dict[str, str]:
    pairs = [one.partition(":") for one in text.splitlines() if one.strip()]
    return {name.strip(): value.strip() for name, _colon, value in pairs}


def instant(text: str, account: Account) -> str:
    try:
        at = datetime.fromisoformat(text)
        return iso(at if at.utcoffset() is not None else at.replace(tzinfo=ZoneInfo(account.timezone)))
    except (ValueError, OverflowError):
        return text


def number(text: str, *, whole: bool) -> Any:
    """The number, or the text for the registry to refuse."""
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return text
    if not math.isfinite(found):
        return text
    return int(found) if whole and found.is_integer() else found
