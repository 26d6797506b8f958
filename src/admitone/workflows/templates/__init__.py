""" "Start from": whole workflows to begin with. A file each; what a user chooses first stands in `needs`."""

from __future__ import annotations

import sys

from admitone.logic.errors import Problem
from admitone.workflows.registry import import_all
from admitone.workflows.templates.registry import CATEGORIES, TEMPLATES, Need, Template

__all__ = ["CATEGORIES", "Need", "Template", "template_called", "templates"]


def templates() -> list[Template]:
    """Every template, in the order of the gallery."""
    import_all(sys.modules[__name__])
    places = list(CATEGORIES)
    return sorted((kind() for kind in TEMPLATES.values()), key=lambda one: (places.index(one.category), one.place))


def template_called(key: str) -> Template:
    """Raises Problem("not_found") for a key of none."""
    found = next((one for one in templates() if one.key == key), None)
    if found is None:
        raise Problem("not_found")
    return found
