"""Request bodies are read before a request gets its turn: a phone that stalls in mid-form must not hold up the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

Application = Callable[..., Iterable[bytes]]

#: Bodies that may be on their way at a time, and how long a further one waits for its place.
READERS, PATIENCE_SECONDS = 56, 5.0
#: Threads that no body can occupy; they serve what comes without one.
SPARE = 8
LARGEST = 8 * 1024 * 1024


class Bodies:
    """A WSGI application around another that works on at most `slots` requests at a time.

    400 for a body that broke off, 413 for one over 8 MiB, 503 while too many others are still on their way.
    """

    def __init__(self, application: Application, slots: int) -> None:
        self.application = application
        self.slots = threading.BoundedSemaphore(slots)
        self.readers = threading.BoundedSemaphore(READERS)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > LARGEST:
            return refuse(start_response, "413 Content Too Large")
        if length:
            if not self.readers.acquire(timeout=PATIENCE_SECONDS):
                return refuse(start_response, "503 Service Unavailable", ("Retry-After", "5"))
            try:
                body = environ["wsgi.input"].read(length)
            finally:
                self.readers.release()
            if len(body) < length:
                return refuse(start_response, "400 Bad Request")
            environ["wsgi.input"] = BytesIO(body)
        with self.slots:
            return self.application(environ, start_response)


def refuse(start_response: Callable[..., Any], status: str, *headers: tuple[str, str]) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Cache-Control", "no-store"), *headers])
    return [f"{status}\n".encode()]
