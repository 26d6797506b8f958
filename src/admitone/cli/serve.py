"""`admitone serve`, `web`, `worker` and `migrate`: the processes of an installation."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import click
from django.conf import settings
from django.core.management import call_command

from admitone.cli.boot import boot

DEFAULT_THREADS = 4


def address(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options --host, --port and --threads."""
    command = click.option("--threads", default=DEFAULT_THREADS, show_default=True, help="Requests at a time.")(command)
    command = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))(command)
    return click.option("--host", default="127.0.0.1", show_default=True)(command)


@click.command()
@address
def serve(host: str, port: int, threads: int) -> None:
    """Migrate, then run the web server and the background worker in one command."""
    start(host, port)
    from admitone.cli import server

    with server.sole_user(settings.ENV.data_dir):
        server.require_free_port(host, port)
        prepare()
        server.run(host=host, port=port, threads=threads, with_jobs=True)


@click.command()
@address
def web(host: str, port: int, threads: int) -> None:
    """Run the web server alone; run `admitone worker` beside it and `admitone migrate` before it."""
    start(host, port)
    from admitone.accounts.keyring import require_keys
    from admitone.cli import server
    from admitone.cli.static import prepare_static

    require_keys()
    prepare_static()
    server.run(host=host, port=port, threads=threads, with_jobs=False)


@click.command()
@click.option("--threads", type=click.IntRange(1, 64), help="Jobs at a time; default ADMITONE_JOB_THREADS.")
def worker(threads: int | None) -> None:
    """Run background jobs until SIGTERM or SIGINT."""
    boot()
    from admitone.jobs import new_worker

    stop = threading.Event()
    for request in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(request, lambda *_: stop.set())
    running = new_worker(threads=threads)
    running.start()
    click.echo("Admit One is working")
    stop.wait()
    running.stop()


@click.command()
def migrate() -> None:
    """Bring the database to this version."""
    boot()
    call_command("migrate", interactive=False, verbosity=1)


def start(host: str, port: int) -> None:
    """Set up, with links that point at this server unless ADMITONE_BASE_URL says otherwise."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    shown = f"[{name}]" if ":" in name else name
    os.environ.setdefault("ADMITONE_BASE_URL", f"http://{shown}:{port}")
    boot()


def prepare() -> None:
    """Database, static files, and the set-up token where nobody has signed up yet."""
    from admitone.accounts.setup import ensure_setup_token, setup_url
    from admitone.cli.static import prepare_static

    call_command("migrate", interactive=False, verbosity=0)
    prepare_static()
    token = ensure_setup_token()
    if token:
        click.echo(f"Nobody has signed up yet. Open {setup_url()} and enter this set-up token: {token}")


COMMANDS = (serve, web, worker, migrate)
