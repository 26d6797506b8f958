"""The processes of an installation, each of which can be killed at any moment and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from random import Random

import httpx
from tests.server import COMMAND, NO_TLS, START_SECONDS, STOP_SECONDS, Live


@dataclass
class Fleet:
    """On SQLite the one `serve`; on PostgreSQL a `web` and two `worker` processes over the same database."""

    live: Live
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: int = 0

    @property
    def names(self) -> list[str]:
        return ["web", "worker 1", "worker 2"] if self.live.database else ["serve"]

    def start_all(self) -> None:
        for name in self.names:
            if name not in self.running:
                self.start(name)

    def start(self, name: str) -> None:
        """Start one; the web server is waited for."""
        port = str(self.live.port)
        address = [] if name.startswith("worker") else ["--host", "127.0.0.1", "--port", port]
        with self.live.log_path.open("ab") as log:
            self.running[name] = subprocess.Popen(
                [COMMAND, name.split()[0], *address],
                env=self.live.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if address:
            self.wait_for_web()

    def wait_for_web(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.live.is_up():
            assert time.monotonic() < deadline, f"the server did not come back:\n{self.live.log()[-4000:]}"
            time.sleep(0.1)

    def kill_one(self, chance: Random) -> None:
        """SIGKILL one of them, with all it started, and bring it back."""
        name = chance.choice(self.names)
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)
        self.kills += 1
        self.start(name)

    def close(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(STOP_SECONDS)
        self.running.clear()


def post(live: Live, form: str, name: str, address: str) -> str | None:
    """The id of the acknowledged submission; None if no answer came, so that nobody knows."""
    headers = {"X-Forwarded-For": address}
    answers = {"answers": {"first_name": name.capitalize(), "email": f"{name}@guest.example"}}
    try:
        answer = httpx.post(
            f"{live.base_url}/api/v1/public/forms/{form}/submissions",
            json=answers,
            headers=headers,
            timeout=20,
            trust_env=False,
            verify=NO_TLS,
        )
    except httpx.TransportError:
        return None
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
