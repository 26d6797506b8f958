from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields


@merge_fields("user")
class UserValues(Namespace):
    """The member of the team who looks after the contact: the host of the appointment."""

    label = _("Team member")
    fields = {
        "name": Field(_("Name"), "Dr. Klein", trusted=True),
        "email": Field(_("Email"), "klein@example.com", "email", trusted=True),
    }

    def resolve(self, context: Context) -> Mapping[str, str]:
        if context.user:
            return {"name": context.user.get_full_name(), "email": context.user.email}
        host = context.booking.host if context.booking else None
        return {"name": host.name, "email": host.email} if host else {}
