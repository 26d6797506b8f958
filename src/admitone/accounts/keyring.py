"""The installation's link keys: ADMITONE_LINK_KEYS, else `link-keys` in the data dir (mode 600), independent of SECRET_KEY."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from admitone.logic.tokens import Keyring, new_entry


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keys, read once per process; a new data directory gets its first key here."""
    try:
        return Keyring.parse(settings.ENV.link_keys or _file_text())
    except ValueError as error:
        raise ImproperlyConfigured(f"The link keys cannot be read: {error}.") from error


def key_path() -> Path:
    return Path(settings.ENV.data_dir) / "link-keys"


def keys_present() -> bool:
    return bool(settings.ENV.link_keys) or key_path().exists()


def require_keys() -> None:
    """For nodes that share a database: a key made up here would be unknown to the others. Raises ImproperlyConfigured."""
    if not keys_present():
        raise ImproperlyConfigured(
            "No link keys: set ADMITONE_LINK_KEYS, or put the file link-keys into the data directory of every node. "
            "`admitone keys new` makes a key. Without the old keys, links already sent stop working."
        )


def _file_text() -> str:
    path = key_path()
    if not path.exists():
        _create(path)
    return path.read_text()


def _create(path: Path) -> None:
    """Processes and threads that start together agree on one key: the hard link succeeds once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(new_entry() + "\n")
        file.flush()
        os.fsync(file.fileno())  # a power cut must not leave links signed with a key that was never written
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
