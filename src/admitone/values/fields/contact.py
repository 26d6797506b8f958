from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.contacts.models import Contact, CustomField
from admitone.contacts.queries import custom_fields, tags_of
from admitone.values.context import Context
from admitone.values.registry import Field, Kind, Namespace, merge_fields


@merge_fields("contact")
class ContactValues(Namespace):
    """The person a text is for. Typed by that person or a stranger: never trusted."""

    label = _("Contact")
    fields = {
        "name": Field(_("Name"), "Ada Lovelace"),
        "first_name": Field(_("First name"), "Ada"),
        "last_name": Field(_("Last name"), "Lovelace"),
        "email": Field(_("Email"), "ada@example.com", "email"),
        "phone": Field(_("Phone"), "+493012345678", "phone"),
        "timezone": Field(_("Time zone"), "Europe/Berlin", trusted=True),
        "tags": Field(_("Tags"), "VIP, New", trusted=True),
        "owner": Field(_("Owner"), "Dr. Klein", trusted=True),
        "owner_email": Field(_("Owner's email"), "klein@example.com", "email", trusted=True),
    }
    open = "custom"

    def resolve(self, context: Context) -> Mapping[str, str]:
        contact = context.contact
        if contact is None:
            return {}
        first, _space, last = contact.name.strip().partition(" ")
        return {
            "name": contact.name,
            "first_name": first,
            "last_name": last.strip(),
            "email": contact.email,
            "phone": contact.phone,
            "timezone": contact.timezone,
        }

    def look_up(self, context: Context, names: set[str]) -> Mapping[str, Any]:
        contact = context.contact
        if contact is None:
            return {}
        found: dict[str, Any] = {}
        if "tags" in names:
            found["tags"] = tuple(tag.name for tag in tags_of(contact))
        if names & {"owner", "owner_email"} and contact.owner:
            found |= {"owner": contact.owner.get_full_name(), "owner_email": contact.owner.email}
        if any(name.startswith("custom.") for name in names):
            found |= custom_values(context.account, contact)
        return found

    def own_fields(self, account: Account) -> Mapping[str, Field]:
        return {
            f"custom.{one.key}": Field(one.label, sample_of(one), KINDS[one.kind]) for one in custom_fields(account)
        }


KINDS: dict[str, Kind] = {"text": "text", "number": "number", "date": "date", "choice": "text", "checkbox": "text"}


def sample_of(one: CustomField) -> str:
    samples = {"number": "42", "date": "6 Nov 2026", "checkbox": gettext("yes")}
    return one.options[0] if one.kind == "choice" and one.options else samples.get(one.kind, one.label)


def custom_values(account: Account, contact: Contact) -> dict[str, Any]:
    """The values of fields that the account has now."""
    found = {}
    for one in custom_fields(account):
        raw = contact.custom.get(one.key)
        found[f"custom.{one.key}"] = date.fromisoformat(raw) if one.kind == "date" and raw else raw
    return found
