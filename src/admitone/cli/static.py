"""Static files are collected into the data directory when the program or a source file has changed."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

#: Parts of packages that no page of ours uses; compressing them would take most of the first start.
NOT_SERVED = ["*.map", "redoc*", "ext", "htmax*", "htmx-4*", "htmx-2.js"]


def prepare_static() -> None:
    """Run `collectstatic` unless the last run saw the same version and sources."""
    stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
    current = fingerprint()
    if stamp.exists() and stamp.read_text() == current and Path(settings.STATIC_ROOT).is_dir():
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_SERVED)
    stamp.write_text(current)


def fingerprint() -> str:
    """Version, number of source files and the newest change among them."""
    changed = [
        Path(storage.path(path)).stat().st_mtime_ns for finder in get_finders() for path, storage in finder.list([])
    ]
    return f"{version('admitone')} {len(changed)} {max(changed, default=0)}"
