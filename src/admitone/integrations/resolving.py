"""Names looked up within a time limit: the system's resolver has none that a caller could set."""

from __future__ import annotations

import ipaddress
import socket
import threading
from queue import Empty, SimpleQueue

#: A name server that does not answer is asked again by the system; nobody here waits longer than this (seconds).
LIMIT = 5.0
#: Threads that wait for an answer. Beyond them no name is looked up, so that dead name servers cannot fill the memory.
MOST = 32

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_slots = threading.BoundedSemaphore(MOST)


def resolve(name: str, port: int, timeout: float = LIMIT) -> list[Address]:
    """The addresses of a name, at least one; a literal address needs no look-up.

    Raises TimeoutError after `timeout` seconds (at most LIMIT), OSError or UnicodeError for a name that has none.
    """
    literal = _literal(name)
    if literal is not None:
        return [literal]
    timeout, slots = min(timeout, LIMIT), _slots
    if timeout <= 0 or not slots.acquire(timeout=timeout):
        raise TimeoutError("Too many names are being looked up.")
    found: SimpleQueue[list[Address] | Exception] = SimpleQueue()
    threading.Thread(target=_look_up, args=(name, port, found, slots), name="resolve", daemon=True).start()
    try:
        answer = found.get(timeout=timeout)
    except Empty:
        raise TimeoutError("The name server did not answer in time.") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _literal(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None


def _look_up(name: str, port: int, found: SimpleQueue[list[Address] | Exception], slots: threading.Semaphore) -> None:
    """In a thread of its own, which lives until the system gives up."""
    try:
        rows = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        found.put([ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows])
    except Exception as error:
        found.put(error)
    finally:
        slots.release()
