from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.contacts.queries import custom_fields
from admitone.contacts.rows import locked
from admitone.contacts.services import set_custom, update_contact
from admitone.logic.identity import clean_zone
from admitone.workflows.acting import STATUS, STATUS_LABEL, fill, has_merges, no_contact
from admitone.workflows.outcomes import Done, Outcome, Skipped
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext

DETAILS = ("name", "email", "phone", "timezone")


@action("contact.update")
class UpdateContact(Action):
    """Write details or custom fields of the contact. What is left empty, or comes out empty, stays as it is."""

    label = _("Update contact")
    category = _("Contacts")
    icon = "user-pen"
    templates = (*DETAILS, "custom")
    outputs = STATUS
    output_labels = STATUS_LABEL
    labels = {
        "name": _("Name"),
        "email": _("Email"),
        "phone": _("Phone"),
        "timezone": _("Time zone"),
        "custom": _("Custom fields"),
    }
    helps = {"custom": _("One a line: its key, a colon, the new value, which may merge others.")}
    editors = {"name": "subject", "email": "subject", "phone": "subject", "timezone": "timezone", "custom": "headers"}

    @params
    class Params:
        """Merge texts; `custom` maps keys of custom fields to them."""

        name: str = ""
        email: str = ""
        phone: str = ""
        timezone: str = ""
        custom: dict[str, str] = field(default_factory=dict)

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        names = [str(cls.labels[name]) for name in DETAILS if getattr(params, name)] + list(params.custom)
        return ", ".join(names)[:120] or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        if not params.custom and not any(getattr(params, name).strip() for name in DETAILS):
            return {"name": str(_("Choose something to change."))}
        unknown = sorted(set(params.custom) - {one.key for one in custom_fields(account)})
        faults = {f"custom.{key}": str(_("There is no such custom field.")) for key in unknown}
        return faults | zone_faults(params.timezone)

    def run(self, step: StepContext) -> Outcome:
        if step.contact is None:
            return no_contact()
        texts = fill(step, {name: getattr(step.params, name) for name in DETAILS}, "subject")
        own = fill(step, step.params.custom)
        details = {name: text for name, text in texts.found.items() if text}
        custom = {key: text for key, text in own.found.items() if text}
        note = " ".join(filter(None, (texts.note, own.note)))
        if not details and not custom:
            return Skipped(f"Nothing to write. {note}".strip())
        write(step, details, custom)
        return Done({"changed": ", ".join([*details, *custom])}, note=note)


def zone_faults(timezone: str) -> Faults:
    if not timezone.strip() or has_merges(timezone):
        return {}
    try:
        clean_zone(timezone)
    except ValueError as error:
        return {"timezone": str(error)}
    return {}


def write(step: StepContext, details: Mapping[str, str], custom: Mapping[str, str]) -> None:
    """The row is read again under its lock: details not named here stay as they are now. Later steps see the new ones."""
    assert step.contact is not None
    who: dict[str, Any] = {
        "account": step.account,
        "contact_id": step.contact.id,
        "actor": step.actor,
        "now": step.now,
    }
    if details:
        row = locked(step.account, step.contact.id)
        step.enrollment.contact = update_contact(
            **who, raw={name: getattr(row, name) for name in (*DETAILS, "locale")} | dict(details)
        )
    if custom:
        step.enrollment.contact = set_custom(**who, values=custom)
