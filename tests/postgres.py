"""A throw-away PostgreSQL: `python -m tests.postgres run -- COMMAND` gives COMMAND its ADMITONE_DATABASE_URL."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from tests.environment import memory
from tests.smtp import free_port

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "256MB",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}
START_SECONDS = 60.0
INSTALL = "PostgreSQL 14 or later is missing: install it (Debian: apt-get install postgresql) or put initdb in PATH"


def binaries() -> Path:
    """The directory of initdb and postgres, newest first; SystemExit that says what to install."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        places += [Path(told)] if told else []
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise SystemExit(INSTALL)


def identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: subprocess arguments that make it somebody else."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of a fresh cluster with an empty database `admitone`; stopped and removed on the way out."""
    home = Path(tempfile.mkdtemp(prefix="admitone-pg-", dir=memory() or "/tmp"))  # socket names have at most 107 bytes
    who = identity()
    if who:
        os.chown(home, who["user"], who["group"])
    process: subprocess.Popen[bytes] | None = None
    try:
        initialise(home, who)
        port = free_port()
        process = launch(home, port, who)
        url = f"postgresql://admitone@127.0.0.1:{port}"
        wait_for(f"{url}/postgres", process, home)
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE admitone")
        yield f"{url}/admitone".replace("postgresql:", "postgres:")
    finally:
        if process:
            halt(process)
        shutil.rmtree(home, ignore_errors=True)


def initialise(home: Path, who: dict[str, Any]) -> None:
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    options = ["-D", home / "data", "-U", "admitone", "-A", "trust", "-E", "UTF8", f"--locale={locale}", "--no-sync"]
    command = [binaries() / "initdb", *options]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **who)
    if done.returncode:
        raise SystemExit(f"initdb failed: {done.stdout}{done.stderr}")


def launch(home: Path, port: int, who: dict[str, Any]) -> subprocess.Popen[bytes]:
    settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
    command = [binaries() / "postgres", "-D", home / "data", "-k", home, "-p", str(port), *settings]
    with (home / "log").open("wb") as log:
        return subprocess.Popen(command, cwd="/", stdout=log, stderr=log, start_new_session=True, **who)


def wait_for(url: str, process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL did not start: {(home / 'log').read_text()[-2000:]}") from error
            time.sleep(0.05)
        else:
            return


def halt(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown, then immediate."""
    for request, seconds in ((signal.SIGINT, 20), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        if process.poll() is None:
            process.send_signal(request)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue


def run(command: list[str]) -> int:
    """Run `command` beside a cluster; its exit status. SIGTERM ends both and removes the cluster."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with cluster() as url:
        child = subprocess.Popen(command, env={**os.environ, "ADMITONE_DATABASE_URL": url})
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait(30)


if __name__ == "__main__":
    if sys.argv[1:3] != ["run", "--"] or len(sys.argv) < 4:
        raise SystemExit("usage: python -m tests.postgres run -- COMMAND [ARGUMENT ...]")
    sys.exit(run(sys.argv[3:]))
