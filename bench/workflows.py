"""Form -> one-time link -> email: enrollments a second and CPU each, beside the same rows written by a raw loop.

For SQLite and PostgreSQL, one and two workers of one thread each (processes on PostgreSQL, threads on SQLite, where one
process writes). The floor, of the same run, copies every row that one enrollment leaves and commits as often. Mails go to
the in-app outbox, so that no mail server is measured. Starts a PostgreSQL of its own.

    .venv/bin/python bench/workflows.py [--count 400]
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

COUNT = int(sys.argv[sys.argv.index("--count") + 1]) if "--count" in sys.argv else 400
PATIENCE_SECONDS = 300.0
#: What one enrollment leaves, in the order in which it is written; a step ends with a commit.
COMMITS = (
    ("contacts_contact", "forms_submission", "events_event"),
    ("workflows_enrollment",),
    ("links_onetimelink", "workflows_steprun", "messaging_message"),
)
UPDATES = (
    "UPDATE messaging_message SET status = 'sending', attempts = 1 WHERE id = %s",
    "UPDATE messaging_message SET status = 'outbox', sent_at = NULL WHERE id = %s",
)
JOB = "INSERT INTO jobs_job (queue, task, args, status, priority, run_after, attempts, fence, account_id, created_at, error) SELECT queue, task, args, status, priority, run_after, attempts, fence, account_id, created_at, error FROM jobs_job WHERE id = %s"


def boot(url: str) -> None:
    os.environ |= {
        "ADMITONE_DATA_DIR": tempfile.mkdtemp(prefix="admitone-bench-"),
        "ADMITONE_SECRET_KEY": "bench",
        "ADMITONE_LINK_KEYS": "1:YmVuY2gtbGluay1rZXktdGhhdC1pcy0zMi1ieXRlcw",
        "DJANGO_SETTINGS_MODULE": "admitone.config.settings",
    }
    os.environ.pop("ADMITONE_DATABASE_URL", None)
    if url:
        os.environ["ADMITONE_DATABASE_URL"] = url
    import django

    django.setup()


class Intake:
    """A published workflow, and forms sent to it."""

    def __init__(self) -> None:
        from django.core.management import call_command
        from django.utils import timezone

        call_command("migrate", verbosity=0)
        from tests import factories
        from tests.faults.intake import FIELDS

        from admitone.events import SYSTEM
        from admitone.forms.services import create_form
        from admitone.workflows.services import create_workflow, publish

        self.now = timezone.now()
        done: dict[str, Any] = {"account": factories.account(), "actor": SYSTEM, "now": self.now}
        calendar = factories.calendar(done["account"], name="Consultation")
        self.form = create_form(**done, name="Intake", description="", fields=FIELDS)
        params = {"subject": "Your link", "body": "Hello {{ contact.first_name }}: {{ steps.booking_link.url }}"}
        steps = [
            {"name": "booking_link", "type": "one_time_link.generate", "params": {"calendar": str(calendar.id)}},
            {"name": "email", "type": "email.send", "params": params},
        ]
        document = {"name": "Bench", "triggers": [{"type": "form.submitted"}], "steps": steps}
        publish(workflow_id=create_workflow(document=document, **done).id, **done)
        self.sent = 0

    def send(self, count: int) -> None:
        """So many forms, each in its own transaction, as the public page does it."""
        from admitone.events import GUEST
        from admitone.forms.services import submit

        for _ in range(count):
            self.sent += 1
            answers = {"first_name": f"Guest {self.sent}", "email": f"guest{self.sent}@example.com"}
            submit(form=self.form, answers=answers, meta={"source": "api"}, actor=GUEST, now=self.now)


def cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def wait_until_mailed(count: int) -> None:
    from admitone.messaging.models import Message

    deadline = time.monotonic() + PATIENCE_SECONDS
    while Message.objects.filter(status="outbox").count() < count:
        if time.monotonic() > deadline:
            raise SystemExit(f"not done after {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.05)


@contextmanager
def crew(count: int, url: str) -> Iterator[None]:
    """So many workers of one thread: processes on PostgreSQL, threads here on SQLite."""
    if not url:
        from admitone.jobs import new_worker

        worker = new_worker(threads=count)
        worker.start()
        yield
        worker.stop()
        return
    command = [str(Path(sys.executable).with_name("admitone")), "worker", "--threads", "1"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(count)]
    for process in started:
        assert process.stdout
        process.stdout.readline()  # its greeting
    yield
    for process in started:
        process.terminate()
    for process in started:
        process.wait(30)


def measured(intake: Intake, workers: int, url: str) -> tuple[float, float]:
    """Enrollments a second from the first form to the last mail, and CPU milliseconds each, of all processes."""
    before = intake.sent
    used = cpu(resource.RUSAGE_SELF) + cpu(resource.RUSAGE_CHILDREN)
    with crew(workers, url):
        began = time.monotonic()
        intake.send(COUNT)
        wait_until_mailed(before + COUNT)
        seconds = time.monotonic() - began
    used = cpu(resource.RUSAGE_SELF) + cpu(resource.RUSAGE_CHILDREN) - used
    return COUNT / seconds, used / COUNT * 1000


class Floor:
    """Copies of all rows of one enrollment under new ids, with as many commits, by the bare driver."""

    def __init__(self) -> None:
        from django.db import connection

        self.connection, self.rows = connection, {}
        self.is_sqlite = connection.vendor == "sqlite"
        with connection.cursor() as cursor:
            for table in [table for commit in COMMITS for table in commit]:
                cursor.execute(f"SELECT * FROM {table}")
                names = [column[0] for column in cursor.description or ()]
                found = cursor.fetchall()
                self.rows[table] = (names, found)
        made = {row[0] for names, rows in self.rows.values() for row in rows if names[0] == "id"}
        self.ids = {self.text(one): one for one in made if not isinstance(one, int)}

    @staticmethod
    def text(one: Any) -> str:
        return one.hex if isinstance(one, UUID) else str(one)

    def copied(self, value: Any, new: dict[str, UUID], mark: str, name: str) -> Any:
        if isinstance(value, dict | list):
            return json.dumps(value)
        key = self.text(value) if value is not None else ""
        if key in new:
            return new[key].hex if self.is_sqlite else new[key]
        return f"{mark}{value}"[:60] if name in ("email_key", "key", "email") and value else value

    def run(self) -> tuple[float, float]:
        used, began = cpu(resource.RUSAGE_SELF), time.monotonic()
        for n in range(COUNT):
            self.one(f"f{n}-")
        return COUNT / (time.monotonic() - began), (cpu(resource.RUSAGE_SELF) - used) / COUNT * 1000

    def one(self, mark: str) -> None:
        new = {old: uuid4() for old in self.ids}
        for tables in COMMITS:
            with self.commit() as cursor:
                for table in tables:
                    self.copy(cursor, table, new, mark)
        message = self.rows["messaging_message"][1][0][0]
        key = new[self.text(message)]
        for sql in UPDATES:
            with self.commit() as cursor:
                cursor.execute(sql, [key.hex if self.is_sqlite else key])

    @contextmanager
    def commit(self) -> Iterator[Any]:
        """A transaction that also takes a job away and leaves the next one."""
        from django.db import transaction

        with transaction.atomic(), self.connection.cursor() as cursor:
            cursor.execute("DELETE FROM bench_job")
            cursor.execute("INSERT INTO bench_job (args) VALUES ('{}')")
            yield cursor

    def copy(self, cursor: Any, table: str, new: dict[str, UUID], mark: str) -> None:
        names, rows = self.rows[table]
        skip = 1 if rows and isinstance(rows[0][0], int) else 0  # counted by the database
        columns = ", ".join(f'"{name}"' for name in names[skip:])
        places = ", ".join(["%s"] * len(names[skip:]))
        for row in rows:
            values = [self.copied(value, new, mark, name) for name, value in zip(names, row, strict=True)][skip:]
            cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)


def report(database: str, url: str) -> None:
    boot(url)
    from django.db import connection

    from admitone.events.models import Event

    intake = Intake()
    Event.objects.all().delete()
    with crew(1, url):
        intake.send(1)
        wait_until_mailed(1)
        time.sleep(1)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_job (args text)")
    floor, floor_cpu = Floor().run()
    connection.close()
    print(f"{database:<12} {'floor':<12} {floor:8.0f}/s {floor_cpu:8.2f} ms")
    intake.sent = mailed() - 0
    for workers in (1, 2):
        rate, each = measured(intake, workers, url)
        named = f"{workers} worker{'s' if workers > 1 else ''}"
        print(f"{database:<12} {named:<12} {rate:8.0f}/s {each:8.2f} ms   {rate / floor:5.2f} of the floor")


def mailed() -> int:
    from admitone.messaging.models import Message

    return Message.objects.filter(status="outbox").count()


def main() -> None:
    if "--url" in sys.argv:
        url = sys.argv[sys.argv.index("--url") + 1]
        report("PostgreSQL" if url else "SQLite", url)
        return
    from tests.postgres import cluster

    again = [sys.executable, __file__, *sys.argv[1:], "--url"]
    print(f"{COUNT} forms each; {'enrollments':>24} {'CPU each':>11}")
    subprocess.run([*again, ""], check=True)
    with cluster() as url:
        subprocess.run([*again, url], check=True)


if __name__ == "__main__":
    main()
