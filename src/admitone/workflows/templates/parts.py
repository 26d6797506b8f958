"""Steps that the templates are put together from, and the sentences they share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from admitone.workflows.templates.registry import Choices

Step = dict[str, Any]
LINK = "booking_link"
URL = "{{ steps.booking_link.url }}"


def step(name: str, label: str, kind: str, branches: list[Step] | None = None, /, **params: Any) -> Step:
    found = {"name": name, "label": label, "type": kind, "params": params}
    return {**found, "branches": branches} if branches else found


def link(choices: Choices, **terms: Any) -> Step:
    """The link of this run, `{{ steps.booking_link.url }}`."""
    return step(
        LINK, _("Make their one-time link"), "one_time_link.generate", calendar=str(choices["calendar"]), **terms
    )


def mail(name: str, label: str, subject: str, *paragraphs: str) -> Step:
    return step(name, label, "email.send", subject=subject, body=letter(*paragraphs))


def letter(*paragraphs: str) -> str:
    greeting = _('Hello {{ contact.first_name | default: "there" }},')
    return "\n\n".join((greeting, *paragraphs, "{{ account.name }}"))


def sms(name: str, label: str, body: str) -> Step:
    return step(name, label, "sms.send", body=body)


def team(name: str, label: str, subject: str, body: str) -> Step:
    return step(name, label, "notify.internal", subject=subject, body=body)


def pause(name: str, label: str, **length: float) -> Step:
    return step(name, label, "wait.for", **length)


def booked(name: str, days: float, happened: list[Step], timed_out: list[Step]) -> Step:
    """Wait until the link has booked, at most so many days."""
    branches = [{"name": "happened", "steps": happened}, {"name": "timed_out", "steps": timed_out}]
    label = _("Wait until they have booked")
    params = {"event": "one_time_link.used", "step": LINK, "timeout": {"days": days}}
    return step(name, label, "wait.for_event", branches, **params)


def by_phone_or_mail(name: str, label: str, by_sms: Step, by_mail: Step) -> Step:
    """An SMS to who has left a number, a mail to the others."""
    filled = {"value": "contact.phone", "op": "is_filled"}
    branches: list[Step] = [
        {"name": _("Has a number"), "when": filled, "steps": [by_sms]},
        {"name": "else", "steps": [by_mail]},
    ]
    return step(name, label, "if_else", branches)


def before(name: str, minutes: int) -> Step:
    """Until so many minutes before the appointment; one that is nearer than that goes on at once."""
    return step(
        name, _("Wait for the appointment to come near"), "wait.until", anchor="appointment.start", minutes=-minutes
    )


def trigger(kind: str, **filters: Any) -> dict[str, Any]:
    """A filter that nothing was chosen for is left out: it means any."""
    return {"type": kind, "filters": {name: value for name, value in filters.items() if value}}


def of_form(choices: Choices) -> dict[str, Any]:
    return trigger("form.submitted", forms=one(choices, "form"))


def one(choices: Choices, key: str) -> list[str]:
    return [str(choices[key])] if choices.get(key) else []


def choose_time() -> str:
    return _("Choose the time that suits you: {{ steps.booking_link.url }}")


def own_link() -> str:
    return _("The link is yours alone and works for one appointment.")
