"""What a template is, and the table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

from django.utils.translation import gettext_lazy as _

#: Key -> heading in the gallery, in order.
CATEGORIES: dict[str, Any] = {
    "leads": _("New people"),
    "occasions": _("Occasions"),
    "after": _("After an appointment"),
    "trades": _("By trade"),
}
Choices = Mapping[str, Any]
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """One choice. `kind` "slot" is a start; it reaches `document` as `offered`, the spans of a link's terms."""

    key: str
    kind: Literal["calendar", "form", "stage", "tag", "slot"]
    label: Any
    optional: bool = False


CALENDAR = Need("calendar", "calendar", _("Calendar to book"))
FORM = Need("form", "form", _("Form"), optional=True)
STAGE = Need("stage", "stage", _("Stage that a deal reaches"))
TAG = Need("tag", "tag", _("Tag that a contact gets"))
SLOT = Need("slot", "slot", _("The one time to offer"))


class Template:
    """A workflow ready to publish, once everything in `needs` is chosen. `place` orders it within its category."""

    key: ClassVar[str]
    label: ClassVar[Any]
    description: ClassVar[Any]
    icon: ClassVar[str] = "workflow"
    category: ClassVar[str] = "leads"
    place: ClassVar[int] = 0
    needs: ClassVar[tuple[Need, ...]] = (CALENDAR,)

    def document(self, choices: Choices) -> Document:
        """The document (workflows/documents.py) in the reader's language; `choices` maps keys of needs to ids."""
        raise NotImplementedError


TEMPLATES: dict[str, type[Template]] = {}
T = TypeVar("T", bound=type[Template])


def template(key: str) -> Callable[[T], T]:
    def add(cls: T) -> T:
        if key in TEMPLATES:
            raise RuntimeError(f"two templates are called {key}")
        cls.key = key
        TEMPLATES[key] = cls
        return cls

    return add
