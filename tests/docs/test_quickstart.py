"""The quick start's commands do what they say, one after the other, against a real server."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
from tests.docs.shell import Answer, Request, Shell, blocks

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "api-quickstart.md"
EXPECTED = re.compile(r"^# (\d{3})$", re.MULTILINE)


def test_every_command_answers_with_the_status_it_promises(live):
    with httpx.Client(timeout=30, trust_env=False) as client:

        def send(request: Request) -> Answer:
            sent = client.request(request.method, request.url, headers=request.headers, content=request.body)
            return Answer(sent.status_code, sent.text, sent.headers["Content-Type"])

        shell = Shell(send, {"BASE": live.base_url, "KEY": live.demo()["api_key"]})
        for block in blocks(PAGE.read_text()):
            before = len(shell.answers)
            shell.run(block)
            answers = [answer.status for answer in shell.answers[before:]]
            assert answers == [int(status) for status in EXPECTED.findall(block)], (block, shell.answers[-1].text)
    used, booking = shell.answers[-10].json(), shell.answers[-7].json()
    assert used["items"][0]["booking_ids"] == [booking["id"]]
    assert (used["items"][0]["status"], booking["status"]) == ("used", "cancelled")
