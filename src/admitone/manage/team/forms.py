"""Forms of the team: a role, and for members a level per calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.calendars.models import Calendar

ROLES = [
    ("member", _("Member: sees and books the calendars given below")),
    ("admin", _("Admin: everything but owners")),
    ("owner", _("Owner: everything")),
]
LEVELS = [("", _("No access")), ("view", _("View")), ("book", _("Book")), ("manage", _("Manage"))]


class RoleForm(forms.Form):
    """`role`, and one `calendar_<id>` field per calendar."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect(), initial="member")

    def __init__(
        self,
        *args: Any,
        calendars: Sequence[Calendar],
        by: str,
        levels: Mapping[UUID, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.calendars = calendars
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = ROLES if by == "owner" else ROLES[:2]
        for calendar in calendars:
            self.fields[f"calendar_{calendar.id.hex}"] = forms.ChoiceField(
                choices=LEVELS, required=False, label=calendar.name, initial=(levels or {}).get(calendar.id, "")
            )

    def calendar_fields(self) -> list[forms.BoundField]:
        return [self[f"calendar_{calendar.id.hex}"] for calendar in self.calendars]

    def levels(self) -> dict[UUID, str]:
        """What was chosen; without "no access"."""
        chosen = {calendar.id: self.cleaned_data[f"calendar_{calendar.id.hex}"] for calendar in self.calendars}
        return {key: level for key, level in chosen.items() if level}


class InviteForm(RoleForm):
    email = forms.EmailField(label=_("Email"))
    field_order = ["email", "role"]
