"""Who a visitor may turn to, and only what was opted in to be public."""

from __future__ import annotations

from dataclasses import dataclass

from admitone.accounts.models import Account
from admitone.links.queries import Opened, maker_contact
from admitone.logic.plan import CalendarPlan


@dataclass(frozen=True, slots=True)
class PublicContact:
    name: str
    email: str = ""
    phone: str = ""


def of_link(opened: Opened) -> PublicContact:
    """By the calendar's policy; the account's public address and number fill what it leaves out."""
    found = maker_contact(opened)
    account = opened.link.account
    return PublicContact(
        found["name"] or account.name, found["email"] or account.public_email, found["phone"] or account.public_phone
    )


def of_plan(plan: CalendarPlan, account: Account | None = None) -> PublicContact:
    """For pages without a link: the calendar's own contact, else its host."""
    host = plan.hosts[0].name if plan.hosts else plan.account_name
    name = (plan.contact_name if plan.contact_policy == "custom" else host) or plan.account_name
    email = plan.contact_email if plan.contact_policy == "custom" else ""
    phone = plan.contact_phone if plan.contact_policy == "custom" else ""
    if account is not None:
        email, phone = email or account.public_email, phone or account.public_phone
    return PublicContact(name, email, phone)
