"""A database that has all migrations, made once for all test processes and the servers they start; each gets a copy."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from tests import environment

ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".test"
NAME = "admitone.sqlite3"
Migrate = Callable[[dict[str, str]], None]


@cache
def version() -> str:
    """Changes with every migration, and with the guards that are installed after them."""
    files = sorted([*ROOT.glob("src/admitone/*/migrations/*.py"), *ROOT.glob("src/admitone/*/guards.py")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def copy_to(file: Path, command: Path, env: dict[str, str]) -> None:
    """Make a SQLite file with every table and no row of ours."""
    ready = PLACE / f"migrated-{version()}.sqlite3"
    with alone("sqlite"):
        if not ready.exists():
            with TemporaryDirectory(prefix="admitone-migrated-", dir=environment.memory()) as folder:
                migrate(command, {**env, **environment.values(Path(folder), environment.BASE_URL)})
                shutil.copyfile(Path(folder) / NAME, ready.with_suffix(".new"))
                for old in PLACE.glob("migrated-*.sqlite3"):
                    old.unlink()
                ready.with_suffix(".new").replace(ready)
        shutil.copyfile(ready, file)


def create_from_template(name: str, maintenance: psycopg.Connection, command: Path, env: dict[str, str]) -> None:
    """CREATE DATABASE as a copy of a migrated one of the same cluster."""
    template = f"migrated_{version()}"
    with alone("postgres"):
        known = maintenance.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone()
        if not known:
            maintenance.execute(f'CREATE DATABASE "{template}_new"')
            url = env["ADMITONE_DATABASE_URL"].rpartition("/")[0]
            migrate(command, {**env, "ADMITONE_DATABASE_URL": f"{url}/{template}_new"})
            maintenance.execute(f'ALTER DATABASE "{template}_new" RENAME TO "{template}"')
        maintenance.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def migrate(command: Path, env: dict[str, str]) -> None:
    done = subprocess.run([command, "migrate"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One process at a time: the workers of a test run start servers side by side."""
    PLACE.mkdir(exist_ok=True)
    with (PLACE / f"migrated-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
