"""The environment every test process runs in; imported before Django reads its settings."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

SECRET_KEY = "test-secret-key-which-is-long-enough-for-every-signature-0123456789"
LINK_KEYS = "1:dGVzdC1saW5rLWtleS10aGF0LWlzLTMyLWJ5dGVzISE"
BASE_URL = "http://testserver"

#: A file system in memory: every commit of SQLite waits for the disk, and no test pulls its plug.
MEMORY, ROOM = Path("/dev/shm"), 2**30
ON_DISK = "TESTS_ON_DISK"


def memory() -> Path | None:
    """Where data goes; None is the usual place of temporary files, which benchmarks ask for."""
    if os.environ.get(ON_DISK) or not os.access(MEMORY, os.W_OK):
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free > ROOM else None


def scratch(prefix: str) -> Path:
    """A new directory for the data of one process or server."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory()))


def server_url() -> str:
    """The database given by the caller (`postgres://...`), or "" for a SQLite file in the data directory."""
    return os.environ.get("ADMITONE_DATABASE_URL", "")


def is_postgres() -> bool:
    return server_url().startswith("postgres")


def values(data_dir: Path, base_url: str) -> dict[str, str]:
    """Every ADMITONE_* variable that tests fix, for this process or for a server started by one."""
    return {
        "ADMITONE_DATA_DIR": str(data_dir),
        "ADMITONE_SECRET_KEY": SECRET_KEY,
        "ADMITONE_LINK_KEYS": LINK_KEYS,
        "ADMITONE_BASE_URL": base_url,
        "ADMITONE_JOB_THREADS": "2",
        "ADMITONE_JOB_LEASE_SECONDS": "2",
        "ADMITONE_ALLOW_PRIVATE_FEEDS": "1",
    }


def prepare() -> Path:
    """Point this process at a fresh data directory, removed when it ends."""
    data_dir = scratch("admitone-test-")
    owner = os.getpid()
    atexit.register(lambda: owner == os.getpid() and shutil.rmtree(data_dir, ignore_errors=True))
    for name in [name for name in os.environ if name.startswith("ADMITONE_") and name != "ADMITONE_DATABASE_URL"]:
        del os.environ[name]
    os.environ |= values(data_dir, BASE_URL)
    os.environ["DJANGO_SETTINGS_MODULE"] = "admitone.config.settings"
    return data_dir
