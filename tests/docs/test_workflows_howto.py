"""The commands of the workflows page do what they say against a real server."""

from __future__ import annotations

import re
import time
from pathlib import Path

import httpx
from tests.docs.shell import Answer, Request, Shell, blocks

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "workflows.md").read_text()
EXPECTED = re.compile(r"^# (\d{3})$", re.MULTILINE)
DOCUMENT = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECONDS = 30


def test_every_command_answers_with_the_status_it_promises(live):
    with httpx.Client(timeout=30, trust_env=False) as client:

        def send(request: Request) -> Answer:
            deadline = time.monotonic() + SECONDS
            while True:
                sent = client.request(request.method, request.url, headers=request.headers, content=request.body)
                late = "?contact=" in request.url and not sent.json()["items"]  # "a moment later"
                if not late or time.monotonic() > deadline:
                    return Answer(sent.status_code, sent.text, sent.headers["Content-Type"])
                time.sleep(0.1)

        files: dict[str, bytes] = {}
        shell = Shell(send, {"BASE": live.base_url, "KEY": live.demo()["api_key"]}, files)
        for block in blocks(PAGE):
            before = len(shell.answers)
            shell.run(block)
            answers = [answer.status for answer in shell.answers[before:]]
            assert answers == [int(status) for status in EXPECTED.findall(block)], (block, shell.answers[-1].text)
            files["workflow.json"] = filled(shell.variables)
    stopped, paused = shell.answers[-2].json(), shell.answers[-1].json()
    assert (stopped["status"], paused["status"]) == ("stopped", "paused")
    assert "/o/" in stopped["outputs"]["booking_link"]["url"]


def filled(variables: dict[str, str]) -> bytes:
    """The document of the page with the reader's ids."""
    found = DOCUMENT.search(PAGE)
    assert found
    text = found.group(1)
    for name in ("FORM", "CALENDAR"):
        text = text.replace(f'"{name}"', f'"{variables[name]}"')
    return text.encode()
