"""What a guest at a dead or empty link can ask for. The answer on the page never tells whether anything was found."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account, User
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact
from admitone.contacts.services import find_or_create
from admitone.events import GUEST, Actor, Draft, record_many
from admitone.links.models import LinkRequest, LinkUse, OneTimeLink
from admitone.links.queries import link_id_of
from admitone.links.services.issuing import event_of, reissue
from admitone.logic.errors import Problem
from admitone.logic.faults import Faults
from admitone.logic.identity import clean_email, clean_name, clean_text, email_key

KINDS = ("new_link", "ask_time")


@transaction.atomic
def request_new(*, token: str, kind: str, name: str, email: str, note: str, now: datetime) -> LinkRequest:
    """Ask the owner for a new link or for a time. Raises Problem link_unknown or invalid."""
    link = _link(token)
    fields = _clean(kind, name, email, note)
    asked = LinkRequest.objects.create(account_id=link.account_id, link=link, created_at=now, **fields)
    record_many([event_of(link, "one_time_link.requested", GUEST, now, request=str(asked.id), wanted=kind)])
    return asked


@transaction.atomic
def answer_request(
    *, account: Account, request_id: UUID | str, actor: Actor, now: datetime, created_by: User | None = None
) -> OneTimeLink:
    """Issue a new link on the old one's terms for the person who asked; their mail follows from the event."""
    asked = _locked(account, request_id)
    if asked.status == "answered" and asked.new_link is not None:
        return asked.new_link
    link = reissue(account=account, link_id=asked.link_id, actor=actor, now=now, created_by=created_by)
    _bind(link, asked, account, actor, now)
    asked.status, asked.new_link, asked.answered_at = "answered", link, now
    asked.save(update_fields=["status", "new_link", "answered_at"])
    facts = {"request": str(asked.id), "link": str(link.id), "old_link": str(asked.link_id)}
    record_many([Draft(account.id, actor, now, "link_request.answered", "link_request", asked.id, facts)])
    return link


@transaction.atomic
def dismiss_request(*, account: Account, request_id: UUID | str, actor: Actor, now: datetime) -> LinkRequest:
    asked = _locked(account, request_id)
    if asked.status == "open":
        asked.status, asked.answered_at = "dismissed", now
        asked.save(update_fields=["status", "answered_at"])
        facts = {"request": str(asked.id), "link": str(asked.link_id)}
        record_many([Draft(account.id, actor, now, "link_request.dismissed", "link_request", asked.id, facts)])
    return asked


@transaction.atomic
def ask_for_booking(*, token: str, email: str, now: datetime) -> None:
    """ "Is this your booking?": the manage link is mailed if the address is the booking's; nothing is revealed here."""
    link = _link(token)
    try:
        key = email_key(clean_email(email))
    except ValueError as error:
        raise Problem("invalid", fields={"email": str(error)}) from error
    uses = LinkUse.objects.filter(link=link).select_related("booking")
    mine = [str(use.booking_id) for use in uses if email_key(use.booking.email) == key]
    if mine:
        record_many([event_of(link, "one_time_link.booking_asked", GUEST, now, bookings=mine)])


@transaction.atomic
def ask_for_code(*, token: str, now: datetime) -> None:
    """Have a code mailed to the bound address of a `verify` link."""
    link = _link(token)
    if link.contact_policy == "verify" and link.contact_id:
        record_many([event_of(link, "one_time_link.code_asked", GUEST, now)])


def _locked(account: Account, request_id: UUID | str) -> LinkRequest:
    """The account's request, locked: two people who answer it at once send one link."""
    key = as_uuid(request_id)
    asked = LinkRequest.objects.select_for_update().filter(id=key, account=account).first() if key else None
    if asked is None:
        raise Problem("not_found")
    return asked


def _link(token: str) -> OneTimeLink:
    """Locked: two events of one link written at once would want the same place in its history."""
    link = OneTimeLink.objects.select_for_update().filter(id=link_id_of(token)).first()
    if link is None:
        raise Problem("link_unknown")
    return link


def _clean(kind: str, name: str, email: str, note: str) -> dict[str, str]:
    faults, found = Faults(), {"kind": kind if kind in KINDS else KINDS[0]}
    for field, read in (
        ("name", lambda: clean_name(name)),
        ("email", lambda: clean_email(email)),
        ("note", lambda: clean_text(note, 1000)),
    ):
        with faults.at(field):
            found[field] = read()
    if not found.get("name") and "name" not in faults:
        faults["name"] = "Enter your name."
    faults.refuse()
    return found


def _bind(link: OneTimeLink, asked: LinkRequest, account: Account, actor: Actor, now: datetime) -> None:
    """The new link greets whoever asked; a locked link stays bound to its own contact."""
    if link.contact_policy != "prefill":
        return
    contact_id, made = find_or_create(
        account_id=account.id,
        name=asked.name,
        email=asked.email,
        phone="",
        timezone="",
        locale="",
        source="link_request",
        actor=actor,
        now=now,
    )
    link.contact = Contact.objects.get(id=contact_id)
    link.save(update_fields=["contact"])
    if made:
        record_many([made])
