"""Request bodies are read before a request gets its turn: a phone that stalls in mid-form must not hold up the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

#: Bodies that may be on their way at a time; a storm of a hundred bookings must fit.
READERS = 128
#: Threads that no body can occupy; they serve what comes without one.
SPARE = 16
LARGEST = 8 * 1024 * 1024


class Bodies:
    """A WSGI application around another that works on `slots` requests at a time, in as many threads of its own.

    400 for a body that broke off, 413 for one over 8 MiB, 503 while too many others are still on their way.
    """

    def __init__(self, application: Application, slots: int) -> None:
        self.application = application
        self.slots = ThreadPoolExecutor(slots, "request")
        self.readers = threading.BoundedSemaphore(READERS)

    def __call__(self, environ: Environ, start_response: Start) -> Sequence[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > LARGEST:
            return refuse(start_response, "413 Content Too Large")
        if length:
            if not self.readers.acquire(blocking=False):
                return refuse(start_response, "503 Service Unavailable", ("Retry-After", "5"))
            try:
                body = environ["wsgi.input"].read(length)
            finally:
                self.readers.release()
            if len(body) < length:
                return refuse(start_response, "400 Bad Request")
            environ["wsgi.input"] = BytesIO(body)
        return self.slots.submit(self.answer, environ, start_response).result()

    def answer(self, environ: Environ, start_response: Start) -> Sequence[bytes]:
        """The whole answer, closed in the thread that made it: there its database connection is given back."""
        parts = self.application(environ, start_response)
        try:
            return list(parts)
        finally:
            close = getattr(parts, "close", None)
            if close:
                close()


def refuse(start_response: Start, status: str, *headers: tuple[str, str]) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Cache-Control", "no-store"), *headers])
    return [f"{status}\n".encode()]
