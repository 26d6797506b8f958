"""A notice's own words, filled in for one appointment. Words that would have a gap give way to the standard letter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.contacts.models import Contact
from admitone.logic.notices import MAX_SUBJECT, PARTY, Notice
from admitone.messaging.letters import Action, Letter, Rendered, by_hand
from admitone.notifications.appointments import Appointment
from admitone.notifications.booked import is_talkative, when_row
from admitone.notifications.posting import Write
from admitone.notifications.short import short
from admitone.values import Context, available, check, render, used
from admitone.values.language import MAX_TEMPLATE
from admitone.values.times import Reader

#: Whose values a notice can use.
NOUNS = ("account", "appointment", "calendar", "contact", "user")
#: On other occasions the letter's first link (change it, answer it, choose again) is added to words that lack it.
LINKLESS = ("cancelled", "follow_up")


@dataclass(frozen=True)
class Told(Context):
    """Values of the appointment at hand, as its reader writes times."""

    told: Appointment | None = None
    to: Reader | None = None

    @cached_property
    def booking(self) -> Booking | None:
        return self.told.booking if self.told else None

    @cached_property
    def contact(self) -> Contact | None:
        return self.told.booking.contact if self.told else None

    @cached_property
    def reader(self) -> Reader:
        return self.to or Reader(self.account.locale, self.account.timezone)


@dataclass(frozen=True, slots=True)
class Filled:
    """`empty` names values that came out empty: then the standard words are sent."""

    subject: str
    body: str
    empty: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.empty


def word_faults(account: Account, subject: str, body: str) -> dict[str, str]:
    """What is wrong with the words, by field."""
    known = available(NOUNS, account)
    faults = {}
    for name, text, limit in (("subject", subject, MAX_SUBJECT), ("body", body, MAX_TEMPLATE)):
        wrong = [one.message for one in check(text, known)] if len(text) <= limit else []
        if len(text) > limit:
            wrong = [f"Use at most {limit} characters."]
        if wrong:
            faults[name] = " ".join(wrong)
    return faults


def reader_of(one: Appointment, notice: Notice) -> Reader:
    if notice.audience in ("guest", PARTY):
        return one.guest
    return one.host if notice.audience == "host" else Reader(one.language or one.booking.account.locale, one.host_zone)


def fill(one: Appointment, notice: Notice, now: datetime) -> Filled:
    """The words with their values. Raises ValueError for words that a save would refuse."""
    booking = one.booking
    context = Told(
        account=booking.account,
        now=now,
        contact_id=booking.contact_id,
        told=one,
        to=reader_of(one, notice),
    )
    subject = render(notice.subject, context, channel="subject")
    body = render(notice.body, context, channel="sms" if notice.channel == "sms" else "text")
    return Filled(subject.text, body.text, tuple(dict.fromkeys([*subject.empty, *body.empty])))


def is_loud(one: Appointment, notice: Notice) -> bool:
    """Whether what a stranger typed would make this message to a guest an advertisement for something else."""
    if notice.audience != "guest":
        return False
    booking = one.booking
    typed = {
        **dict.fromkeys(("contact.name", "contact.first_name", "contact.last_name"), booking.contact.name),
        "appointment.note": booking.note,
        "appointment.location": booking.location if booking.location_kind == "ask" else "",
    }
    return any(is_talkative(typed[name]) for name in used(notice.subject) | used(notice.body) if name in typed)


def letter(one: Appointment, notice: Notice, standard: Write, now: datetime, leave: str = "") -> Letter | Rendered:
    """In the active language: the standard letter, with the notice's own subject, or its own words altogether.

    `leave` is the address that unsubscribes its reader, for letters that nobody needs to get.
    """
    found = standard(one)
    if isinstance(found, Rendered):
        return found
    if notice.audience == "extra":
        found = without_answers(found, one)
    if leave:
        found = replace(found, actions=(*found.actions, Action(_("Unsubscribe"), leave)))
    if not notice.has_words:
        return found
    try:
        filled = fill(one, notice, now)
    except ValueError:  # a custom field that is gone since
        return found
    if not filled.is_whole or is_loud(one, notice):
        return found
    if not filled.body.strip():
        return replace(found, subject=filled.subject)
    return own(one, notice, filled, found, leave)


def without_answers(found: Letter, one: Appointment) -> Letter:
    """Only hosts may answer a request by its link."""
    actions = tuple(action for action in found.actions if action.url == one.app_url)
    return found if actions == found.actions else replace(found, actions=actions, small=())


def own(one: Appointment, notice: Notice, filled: Filled, found: Letter, leave: str = "") -> Rendered:
    """Own words never lose the link that the standard letter is about, nor the dates of a series."""
    body, button = filled.body, None if notice.occasion in LINKLESS else next(iter(found.actions), None)
    if one.others:  # a series: values are those of its first date
        body = f"{body.rstrip()}\n\n{when_row(one, reader_of(one, notice), one.host_zone).value}"
    if button and button.url not in body:
        body = f"{body.rstrip()}\n\n{button.label}: {button.url}"
    way_out = Action(_("Unsubscribe"), leave) if leave else None
    return by_hand(filled.subject or found.subject, body, one.brand, button=button, leave=way_out)


def text_message(one: Appointment, notice: Notice, now: datetime) -> str:
    """The SMS in the active language: own words, else the short standard ones."""
    if notice.body:
        try:
            filled = fill(one, notice, now)
        except ValueError:
            return short(one, notice)
        if filled.is_whole and filled.body and not is_loud(one, notice):
            return filled.body
    return short(one, notice)
