"""Everything under /api/ goes through the gate, unknown addresses too."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path

from admitone.api import reference
from admitone.api.gate import gate, unknown
from admitone.api.v1.router import api


def gated(mounted: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    """Guests' addresses are tried first: they are asked for most often, and there are many others."""
    patterns, app, namespace = mounted
    for pattern in patterns:
        pattern.callback = gate(pattern.callback)
    return sorted(patterns, key=lambda one: not str(one.pattern).startswith("public/")), app, namespace


urlpatterns = [
    path("v1/docs", gate(reference.page), name="api_reference"),
    path("v1/", gated(api.urls)),
    re_path(r"^", gate(unknown)),
]
