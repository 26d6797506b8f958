"""Every route of the product, read from the URLconf, so that a new one cannot be forgotten by the walks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """`path` has its parameters as {name}; `name` is namespace:name or empty."""

    path: str
    name: str
    params: tuple[str, ...]

    def fill(self, values: dict[str, Any]) -> str:
        return "/" + self.path.format(**{name: values[name] for name in self.params})


def routes() -> list[Route]:
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + _readable(entry)
        if isinstance(entry, URLResolver):
            inner = f"{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, path, inner)
        elif isinstance(entry, URLPattern):
            params = tuple(part.split("}")[0] for part in path.split("{")[1:])
            yield Route(path, f"{space}{entry.name}" if entry.name else "", params)


def _readable(entry: URLPattern | URLResolver) -> str:
    """`o/<str:token>` as `o/{token}`; regular expressions of packages are reduced to their named groups."""
    import re

    text = str(entry.pattern).lstrip("^").rstrip("$").replace("\\Z", "").replace("\\", "")
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", text)
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", text)
