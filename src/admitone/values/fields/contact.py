from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields


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
    }

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
        }
