"""The web server: granian with one worker process, in which the background threads live too when asked for."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from admitone.cli.bodies import READERS, SPARE, Bodies

LOCK_PATIENCE_SECONDS = 3.0
PARENT_POLL_SECONDS = 0.5
GRACE_SECONDS = 10.0
KILL_AFTER_SECONDS = 25
STOPPING = {signal.SIGINT, signal.SIGTERM}


@contextmanager
def sole_user(data_dir: Path) -> Iterator[None]:
    """Hold the data directory's lock; ClickException when another `serve` has it.

    The web process inherits the lock, so a successor waits a moment for one whose parent was killed.
    """
    path = data_dir / "serve.lock"
    data_dir.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
        while not locked(file.fileno()):
            if time.monotonic() > deadline:
                raise click.ClickException(in_use(path))
            time.sleep(0.1)
        path.write_text(str(os.getpid()))
        yield


def locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def in_use(path: Path) -> str:
    return (
        f"Another `admitone serve` (process {path.read_text() or 'unknown'}) already uses {path.parent}. "
        "Stop it first, or give this one a data directory of its own with ADMITONE_DATA_DIR."
    )


def require_free_port(host: str, port: int) -> None:
    """ClickException when something listens there; granian shares ports, so two servers would mix unnoticed."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise click.ClickException(f"Cannot listen on {host} port {port}: {error.strerror}.") from error


def run(*, host: str, port: int, threads: int, with_jobs: bool) -> None:
    """Serve until SIGTERM or SIGINT; SystemExit(1) when the web process cannot start."""
    require_free_port(host, port)
    leave_database()
    server = Granian(
        settings.WSGI_APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=READERS + SPARE,
        blocking_threads_idle_timeout=600,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_SECONDS,
    )
    server.on_startup(partial(on_startup, server, host, port))
    loader = partial(load_application, os.getpid(), with_jobs, threads)
    server.serve(target_loader=loader, wrap_loader=False)


def on_startup(server: Any, host: str, port: int) -> None:
    """Treat a closed terminal as a request to stop (granian would reload), and announce the address once it answers."""
    signal.signal(signal.SIGHUP, server.signal_handler_interrupt)
    threading.Thread(target=announce, args=(host, port), daemon=True).start()


def announce(host: str, port: int) -> None:
    """Print the address as soon as somebody listens."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    while True:
        time.sleep(0.1)
        try:
            socket.create_connection((reachable, port), timeout=1).close()
        except OSError:
            continue
        click.echo(f"Admit One is ready at {settings.BASE_URL}")
        return


def leave_database() -> None:
    """Close connections and pools before the fork; a child that shared them would corrupt their traffic."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool: Callable[[], None] | None = getattr(connection, "close_pool", None)
        if close_pool:
            close_pool()


def load_application(parent: int, with_jobs: bool, threads: int) -> Any:
    """In the web process: the WSGI application, with the background worker beside it when asked for."""
    hear_signals_once()
    threading.Thread(target=follow, args=(parent,), name="follow-parent", daemon=True).start()
    application = import_string(settings.WSGI_APPLICATION)
    import_module(settings.ROOT_URLCONF)
    if with_jobs:
        start_worker()
    return Bodies(application, threads)


def hear_signals_once() -> None:
    """Pass granian one signal to stop and swallow the rest.

    A terminal or a service manager signals both processes and the parent then signals the child again; granian's worker
    hangs when the second arrives while it handles the first.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the inherited handler is the parent's
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    threading.Thread(target=hear, name="signals", daemon=True).start()


def hear() -> None:
    signal.sigwait(STOPPING)
    handler = signal.getsignal(signal.SIGTERM)
    if not callable(handler):
        os._exit(0)  # granian has not begun: nothing to finish
    handler(signal.SIGTERM, None)


def start_worker() -> None:
    from admitone.jobs import new_worker

    worker = new_worker()
    worker.start()
    threading.Thread(target=stop_at_end, args=(worker.stop,), name="jobs-stopper").start()


def stop_at_end(stop: Callable[[float], None]) -> None:
    """Stop the jobs when the main thread has ended; this thread is not a daemon, so the process waits for it."""
    threading.main_thread().join()
    stop(GRACE_SECONDS)


def follow(parent: int) -> None:
    """End this process soon after its parent has gone, however that was killed."""
    while os.getppid() == parent:
        time.sleep(PARENT_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS + 5)
    os._exit(1)
