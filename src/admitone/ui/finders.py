"""Makes `public.css` and the other bundles ordinary static files, in debug, in tests and for collectstatic."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from admitone.ui.bundles import BUNDLES, build


def bundle_folder() -> Path:
    """Where built bundles lie, beside STATIC_ROOT."""
    return Path(settings.STATIC_ROOT).parent / "bundles"


def write_bundle(name: str) -> Path:
    """Build one bundle into the folder; an unchanged file keeps its time stamp."""
    path = bundle_folder() / name
    content = build(name).encode()
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return path


class BundleFinder(BaseFinder):
    """Finds each name of BUNDLES by building it."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUNDLES:
            return []
        found = str(write_bundle(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        storage = FileSystemStorage(location=bundle_folder())
        for name in BUNDLES:
            write_bundle(name)
            yield name, storage
