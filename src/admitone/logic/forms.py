"""Forms: the document that lists a form's fields, and what somebody answered, held to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from admitone.logic import answers
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_email, clean_name, clean_phone, clean_text

KINDS = ("text", "email", "phone", "textarea", "number", "date", "choice", "checkbox")
PERSON = ("name", "first_name", "last_name", "email", "phone")
CUSTOM = "custom:"
WIDTHS = ("full", "half")
MAX_FIELDS = 60
#: The form's own tick box; no field can have its name.
CONSENT = "consent"
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")

Document = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Condition:
    """Asked only if the earlier field `key` is answered with `equals` (text, or true and false of a tick box)."""

    key: str
    equals: str | bool


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `maps_to` is none, a part of the person, or custom:<key>.

    A `hidden` field is never shown: it holds what the link or the address says, else its `default`. A `locked` one
    that they fill is shown, and no guest can change it.
    """

    key: str
    label: str
    kind: str = "text"
    required: bool = False
    help: str = ""
    options: tuple[str, ...] = ()
    maps_to: str = "none"
    show_if: Condition | None = None
    width: str = "full"
    hidden: bool = False
    locked: bool = False
    default: str = ""

    @property
    def is_kept(self) -> bool:
        """Is a value that is known beforehand kept from the guest's hands?"""
        return self.hidden or self.locked


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered (hidden and empty fields left out), who it says it is, and the custom values it carries."""

    values: dict[str, Any]
    person: dict[str, str]
    custom: dict[str, Any] = field(default_factory=dict)
    consent: bool = False


def fields_of(document: Sequence[Mapping[str, Any]]) -> list[Field]:
    """The fields of a stored document."""
    return [_field(entry) for entry in document]


def _field(entry: Mapping[str, Any]) -> Field:
    shown = entry.get("show_if")
    return Field(
        key=entry["key"],
        label=entry["label"],
        kind=entry["kind"],
        required=entry.get("required", False),
        help=entry.get("help", ""),
        options=tuple(entry.get("options", ())),
        maps_to=entry.get("maps_to", "none"),
        show_if=Condition(shown["key"], shown["equals"]) if shown else None,
        width=entry.get("width", "full"),
        hidden=entry.get("hidden", False),
        locked=entry.get("locked", False),
        default=entry.get("default", ""),
    )


def document_of(fields: Sequence[Field]) -> Document:
    """What is stored: plain JSON."""
    return [{**asdict(one), "options": list(one.options)} for one in fields]


def key_from(label: str, taken: Sequence[str] = ()) -> str:
    """A free key made from a label: first_name, first_name_2."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:34].strip("_")
    base = base if KEY.fullmatch(base) else f"field_{base}"[:36].rstrip("_")
    used, found, n = {*taken, CONSENT}, base, 2
    while found in used:
        found, n = f"{base}_{n}", n + 1
    return found


def clean_fields(raw: object) -> Document:
    """A whole document. Raises Problem("invalid"), its fields named like fields.2.label."""
    if not isinstance(raw, list | tuple):
        raise Problem("invalid", fields={"fields": "Give a list of fields."})
    if len(raw) > MAX_FIELDS:
        raise Problem("invalid", fields={"fields": f"Use at most {MAX_FIELDS} fields."})
    errors: dict[str, str] = {}
    found: list[Field] = []
    for at, entry in enumerate(raw):
        wrong, one = _read(entry, found)
        errors |= {f"fields.{at}.{name}" if name else f"fields.{at}": text for name, text in wrong.items()}
        found += [one] if one else []
    if not errors and not {"email", "phone"} & {one.maps_to for one in found}:
        errors["fields"] = "A form needs a field for the email address or the phone number of the contact."
    if errors:
        raise Problem("invalid", fields=errors)
    return document_of(found)


def _read(entry: object, before: Sequence[Field]) -> tuple[dict[str, str], Field | None]:
    if not isinstance(entry, Mapping):
        return {"": "Use an object."}, None
    if unknown := set(map(str, entry)) - set(Field.__slots__):
        return dict.fromkeys(sorted(unknown), "There is no such field."), None
    kind = entry.get("kind", "text")
    if kind not in KINDS:
        return {"kind": f"Choose one of {', '.join(KINDS)}."}, None
    errors: dict[str, str] = {}

    def take(name: str, read: Callable[[Any], Any]) -> Any:
        try:
            return read(entry.get(name))
        except ValueError as error:
            errors[name] = str(error)

    read = {
        "label": take("label", _label),
        "required": take("required", _flag),
        "help": take("help", lambda raw: clean_text(raw, 300)),
        "options": tuple(take("options", lambda raw: answers.clean_options(raw) if kind == "choice" else []) or ()),
        "maps_to": take("maps_to", lambda raw: _target(raw, kind, before)),
        "show_if": take("show_if", lambda raw: _condition(raw, before)),
        "width": take("width", _width),
        "hidden": take("hidden", _flag),
        "locked": take("locked", _flag),
    }
    read["default"] = take("default", lambda raw: _default(raw, kind, read["options"]))
    if read["hidden"] and read["required"]:
        errors["required"] = "Nobody can answer a hidden field: it cannot be required."
    key = take("key", lambda raw: _key(raw, read["label"] or "", [one.key for one in before]))
    return errors, None if errors else Field(key=key, kind=kind, **read)


def _label(raw: Any) -> str:
    text = clean_name(raw, 200) if isinstance(raw, str) else ""
    if not text:
        raise ValueError("Give the field a label.")
    return text


def _flag(raw: Any) -> bool:
    if raw not in (None, True, False):
        raise ValueError("Use true or false.")
    return bool(raw)


def _default(raw: Any, kind: str, options: Sequence[str]) -> str:
    """As text; "true" of a tick box."""
    if answers.is_empty(raw):
        return ""
    if kind == "checkbox":
        return "true" if answers.clean_tick(raw) else ""
    return str(answers.clean_value(kind if kind not in ("email", "phone") else "text", raw, options))


def _width(raw: Any) -> str:
    if raw not in (None, *WIDTHS):
        raise ValueError("Choose full or half.")
    return raw or "full"


def _key(raw: Any, label: str, taken: Sequence[str]) -> str:
    if not raw:
        return key_from(label, taken)
    if not isinstance(raw, str) or not KEY.fullmatch(raw) or raw == CONSENT:
        raise ValueError("Use small letters, digits and _, beginning with a letter, 40 at most.")
    if raw in taken:
        raise ValueError("Another field has this key.")
    return raw


def _target(raw: Any, kind: str, before: Sequence[Field]) -> str:
    target = raw or "none"
    if not isinstance(target, str) or not (
        target in ("none", *PERSON) or (target.startswith(CUSTOM) and KEY.fullmatch(target.removeprefix(CUSTOM)))
    ):
        raise ValueError(f"Choose none, {', '.join(PERSON)} or custom:KEY.")
    if target in PERSON and kind not in ("text", target):
        raise ValueError("That part of the contact holds another kind of value.")
    if target != "none" and target in {one.maps_to for one in before}:
        raise ValueError("Another field fills this part of the contact.")
    return target


def _condition(raw: Any, before: Sequence[Field]) -> Condition | None:
    if raw is None or raw == {}:
        return None
    if not isinstance(raw, Mapping) or set(raw) - {"key", "equals"}:
        raise ValueError('Use {"key": ..., "equals": ...}.')
    other = next((one for one in before if one.key == raw.get("key")), None)
    if other is None:
        raise ValueError("It can depend only on a field above it.")
    equals = raw.get("equals")
    if other.kind == "checkbox":
        return Condition(other.key, answers.clean_tick(equals))
    if other.kind == "choice" and equals not in other.options:
        raise ValueError("Choose one of that field's options.")
    return Condition(other.key, answers.clean_line("" if equals is None else equals))


def read_answers(
    fields: Sequence[Field],
    raw: Mapping[str, Any],
    *,
    region: str | None,
    consent_text: str = "",
    given: Mapping[str, Any] | None = None,
    reachable: bool = True,
) -> Answers:
    """Answers by key, cleaned; a field whose condition is not met is not asked. `region` reads local phone numbers.

    `given` is what is known of hidden and locked fields: it wins over what was sent, and a hidden field takes nothing
    else. Without `reachable` neither email nor phone is insisted on. Raises Problem("invalid") with a sentence for each
    wrong key, for unknown ones too.
    """
    known = {one.key for one in fields}
    errors = {str(key)[:80]: "There is no such field." for key in raw if key not in known and key != CONSENT}
    kept = known_before(fields, given or {}, region)
    values: dict[str, Any] = {}
    for one in fields:
        if not is_asked(one, values):
            continue
        try:
            values |= _kept(one, kept) if one.hidden or one.key in kept else _answer(one, raw.get(one.key), region)
        except ValueError as error:
            errors[one.key] = str(error)
    agreed = isinstance(raw.get(CONSENT), str | int) and raw.get(CONSENT) in answers.TICKED
    if consent_text and not agreed:
        errors[CONSENT] = "Please tick this box to continue."
    person = _person(fields, values)
    if reachable and not errors and not person["email"] and not person["phone"]:
        errors[_reachable(fields)] = "Enter an email address or a phone number."
    if errors:
        raise Problem("invalid", fields=errors)
    return Answers(values, person, custom_of(fields, values), agreed and bool(consent_text))


def known_before(fields: Sequence[Field], given: Mapping[str, Any], region: str | None) -> dict[str, Any]:
    """The cleaned values of hidden and locked fields: what is given, else the default. What does not fit is left out."""
    found: dict[str, Any] = {}
    for one in fields:
        for raw in (given.get(one.key), one.default) if one.is_kept else ():
            try:
                found |= {} if answers.is_empty(raw) else {one.key: _known(one, raw, region)}
            except ValueError:
                continue
            if one.key in found:
                break
    return found


def _known(one: Field, raw: Any, region: str | None) -> Any:
    return answers.clean_tick(raw) if one.kind == "checkbox" else _clean(one, raw, region)


def _kept(one: Field, kept: Mapping[str, Any]) -> dict[str, Any]:
    return {one.key: kept[one.key]} if one.key in kept else {}


def is_asked(one: Field, values: Mapping[str, Any]) -> bool:
    """Is a field shown, given the answers to the fields above it?"""
    return one.show_if is None or meets(one.show_if, values)


def meets(condition: Condition, values: Mapping[str, Any]) -> bool:
    given = values.get(condition.key)
    return given == condition.equals if isinstance(given, bool) else str(given) == str(condition.equals)


def _answer(one: Field, raw: Any, region: str | None) -> dict[str, Any]:
    if one.kind == "checkbox":
        ticked = answers.clean_tick(raw)
        if one.required and not ticked:
            raise ValueError("Please tick this box to continue.")
        return {one.key: ticked}
    if answers.is_empty(raw):
        if one.required:
            raise ValueError("Please answer this.")
        return {}
    return {one.key: _clean(one, raw, region)}


def _clean(one: Field, raw: Any, region: str | None) -> Any:
    if one.kind == "email" or one.maps_to == "email":
        return clean_email(_plain(raw))
    if one.kind == "phone" or one.maps_to == "phone":
        return clean_phone(_plain(raw), region)
    if one.maps_to in PERSON:
        return clean_name(_plain(raw), 200 if one.maps_to == "name" else 99)
    return answers.clean_value(one.kind, raw, one.options)


def _plain(raw: Any) -> str:
    if not isinstance(raw, str | int):
        raise ValueError("Enter text.")
    return str(raw)


def _person(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, str]:
    given = {one.maps_to: str(values[one.key]) for one in fields if one.maps_to in PERSON and one.key in values}
    parts = [given[part] for part in ("first_name", "last_name") if given.get(part)]
    return {
        "name": given.get("name") or " ".join(parts),
        "email": given.get("email", ""),
        "phone": given.get("phone", ""),
    }


def custom_of(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the answers write into the contact's custom fields."""
    return {
        one.maps_to.removeprefix(CUSTOM): values[one.key]
        for one in fields
        if one.maps_to.startswith(CUSTOM) and one.key in values
    }


def _reachable(fields: Sequence[Field]) -> str:
    """The key of the field to put the sentence at that somebody must be reachable."""
    targets = {one.maps_to: one.key for one in fields}
    return targets.get("email") or targets.get("phone") or fields[0].key
