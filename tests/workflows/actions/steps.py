"""Steps and what became of them, for tests of single actions."""

from __future__ import annotations

from typing import Any

import pytest

from admitone.logic.errors import Problem
from admitone.workflows.models import Enrollment


def step(kind: str, called: str = "act", /, **params: Any) -> dict[str, Any]:
    return {"name": called, "type": kind, "params": params}


def log(one: Enrollment | None = None) -> list[tuple[str, str, str]]:
    """(step, status, words) of every visit of the one enrollment there is."""
    runs = (one or Enrollment.objects.get()).runs.order_by("visit")
    return list(runs.values_list("step", "status", "error"))


def refused(published: Any, *steps: dict[str, Any], triggers: Any = None) -> dict[str, str]:
    """What forbids publishing these steps."""
    with pytest.raises(Problem) as caught:
        published(list(steps), triggers)
    return caught.value.fields
