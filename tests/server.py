"""A real `admitone serve` in a process of its own, with its own data directory and database."""

from __future__ import annotations

import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from tests import collected, environment, migrated
from tests.smtp import free_port

COMMAND = Path(sys.executable).with_name("admitone")
#: Nothing here speaks TLS; a context of its own for every client would read all certificates of the machine each time.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
START_SECONDS = 60.0
STOP_SECONDS = 30.0


@dataclass
class Live:
    """A server at `base_url`; `stop()` is SIGTERM, `kill()` is SIGKILL, `start()` brings it back on the same data."""

    base_url: str
    data_dir: Path
    env: dict[str, str]
    database: str = ""
    process: subprocess.Popen[bytes] | None = None
    _demo: dict[str, Any] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return urlsplit(self.base_url).port or 80

    def start(self) -> None:
        """Start and wait for /healthz; RuntimeError with the end of its log when it does not come up."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [COMMAND, "serve", "--host", "127.0.0.1", "--port", str(self.port)],
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.is_up():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"admitone serve did not come up:\n{self.log()[-4000:]}")
            time.sleep(0.1)

    def is_up(self) -> bool:
        try:
            return httpx.get(f"{self.base_url}/healthz", timeout=5, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> int:
        """SIGTERM, then the exit status of the server."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """SIGKILL the whole process group: the power cord."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def close(self) -> None:
        """Stop what still runs and remove data and database."""
        if self.process and self.process.poll() is None:
            self.kill()
        if self.database:
            drop_database(self.database)
        shutil.rmtree(self.data_dir, ignore_errors=True)

    def cli(self, *args: str, stdin: str | None = None) -> str:
        """Run `admitone ARGS` on this server's data; its standard output, or AssertionError with what it said."""
        done = subprocess.run([COMMAND, *args], env=self.env, input=stdin, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"admitone {' '.join(args)}: {done.stdout}{done.stderr}"
        return done.stdout

    def demo(self) -> dict[str, Any]:
        """What `admitone demo --json` prints, made once per server."""
        if not self._demo:
            self._demo = json.loads(self.cli("demo", "--json"))
        return self._demo

    def client(self, key: str = "") -> httpx.Client:
        """An HTTP client for this server, signed with an API key when given."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.base_url, headers=headers, timeout=30, trust_env=False, verify=NO_TLS)

    @property
    def log_path(self) -> Path:
        return self.data_dir / "serve.log"

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")


def live_server(**env: str) -> Live:
    """Start a server with fresh data; `env` overrides its ADMITONE_* variables. Call `close()` when done."""
    data_dir = environment.scratch("admitone-live-")
    base_url = f"http://127.0.0.1:{free_port()}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ADMITONE_", "DJANGO_"))}
    live = Live(base_url, data_dir, {**inherited, **environment.values(data_dir, base_url)})
    if environment.is_postgres():
        live.database = f"live_{uuid.uuid4().hex[:12]}"
        live.env["ADMITONE_DATABASE_URL"] = with_database(environment.server_url(), live.database)
        with maintenance() as connection:
            migrated.create_from_template(live.database, connection, COMMAND, live.env)
    else:
        migrated.copy_to(data_dir / migrated.NAME, COMMAND, live.env)
    collected.copy_to(data_dir, live.env)
    live.env |= env
    try:
        live.start()
    except BaseException:
        live.close()
        raise
    return live


@contextmanager
def maintenance() -> Iterator[psycopg.Connection]:
    """An autocommit connection to the PostgreSQL server of this run."""
    with psycopg.connect(with_database(environment.server_url(), "postgres"), autocommit=True) as connection:
        yield connection


def drop_database(name: str) -> None:
    with maintenance() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def with_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme="postgresql", path=f"/{name}"))
