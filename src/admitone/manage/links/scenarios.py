"""Start from: occasions for which somebody makes a link by hand, and what the form is filled with for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Scenario:
    """`terms` are initial values of the form; `opens_times` shows the open times at once, with `hint` above the form."""

    key: str
    label: Any
    icon: str
    hint: Any
    terms: Mapping[str, Any] = field(default_factory=dict)
    opens_times: bool = False

    def initial(self) -> dict[str, Any]:
        """Texts in the reader's language."""
        return {name: value if isinstance(value, int) else str(value) for name, value in self.terms.items()}


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "vip",
        _("VIP"),
        "star",
        _("For one person only: enter their address, and nobody else can book with the link."),
        {"contact_policy": "refuse", "expires_in": "30", "label": _("VIP"), "note": _("Reserved for you personally.")},
    ),
    Scenario(
        "single_slot",
        _("One offered time"),
        "timer",
        _("Tick the one time that you offer. The link closes after a day."),
        {
            "expires_in": "1",
            "label": _("One offered time"),
            "note": _("This one time is offered to you. It is yours once you confirm it."),
        },
        opens_times=True,
    ),
    Scenario(
        "discovery_call",
        _("Discovery call"),
        "messages-square",
        _("A first call, to be booked within two weeks."),
        {
            "expires_in": "14",
            "label": _("Discovery call"),
            "note": _("A short call to find out whether we can help. Nothing to prepare."),
        },
    ),
    Scenario(
        "sensitive",
        _("Sensitive appointment"),
        "shield-check",
        _(
            "The page asks for a code that is mailed to their address, and the link closes after a day. Keep the label neutral."
        ),
        {"contact_policy": "verify", "expires_in": "1"},
    ),
    Scenario(
        "promotion",
        _("Promotion"),
        "badge-percent",
        _("An offer with an end: a week to book."),
        {"expires_in": "7", "label": _("Promotion"), "note": _("The offer is applied to this appointment.")},
    ),
)


def scenario(key: str) -> Scenario | None:
    return next((one for one in SCENARIOS if one.key == key), None)
