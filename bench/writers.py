"""How long a booking waits for its turn on SQLite: threads of one process, this backend against Django's own.

Prints writes per second and p50/p99/max of one transaction, and the ratio to one thread alone (the floor, same run).
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ["ADMITONE_DATA_DIR"] = tempfile.mkdtemp(prefix="admitone-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "admitone.config.settings"
os.environ.pop("ADMITONE_DATABASE_URL", None)
os.environ["ADMITONE_SECRET_KEY"] = "bench"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import django
from django.conf import settings

SECONDS = 3.0
STATEMENTS = 12


def run(threads: int) -> tuple[float, list[float]]:
    """Transactions per second and each one's seconds."""
    from django.db import connection, transaction

    times: list[float] = []
    ends = time.perf_counter() + SECONDS

    def write(n: int) -> None:
        i = 0
        while time.perf_counter() < ends:
            began = time.perf_counter()
            with transaction.atomic(), connection.cursor() as cursor:
                for _ in range(STATEMENTS):
                    cursor.execute("INSERT INTO bench (t, n) VALUES (%s, %s)", [n, i])
            times.append(time.perf_counter() - began)
            i += 1
        connection.close()

    workers = [threading.Thread(target=write, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return len(times) / SECONDS, sorted(times)


def main() -> None:
    engine = sys.argv[1] if len(sys.argv) > 1 else ""
    if not engine:
        for name in ("admitone.config.sqlite3", "django.db.backends.sqlite3"):
            os.spawnv(os.P_WAIT, sys.executable, [sys.executable, __file__, name])
        return
    settings.DATABASES["default"]["ENGINE"] = engine
    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench (id integer primary key, t integer, n integer)")
    floor, _ = run(1)
    for threads in (2, 4, 8, 16):
        rate, times = run(threads)
        p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(
            f"{engine:28} {threads:2} threads {rate:7.0f} tx/s {rate / floor:5.2f} of one thread   "
            f"p50 {p50 * 1000:6.1f} ms  p99 {p99 * 1000:7.1f} ms  max {times[-1] * 1000:7.1f} ms"
        )


if __name__ == "__main__":
    main()
