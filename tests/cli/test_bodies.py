"""What stands between the web server and the application: the wait for a request's body."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from threading import Event, Thread
from typing import Any

import pytest

from admitone.cli import bodies
from admitone.cli.bodies import LARGEST, Bodies


class Stalled(BytesIO):
    """A body that comes only when it is let go."""

    def __init__(self) -> None:
        super().__init__(b"a=b")
        self.asked, self.sent = Event(), Event()

    def read(self, size: int | None = -1, /) -> bytes:
        self.asked.set()
        self.sent.wait(10)
        return super().read(size)


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def send(application: Bodies, body: BytesIO, length: int) -> tuple[str, bytes]:
    answers: list[str] = []
    environ = {"CONTENT_LENGTH": str(length) if length else "", "wsgi.input": body}
    content = b"".join(application(environ, lambda status, headers: answers.append(status)))
    return answers[0], content


def test_a_whole_body_reaches_the_application() -> None:
    assert send(Bodies(echo, 1), BytesIO(b"a=b"), 3) == ("200 OK", b"a=b")


def test_a_body_that_broke_off_is_refused() -> None:
    assert send(Bodies(echo, 1), BytesIO(b"a=b&na"), 60)[0] == "400 Bad Request"


def test_a_body_over_the_limit_is_refused_unread() -> None:
    assert send(Bodies(echo, 1), BytesIO(), LARGEST + 1)[0] == "413 Content Too Large"


def test_a_stalled_body_leaves_the_turn_to_others() -> None:
    application, slow = Bodies(echo, 1), Stalled()
    reader = Thread(target=send, args=(application, slow, 3))
    reader.start()
    assert slow.asked.wait(10)
    assert send(application, BytesIO(b"quick"), 5) == ("200 OK", b"quick")
    slow.sent.set()
    reader.join(10)


def test_too_many_stalled_bodies_refuse_the_next_one_and_serve_what_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "READERS", 1)
    application, slow = Bodies(echo, 1), Stalled()
    reader = Thread(target=send, args=(application, slow, 3))
    reader.start()
    assert slow.asked.wait(10)
    assert send(application, BytesIO(b"late"), 4)[0] == "503 Service Unavailable"
    assert send(application, BytesIO(), 0) == ("200 OK", b"")
    slow.sent.set()
    reader.join(10)
