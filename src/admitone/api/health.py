"""For machines: /healthz (the process), /readyz (database, migrations, guards, worker), /metrics (Prometheus text)."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from admitone.accounts.keyring import keys_present
from admitone.booking import guards
from admitone.jobs.queries import backlog, oldest_ready_seconds, worker_alive

STARTED = time.time()


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything a booking needs is there; 503 with the sentences of what is not."""
    faults = problems(timezone.now())
    return JsonResponse({"ready": not faults, "problems": faults}, status=503 if faults else 200)


def problems(now: datetime, *, with_worker: bool = True) -> list[str]:
    """What keeps this installation from working, one sentence each; `doctor` prints the same."""
    try:
        faults = _schema_faults()
    except DatabaseError as error:
        return [f"The database does not answer ({type(error).__name__})."]
    if not keys_present():
        faults.append("There are no link keys: links sent before cannot be opened.")
    if with_worker and not faults and not worker_alive(now):
        faults.append("No background worker is alive: mails and reminders wait.")
    return faults


def _schema_faults() -> list[str]:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return ["The database needs to be migrated: run `admitone migrate`."]
    return [f"The database guard {name} is missing: run `admitone migrate`." for name in guards.missing()]


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Gauges read when asked; counts of rows come from the job table only, so that a scrape stays cheap."""
    registry = CollectorRegistry()
    Gauge("admitone_uptime_seconds", "Seconds since this process started", registry=registry).set(time.time() - STARTED)
    alive = Gauge("admitone_worker_alive", "1 if a background worker was seen lately", registry=registry)
    alive.set(1 if worker_alive(timezone.now()) else 0)
    waiting = Gauge("admitone_jobs", "Background jobs by state", ["state"], registry=registry)
    for state, count in backlog().items():
        waiting.labels(state).set(count)
    oldest = Gauge("admitone_jobs_oldest_ready_seconds", "How long the next job has been waiting", registry=registry)
    oldest.set(oldest_ready_seconds(timezone.now()))
    size = Gauge("admitone_database_bytes", "Size of the SQLite file and its log", registry=registry)
    size.set(_sqlite_bytes())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _sqlite_bytes() -> int:
    if not settings.ENV.is_sqlite:
        return 0
    name = Path(str(settings.DATABASES["default"]["NAME"]))
    return sum(path.stat().st_size for path in (name, name.with_name(name.name + "-wal")) if path.exists())
