from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from admitone.workflows.registry import Trigger, trigger


@trigger("manual")
class Manual(Trigger):
    """By hand or through the API. Every published workflow can be entered so; this one says that it is meant."""

    label = _("Added by hand")
    category = _("Contacts")
