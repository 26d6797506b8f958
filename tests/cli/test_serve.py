"""`admitone serve` as people run it: a process, its child, signals and a data directory."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest
from tests import environment
from tests.server import COMMAND, Live, with_database

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default::ResourceWarning")]


@pytest.fixture(scope="module")
def server(serve: Callable[..., Live]) -> Live:
    return serve()


@pytest.fixture
def running(server: Live) -> Iterator[Live]:
    """The module's server, started again if the test before stopped it."""
    if server.process is None or server.process.poll() is not None:
        server.log_path.unlink()
        server.start()
    yield server


def children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in found.split()]


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def pid_of(server: Live) -> int:
    assert server.process
    return server.process.pid


def worker_beats(server: Live) -> int:
    """Workers in the server's database that have not stopped cleanly."""
    count = "SELECT count(*) FROM jobs_workerbeat"
    if server.database:
        with psycopg.connect(with_database(environment.server_url(), server.database)) as connection:
            return connection.execute(count).fetchall()[0][0]
    with closing(sqlite3.connect(server.data_dir / "admitone.sqlite3")) as file:
        return file.execute(count).fetchall()[0][0]


def test_first_start_prints_the_token_and_the_address(running: Live) -> None:
    assert until(lambda: len(running.log().splitlines()) >= 2)
    token, ready = running.log().splitlines()[:2]
    assert token.startswith(f"Nobody has signed up yet. Open {running.base_url}/setup/ and enter this set-up token: ")
    assert ready == f"Admit One is ready at {running.base_url}"


def test_second_serve_on_the_same_data_is_refused(running: Live) -> None:
    command = [COMMAND, "serve", "--port", "1"]
    second = subprocess.run(command, env=running.env, capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 1
    assert second.stderr == (
        f"Error: Another `admitone serve` (process {pid_of(running)}) already uses {running.data_dir}. "
        "Stop it first, or give this one a data directory of its own with ADMITONE_DATA_DIR.\n"
    )


def test_port_in_use_is_refused(running: Live, tmp_path: Path) -> None:
    env = {**running.env, "ADMITONE_DATA_DIR": str(tmp_path)}
    env.pop("ADMITONE_DATABASE_URL", None)
    command = [COMMAND, "serve", "--port", str(running.port)]
    second = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (second.returncode, second.stderr) == (
        1,
        f"Error: Cannot listen on 127.0.0.1 port {running.port}: Address already in use.\n",
    )


def test_worker_lives_beside_the_web_server(running: Live) -> None:
    assert worker_beats(running) == 1


def test_phones_that_stall_in_mid_form_hold_up_nobody(running: Live) -> None:
    head = b"POST /setup/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\na="
    stalled = [socket.create_connection(("127.0.0.1", running.port), timeout=5) for _ in range(20)]
    try:
        for phone in stalled:
            phone.sendall(head)
        time.sleep(0.3)
        assert httpx.get(f"{running.base_url}/healthz", timeout=5).status_code == 200
    finally:
        for phone in stalled:
            phone.close()


def test_killed_web_process_is_replaced(running: Live) -> None:
    (child,) = children(pid_of(running))
    os.kill(child, signal.SIGKILL)
    assert until(lambda: children(pid_of(running)) not in ([child], []))
    assert until(running.is_up)
    assert until(lambda: worker_beats(running) == 2)


@pytest.mark.parametrize("request_to_stop", [signal.SIGTERM, signal.SIGINT])
def test_stop_is_clean(running: Live, request_to_stop: signal.Signals) -> None:
    (child,) = children(pid_of(running))
    before = worker_beats(running)
    assert running.process
    with httpx.Client(base_url=running.base_url) as idle:
        idle.get("/healthz")
        os.killpg(pid_of(running), request_to_stop)
        assert running.process.wait(20) == 0
    assert not alive(child)
    assert worker_beats(running) == before - 1
    assert "Traceback" not in running.log()


def test_killed_parent_leaves_no_orphan(running: Live) -> None:
    (child,) = children(pid_of(running))
    os.kill(pid_of(running), signal.SIGKILL)
    assert running.process
    running.process.wait(10)
    assert until(lambda: not alive(child))
    assert not running.is_up()
