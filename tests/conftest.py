"""Fixtures for every test. ADMITONE_DATABASE_URL chooses PostgreSQL; without it each process has a SQLite file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests import environment

DATA_DIR = environment.prepare()  # before pytest-django loads the settings

import django  # noqa: E402
import pytest  # noqa: E402
import time_machine  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.contenttypes.management import create_contenttypes  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models.signals import post_migrate  # noqa: E402
from tests import migrated, network  # noqa: E402
from tests.server import COMMAND, Live, drop_database, live_server, maintenance  # noqa: E402
from tests.smtp import SmtpServer  # noqa: E402

from admitone.cli.server import leave_database  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes 0.2 s a user
django.setup()
# Rows that nothing of ours asks for; each test with commits of its own would have them made anew.
post_migrate.disconnect(create_contenttypes)
post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
network.install()

SLOW_FIXTURES = {"live", "serve"}


def pytest_configure(config: pytest.Config) -> None:
    """Parallel workers prepare their own environment; an inherited name would load the settings before that."""
    if getattr(config.option, "numprocesses", None):
        del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what belongs to the other database and, unless asked for by name, the soak; mark server tests slow."""
    vendor = "postgresql" if environment.is_postgres() else "sqlite"
    soak = "soak" in config.option.markexpr
    dropped = [item for item in items if not wanted(item, vendor, soak)]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in set(dropped)]
    for item in items:
        if SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")


def wanted(item: pytest.Item, vendor: str, soak: bool) -> bool:
    only = item.get_closest_marker("database")
    return (only is None or vendor in only.args) and (soak or item.get_closest_marker("soak") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Under CI=true a skipped test is a failure: whatever it needs must be there."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI forbids: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured and gave to `record_property`, also by workers."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    told = [(one.nodeid, one.user_properties) for one in reports if one.when == "call" and one.user_properties]
    if told:
        terminalreporter.section("measured")
    for name, figures in told:
        terminalreporter.line(f"{name}: " + ", ".join(f"{what} {figure}" for what, figure in figures))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Take the database that the next fixture has made."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """A copy of a migrated database for this process; for SQLite a real file, opened with the options of production."""
    if environment.is_postgres():
        name = connection.creation._get_test_db_name()
        drop_database(name)
        with maintenance() as cluster:
            migrated.create_from_template(name, cluster, COMMAND, dict(os.environ))
        yield
        leave_database()
        drop_database(name)
    else:
        file = DATA_DIR / "test.sqlite3"
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(file)
        migrated.copy_to(file, COMMAND, dict(os.environ))
        yield
        leave_database()


@pytest.fixture
def now() -> datetime:
    """Monday, 2 November 2026, 09:00 UTC."""
    return datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def freeze(now: datetime) -> Iterator[time_machine.Traveller]:
    """Stop the clock at `now`; `.move_to(instant)` and `.shift(delta)` move it."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def data_dir() -> Path:
    return DATA_DIR


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A real SMTP server on this machine that keeps what it is sent; see tests/smtp.py for its refusing modes."""
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., Live]]:
    """Start `admitone serve` with its own data and database: `serve(ADMITONE_POST_LIMIT="5")`; stopped after the module."""
    started: list[Live] = []

    def start(**env: str) -> Live:
        started.append(live_server(**env))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture(scope="module")
def live(serve: Callable[..., Live]) -> Live:
    """One running `admitone serve` for the module."""
    return serve()
