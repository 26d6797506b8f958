"""From a form's answer to the mail server: seconds when nothing else happens, and beside another account's bulk.

A real server (`serve` on SQLite; `web` and two workers on PostgreSQL), a real SMTP server. Prints p50, p95 and the worst
of the single forms, idle and while another sub-account enrolls a crowd, and how many mails of the crowd went out
meanwhile. Starts a PostgreSQL of its own.

    .venv/bin/python bench/handover.py [--crowd 50000] [--forms 40]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ["TESTS_ON_DISK"] = "1"


def option(name: str, default: int) -> int:
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else default


CROWD, FORMS = option("--crowd", 50_000), option("--forms", 40)
PATIENCE_SECONDS = 60.0


def prepared(env: dict[str, str], *arguments: str) -> dict[str, str]:
    command = [sys.executable, "-m", "tests.faults.intake", *arguments]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return dict(json.loads(done.stdout))


def report(database: str) -> None:
    from tests.faults.fleet import Fleet
    from tests.server import live_server
    from tests.smtp import SmtpServer

    with SmtpServer() as smtp:
        live = live_server(ADMITONE_SMTP_URL=smtp.url, ADMITONE_TRUSTED_PROXIES="127.0.0.1")
        live.stop()
        fleet = Fleet(live)
        try:
            form = prepared(live.env)["form"]
            fleet.start_all()
            tell(f"{database}, idle", handed_over(fleet, smtp, form, 0))
            prepared(live.env, "--crowd", str(CROWD))
            before = len(smtp.messages)
            seconds = handed_over(fleet, smtp, form, FORMS)
            others = len(smtp.messages) - before - FORMS
            tell(f"{database}, beside {CROWD:,} enrolled at once", seconds)
            print(f"{'':<52} {others} mails of the crowd went out meanwhile")
        finally:
            fleet.close()
            live.close()


def handed_over(fleet: object, smtp: object, form: str, first: int) -> list[float]:
    """Seconds from the acknowledged form to the mail server, of one form after the other."""
    from tests.faults.fleet import post

    found = []
    for number in range(first, first + FORMS):
        name = f"single{number}"
        began = time.monotonic()
        if post(fleet.live, form, name, f"10.1.{number >> 8}.{number & 255}") is None:
            raise SystemExit("the server did not answer")
        while not any(mail.recipients[0].startswith(f"{name}@") for mail in smtp.messages[-2000:]):
            if time.monotonic() - began > PATIENCE_SECONDS:
                break
            time.sleep(0.01)
        found.append(time.monotonic() - began)
    return sorted(found)


def tell(name: str, seconds: list[float]) -> None:
    p50, p95 = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    print(f"{name:<52} p50 {p50:6.2f} s   p95 {p95:6.2f} s   worst {seconds[-1]:6.2f} s", flush=True)


def main() -> None:
    if "--here" in sys.argv:
        report(sys.argv[sys.argv.index("--here") + 1])
        return
    from tests.postgres import cluster

    again = [sys.executable, __file__, *sys.argv[1:], "--here"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("ADMITONE_")}
    subprocess.run([*again, "SQLite"], env=env, check=True)
    with cluster() as url:
        subprocess.run([*again, "PostgreSQL"], env={**env, "ADMITONE_DATABASE_URL": url}, check=True)


if __name__ == "__main__":
    main()
