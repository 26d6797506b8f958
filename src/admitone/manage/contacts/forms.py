"""The details of a contact as they are typed; contacts/services.py says what is wrong with them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.contacts.models import Contact
from admitone.logic.errors import Problem
from admitone.manage.forms import LocaleField, ZoneField, show_problem

FIELDS = ("name", "email", "phone", "timezone", "locale")


class ContactForm(forms.Form):
    """An email address or a phone number is enough."""

    name = forms.CharField(required=False, label=_("Name"))
    email = forms.CharField(required=False, label=_("Email"))
    phone = forms.CharField(required=False, label=_("Phone"))
    timezone = ZoneField(blank=_("Not known"))
    locale = LocaleField(blank=_("Not known"))

    def refuse(self, problem: Problem) -> None:
        self.errors.clear()
        show_problem(self, problem)

    def raw(self) -> dict[str, str]:
        """What was typed, for the service."""
        return {name: str(self.data.get(name, "")) for name in FIELDS}


def initial(contact: Contact) -> dict[str, str]:
    return {name: getattr(contact, name) for name in FIELDS}
