from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields


@merge_fields("account")
class AccountValues(Namespace):
    """The sub-account that writes."""

    label = _("Business")
    fields = {
        "name": Field(_("Name"), "Klein Dental", trusted=True),
        "email": Field(_("Public email"), "hello@example.com", "email", trusted=True),
        "phone": Field(_("Public phone"), "+493012345678", "phone", trusted=True),
    }

    def resolve(self, context: Context) -> Mapping[str, str]:
        account = context.account
        return {"name": account.name, "email": account.public_email, "phone": account.public_phone}
