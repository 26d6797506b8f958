"""The guest's side of a booking: what the form or the API sent, held to what the calendar asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from admitone.logic.errors import Problem
from admitone.logic.form_rules import Rule, verdict
from admitone.logic.identity import clean_email, clean_name, clean_phone, clean_text, clean_zone, email_key, region_of
from admitone.logic.intake import at_questions, read_intake
from admitone.logic.party import MAX_PARTY, clean_companions, clean_party
from admitone.logic.plan import CalendarPlan

MAX_NOTE = 2000
MAX_PLACE = 300
LOCALE = re.compile(r"(?=.{2,10}$)[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,8})*")
TICKED = (True, "true", "on", "1", "yes")
UTM_KEYS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


@dataclass(frozen=True, slots=True)
class GuestRequest:
    """A cleaned request; `email` may be empty only where the calendar lets the phone number stand for it."""

    name: str
    email: str
    phone: str
    note: str
    consent: bool
    timezone: str
    locale: str
    utm: Mapping[str, str] = field(default_factory=dict)
    party: int = 1  # seats, the guest's own among them
    guests: tuple[Mapping[str, str], ...] = ()  # others of the party: name, email
    answers: Mapping[str, Any] = field(default_factory=dict)
    form_version: int = 0
    place: str = ""  # where the guest wants to meet, if the calendar asks


class Disqualified(Problem):
    """The refusal of a guest, whose request is in order but for an answer that the form's `rule` is about."""

    def __init__(self, rule: Rule, guest: GuestRequest) -> None:
        super().__init__("disqualified", rule.message, redirect_url=rule.redirect_url, calendar=rule.calendar)
        self.rule, self.guest = rule, guest


@dataclass(frozen=True, slots=True)
class Person:
    """The contact a link is bound to."""

    id: str
    name: str
    email: str
    phone: str


def clean_guest(plan: CalendarPlan, raw: Mapping[str, Any], *, given: Mapping[str, Any] | None = None) -> GuestRequest:
    """Every field by the calendar's own rules; `given` is what is known of the booking form's hidden and locked fields.

    Raises Problem("invalid") with a sentence for each wrong field, Disqualified for an answer that rules the guest out.
    """
    intake = read_intake(plan, raw, given or {})
    request, wrong = _request(intake.plan, intake.raw)
    if errors := {**at_questions(plan, wrong), **intake.errors}:
        raise Problem("invalid", fields=errors)
    request = replace(request, answers=intake.answers, form_version=intake.version)
    rule = verdict(plan.form.fields, plan.form.rules, intake.answers) if plan.form else None
    if rule:
        raise Disqualified(rule, request)
    return request


def _request(plan: CalendarPlan, raw: Mapping[str, Any]) -> tuple[GuestRequest, dict[str, str]]:
    errors: dict[str, str] = {}

    def take(name: str, read: Callable[[], Any], default: Any = "") -> Any:
        try:
            return read()
        except ValueError as error:
            errors[name] = str(error)
            return default

    party = take("party", lambda: clean_party(raw.get("party"), plan.max_party), default=1)
    most = MAX_PARTY if "party" in errors else party - 1
    request = GuestRequest(
        name=take("name", lambda: _required(clean_name(raw.get("name")), "Enter your name.")),
        email=take("email", lambda: _email(plan, raw)),
        phone=take("phone", lambda: _phone(plan, raw)),
        note=take("note", lambda: clean_text(raw.get("note"), MAX_NOTE) if plan.note else ""),
        consent=take("consent", lambda: _consent(plan, raw), default=False),
        timezone=take("timezone", lambda: clean_zone(raw.get("timezone") or plan.schedule.timezone)),
        locale=_locale(plan, raw),
        utm=clean_utm(raw.get("utm") or {}),
        party=party,
        guests=take("guests", lambda: clean_companions(raw.get("guests"), most), default=()),
        place=take("place", lambda: _place(plan, raw)),
    )
    return request, errors


def clean_caller(plan: CalendarPlan, raw: Mapping[str, Any]) -> GuestRequest:
    """A guest whose appointment the owner writes down: an address or a number is enough, consent may be missing and
    no question of the booking form is asked."""
    if not any(str(raw.get(name) or "").strip() for name in ("email", "phone")):
        raise Problem("invalid", fields=_nameless(raw) | {"email": "Enter an email address or a phone number."})
    has_email = bool(str(raw.get("email") or "").strip())
    agreed = raw.get("consent") in TICKED
    eased = replace(
        plan,
        form=None,
        phone="optional" if has_email else "required",
        email_required=has_email,
        max_party=MAX_PARTY if plan.type.seated else 1,
        note=True,
        consent_text=plan.consent_text if agreed else "",
        location_kind=plan.location_kind if str(raw.get("place") or "").strip() else "none",
    )
    return clean_guest(eased, raw)


def shown_status(status: str, end_min: int, now_min: int) -> str:
    """What people read: a confirmed booking that is over is completed."""
    return "completed" if status == "confirmed" and end_min <= now_min else status


def clean_utm(raw: object) -> dict[str, str]:
    """The known keys of a mapping, cut to 200 characters; nothing of anything else. Never refuses: nobody typed it."""
    given = raw if isinstance(raw, Mapping) else {}
    return {key: clean_name(str(given[key])[:200], 1000)[:200] for key in UTM_KEYS if given.get(key)}


def with_bound(raw: Mapping[str, Any], person: Person | None, policy: str) -> dict[str, Any]:
    """The raw request completed from the bound contact. Raises Problem("contact_mismatch") where the policy locks the address."""
    merged = dict(raw)
    if person is None:
        return merged
    typed = email_key(str(raw.get("email") or ""))
    locked = policy in ("refuse", "verify") and person.email
    if locked and typed and typed != email_key(person.email):
        raise Problem("contact_mismatch")
    if locked:
        merged["email"] = person.email
    for name in ("name", "email", "phone"):
        merged[name] = merged.get(name) or getattr(person, name)
    return merged


def _nameless(raw: Mapping[str, Any]) -> dict[str, str]:
    return {} if str(raw.get("name") or "").strip() else {"name": "Enter the guest's name."}


def _required(text: str, sentence: str) -> str:
    if not text:
        raise ValueError(sentence)
    return text


def _locale(plan: CalendarPlan, raw: Mapping[str, Any]) -> str:
    text = str(raw.get("locale") or "")
    return text if LOCALE.fullmatch(text) else plan.locale


def _email(plan: CalendarPlan, raw: Mapping[str, Any]) -> str:
    text = str(raw.get("email") or "").strip()
    if not text and not plan.email_required and plan.phone == "required":
        return ""
    return clean_email(_required(text, "Enter your email address."))


def _phone(plan: CalendarPlan, raw: Mapping[str, Any]) -> str:
    text = str(raw.get("phone") or "").strip()
    if plan.phone == "off":
        return ""
    if not text and plan.phone == "optional":
        return ""
    region = region_of(str(raw.get("timezone") or "")) or region_of(plan.schedule.timezone)
    return clean_phone(_required(text, "Enter your phone number."), region)


def _place(plan: CalendarPlan, raw: Mapping[str, Any]) -> str:
    if plan.location_kind != "ask":
        return ""
    return _required(clean_name(raw.get("place"), MAX_PLACE), "Say where we should meet.")


def _consent(plan: CalendarPlan, raw: Mapping[str, Any]) -> bool:
    given = raw.get("consent") in TICKED
    if plan.consent_text and not given:
        raise ValueError("Please tick this box to continue.")
    return given and bool(plan.consent_text)
