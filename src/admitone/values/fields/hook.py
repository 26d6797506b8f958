from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields


@merge_fields("hook")
class HookValues(Namespace):
    """What an inbound webhook was sent. Typed by whoever: never trusted."""

    label = _("Inbound webhook")
    fields: ClassVar[Mapping[str, Field]] = {}
    free = True

    def resolve(self, context: Context) -> Mapping[str, str]:
        return context.given("hook")
