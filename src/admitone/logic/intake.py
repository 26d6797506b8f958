"""A form as the booking form of a calendar: who its answers say the guest is, and what they answer besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from admitone.logic.errors import Problem
from admitone.logic.forms import CUSTOM, PERSON, known_before, read_answers
from admitone.logic.identity import region_of
from admitone.logic.plan import CalendarPlan

#: Parts of a booking request that API clients may send among the answers, if no question has that key.
PLAIN = ("phone", "place", "note", "consent")
ANSWER = "answers."


@dataclass(frozen=True, slots=True)
class Intake:
    """A read request: what is to be judged by the calendar's own rules from here on, the answers, and what is wrong with
    them (named like answers.size)."""

    plan: CalendarPlan
    raw: Mapping[str, Any]
    answers: Mapping[str, Any]
    version: int = 0
    errors: Mapping[str, str] = field(default_factory=dict)


def mapped(plan: CalendarPlan) -> dict[str, str]:
    """Keys of the form's questions by the part of the person they fill: {"email": "your_email"}."""
    fields = plan.form.fields if plan.form else ()
    return {one.maps_to: one.key for one in fields if one.maps_to in PERSON}


def own_parts(plan: CalendarPlan) -> tuple[str, ...]:
    """Of name, email and phone those that the calendar still asks for itself."""
    asked = mapped(plan)
    has_name = bool({"name", "first_name", "last_name"} & set(asked))
    return tuple(part for part in ("name", "email", "phone") if part not in asked and not (part == "name" and has_name))


def known(
    plan: CalendarPlan, metadata: Mapping[str, Any], custom: Mapping[str, Any], person: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What a link says of the form's questions: its metadata by key, else its contact's custom values; of hidden and
    locked ones about the person, what its contact is called and how they are reached."""
    found: dict[str, Any] = {}
    for one in plan.form.fields if plan.form else ():
        value = metadata.get(one.key)
        if value is None and one.maps_to.startswith(CUSTOM):
            value = custom.get(one.maps_to.removeprefix(CUSTOM))
        if value is None and one.is_kept and person:
            value = parts_of(person).get(one.maps_to)
        found |= {one.key: value} if _said(value) else {}
    return found


def parts_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a person that are known; a whole name is split in two, unless the last name came by itself."""
    said = {part: raw[part] for part in PERSON if _said(raw.get(part))}
    if "first_name" in said:
        return said
    name = str(said.get("name", "")).strip()
    first, _space, last = name.partition(" ")
    split = {"first_name": name if "last_name" in said else first, "last_name": last.strip()}
    return {**{part: text for part, text in split.items() if text}, **said}


def told(raw: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """All that is known beforehand: what the page's address says, and what weighs more."""
    return {**_mapping(raw.get("prefill")), **given}


def hoisted(plan: CalendarPlan, raw: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The request with its answers about the person moved to name, email and phone, where links and calendars look.

    Of a hidden or locked question that is `told`, the guest's own answer is dropped. Doing it twice is doing it once.
    """
    found, sent, before = dict(raw), dict(_mapping(raw.get("answers"))), told(raw, given)
    fields = plan.form.fields if plan.form else ()
    for name in PLAIN:
        if name in sent and name not in {one.key for one in fields}:
            found.setdefault(name, sent.pop(name))
    for one in fields:
        if one.maps_to not in PERSON:
            continue
        value = sent.pop(one.key, None)
        if one.is_kept and one.key in before:
            value = before[one.key]
        elif one.hidden:
            value = None
        found |= {one.maps_to: value} if _said(value) else {}
    if "answers" in found:
        found["answers"] = sent
    return found


def fitting(plan: CalendarPlan, guest: Mapping[str, Any]) -> dict[str, Any]:
    """Without answers to questions that the form no longer asks: the page was open while it changed."""
    keys = {one.key for one in plan.form.fields} if plan.form else set()
    answers = {key: value for key, value in guest.get("answers", {}).items() if key in keys or key in PLAIN}
    return {name: value for name, value in guest.items() if name != "answers"} | (
        {"answers": answers} if answers else {}
    )


def read_intake(plan: CalendarPlan, raw: Mapping[str, Any], given: Mapping[str, Any]) -> Intake:
    """The answers, held to the form. `raw["prefill"]` is what the page's address says: less than `given`."""
    found = hoisted(plan, raw, given)
    sent = _mapping(found.get("answers"))
    if plan.form is None:
        unknown = {f"{ANSWER}{str(key)[:80]}": "There is no such field." for key in sent}
        return Intake(plan, found, {}, errors=unknown)
    fields, parts = plan.form.fields, parts_of(found)
    person = {one.key: parts[one.maps_to] for one in fields if one.maps_to in parts}
    region = region_of(str(raw.get("timezone") or "")) or region_of(plan.schedule.timezone)
    try:
        read = read_answers(fields, {**sent, **person}, region=region, given=told(raw, given), reachable=False)
    except Problem as problem:
        name = found.get("name") or " ".join(str(parts.get(part, "")) for part in ("first_name", "last_name"))
        return Intake(_eased(plan, parts), {**found, "name": name}, {}, errors=named(problem.fields))
    said = {part: value for part, value in read.person.items() if value}
    return Intake(_eased(plan, read.person), {**found, **said}, read.values, plan.form.version)


def named(errors: Mapping[str, str]) -> dict[str, str]:
    """Errors at questions, by the names they have in a request."""
    return {f"{ANSWER}{key}": text for key, text in errors.items()}


def at_questions(plan: CalendarPlan, errors: Mapping[str, str]) -> dict[str, str]:
    """Errors about name, email and phone at the questions that ask for them."""
    asked = mapped(plan)
    asked.setdefault("name", asked.get("first_name") or asked.get("last_name") or "")
    return {(f"{ANSWER}{asked[name]}" if asked.get(name) else name): text for name, text in errors.items()}


def locked_values(plan: CalendarPlan, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a page shows of locked questions, and knows of hidden ones."""
    fields = plan.form.fields if plan.form else ()
    return known_before(fields, given, region_of(plan.schedule.timezone))


def _eased(plan: CalendarPlan, person: Mapping[str, Any]) -> CalendarPlan:
    """The calendar's own demands, as far as the form does not ask for the same."""
    asked, phone = mapped(plan), plan.phone
    if "phone" in asked:
        phone = "required" if person.get("phone") else "optional"
    needs_email = plan.email_required if "email" not in asked else phone != "required"
    return replace(plan, phone=phone, email_required=needs_email)


def _mapping(raw: object) -> Mapping[str, Any]:
    return raw if isinstance(raw, Mapping) else {}


def _said(value: object) -> bool:
    return value not in (None, "")
