"""An import goes on where it was when the power goes: every row once, whatever is killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.server import Live

pytestmark = [pytest.mark.slow, pytest.mark.storm]
ROOT = Path(__file__).parents[2]
ROWS, KILLS = 3000, 3
BEGIN = f"""
from django.utils import timezone
from admitone.accounts.models import Account
from admitone.contacts.importing import stage, start
from admitone.events import SYSTEM
who = dict(account=Account.objects.get(slug="lindenhof-clinic"), actor=SYSTEM, now=timezone.now())
text = "Email,Tags\\n" + "".join(f"row-{{n}}@import.example,Fair\\n" for n in range({ROWS}))
batch = stage(filename="x.csv", content=text.encode(), **who)
start(import_id=batch.id, mapping={{0: "email", 1: "tags"}}, options={{}}, **who)
"""
COUNT = """
from admitone.contacts.models import Contact, ContactImport, ContactTag
from admitone.events.models import Event
batch = ContactImport.objects.get()
people = Contact.objects.filter(source="import")
events = Event.objects.filter(kind__in=("contact.created", "tag.added"), subject_id__in=people.values("id"))
print(batch.status, batch.created, batch.failed, people.count(), ContactTag.objects.filter(contact__in=people).count(), events.count())
"""


def python(live: Live, code: str) -> str:
    """Run code with the server's settings and database, in a process of its own."""
    boot = "from admitone.cli.boot import boot; boot()\n"
    env = {**live.env, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    env["DJANGO_SETTINGS_MODULE"] = "admitone.config.settings"
    done = subprocess.run([sys.executable, "-c", boot + code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_row_becomes_one_contact_however_often_the_server_is_killed(live: Live) -> None:
    live.demo()
    python(live, BEGIN)
    for _ in range(KILLS):
        time.sleep(0.7)
        live.kill()
        live.start()
    deadline = time.monotonic() + 120
    while not (found := python(live, COUNT)).startswith("done") and time.monotonic() < deadline:
        time.sleep(1)
    assert found == f"done {ROWS} 0 {ROWS} {ROWS} {2 * ROWS}"
