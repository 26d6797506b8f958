"""A calendar's booking form on its page: its questions among the details, what is known of them beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from django import forms

from admitone.logic.forms import Field
from admitone.logic.intake import ANSWER, locked_values, mapped, own_parts, parts_of
from admitone.logic.plan import CalendarPlan
from admitone.public.door import Door
from admitone.public.forms import DetailsForm
from admitone.public.pages import KEPT, MAX_KEPT, Visit
from admitone.public.questions import PREFIX, QuestionsForm, consent_label, shown_values

#: Query parameters of the page itself; a question with such a key is not filled from the address.
OWN = frozenset({*KEPT, "month", "day", "zones", "new", "moved", "gone"})
LAST = ("note", "consent")


def asking(visit: Visit, questions: Sequence[Field]) -> Visit:
    """The same visit, its links and forms carrying on what the address says of these questions."""
    keys = {one.key for one in questions} - OWN
    asked = tuple(key for key in visit.query if key in keys)
    return replace(visit, asked=asked) if asked else visit


def values_of(post: Mapping[str, str]) -> dict[str, str]:
    """The answers as they were typed, by the names of their controls."""
    return {name: post[name] for name in post if name.startswith(PREFIX)}


def folded(visit: Visit, values: Mapping[str, Any]) -> dict[str, Any]:
    """A request as logic.bookings takes it: answers by key, and what the address says."""
    guest = {name: value for name, value in values.items() if not name.startswith(PREFIX)}
    if len(guest) < len(values):
        guest["answers"] = {
            name.removeprefix(PREFIX): value for name, value in values.items() if name.startswith(PREFIX)
        }
    prefill = {key: visit.query[key][:MAX_KEPT] for key in visit.asked}
    return guest | ({"prefill": prefill} if prefill else {})


class IntakeForm(DetailsForm, QuestionsForm):
    """Who books, as far as the form does not ask; its questions; then note and consent."""

    def __init__(
        self,
        plan: CalendarPlan,
        *,
        values: Mapping[str, Any],
        errors: Mapping[str, str],
        kept: Mapping[str, Any],
        left_out: Mapping[str, Any],
        **options: Any,
    ) -> None:
        assert plan.form
        questions = plan.form.fields
        named = {
            PREFIX + name.removeprefix(ANSWER) if name.startswith(ANSWER) else name: text
            for name, text in errors.items()
        }
        super().__init__(plan, values=shown_values(questions, values, kept), errors=named, **options)
        self.ask(questions, kept, without=left_out)
        for name in LAST:
            if name in self.fields:
                self.fields[name] = self.fields.pop(name)
        if "consent" in self.fields:
            self.fields["consent"].label = consent_label(plan.consent_text)

    @property
    def first(self) -> list[forms.BoundField]:
        """The calendar's own fields before the questions."""
        return [self[name] for name in self.fields if not name.startswith(PREFIX) and name not in LAST]

    @property
    def last(self) -> list[forms.BoundField]:
        return [self[name] for name in LAST if name in self.fields]


def details(visit: Visit, door: Door, values: Mapping[str, Any], errors: Mapping[str, str]) -> IntakeForm:
    """The fields of a page whose calendar has a form. Who holds a link that needs a code is not yet who it is for, and
    sees nothing that the link knows."""
    plan = door.plan
    assert plan.form
    said = {key: visit.query[key][:MAX_KEPT] for key in visit.asked}
    kept = locked_values(plan, {**said, **door.known})
    person = parts_of(asdict(door.person)) if door.person else {}
    brought = set(person) if door.is_locked else set()
    out = {key: person[part] for part, key in mapped(plan).items() if part in brought}
    out |= kept if door.needs_code else {}
    seen = {} if door.needs_code else {**door.known, **{key: person.get(part) for part, key in mapped(plan).items()}}
    typed = values or {PREFIX + key: value for key, value in {**said, **seen}.items() if value}
    own = own_parts(plan)
    return IntakeForm(
        plan,
        values={**({} if door.needs_code else person), **typed},
        errors=errors,
        kept={key: value for key, value in kept.items() if key not in out},
        left_out=out,
        without=tuple(part for part in ("name", "email", "phone") if part not in own or part in brought),
        party=door.party,
    )
