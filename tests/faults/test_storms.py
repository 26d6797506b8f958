"""P1 and P2 with real threads and processes against a running server: nothing is used twice, nobody is booked twice."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.faults.database import broken, rows
from tests.server import Live

pytestmark = pytest.mark.storm
WIDTH = 100


@pytest.fixture(scope="module")
def api(live: Live) -> Iterator[httpx.Client]:
    with live.client(live.demo()["api_key"]) as client:
        yield client


def issue(api: httpx.Client, live: Live, **fields: Any) -> str:
    """The token of a new link."""
    answer = api.post("/api/v1/one-time-links", json={"calendar": live.demo()["calendar_id"], **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"]).rsplit("/", 1)[-1]


def free(live: Live, api: httpx.Client) -> list[str]:
    """Open slots of the demo calendar, two to sixteen days ahead."""
    first = datetime.now(UTC) + timedelta(days=2)
    window = {"from": first.isoformat(), "to": (first + timedelta(days=14)).isoformat(), "tz": "UTC"}
    answer = api.get(f"/api/v1/calendars/{live.demo()['calendar_id']}/slots", params=window)
    return [slot["start"] for slot in answer.json()["slots"]]


def book(live: Live, token: str, start: str, n: int, key: str = "") -> httpx.Response:
    guest = {"start": start, "name": f"Guest {n}", "email": f"guest{n}@example.com", "timezone": "Europe/Berlin"}
    headers = {"Idempotency-Key": key} if key else {}
    with live.client() as client:
        return client.post(f"/api/v1/public/links/{token}/bookings", json=guest, headers=headers)


def at_once(work: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result() for future in [pool.submit(one) for one in work]]


def outcomes(answers: list[httpx.Response]) -> Counter[str]:
    return Counter(str(a.status_code) if a.is_success else f"{a.status_code} {a.json()['code']}" for a in answers)


def test_hundred_posts_on_one_link_make_one_booking(live, api):
    token, slots = issue(api, live), free(live, api)
    answers = at_once([lambda n=n: book(live, token, slots[n % len(slots)], n) for n in range(WIDTH)])
    assert outcomes(answers) == {"201": 1, "410 link_used": WIDTH - 1}
    assert broken(live) == {}


def test_hundred_links_on_one_slot_make_one_booking_and_spend_one_link(live, api):
    tokens, slot = [issue(api, live) for _ in range(WIDTH)], free(live, api)[0]
    answers = at_once([lambda n=n, t=t: book(live, t, slot, n) for n, t in enumerate(tokens)])
    assert outcomes(answers) == {"201": 1, "409 slot_taken": WIDTH - 1}
    assert broken(live) == {}


def test_one_key_sent_many_times_at_once_gets_one_answer(live, api):
    token, slot = issue(api, live), free(live, api)[1]
    answers = at_once([lambda: book(live, token, slot, 7, key="double-tap") for _ in range(30)])
    assert outcomes(answers) == {"201": 30}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert broken(live) == {}


def test_link_with_three_uses_is_used_three_times(live, api):
    token, slots = issue(api, live, max_uses=3), free(live, api)
    answers = at_once([lambda n=n: book(live, token, slots[2 * n], n) for n in range(20)])
    assert outcomes(answers) == {"201": 3, "410 link_used": 17}
    assert broken(live) == {}


def mixed_storm(live: Live, api: httpx.Client, count: int, seed: int) -> Counter[str]:
    """Book, reschedule and cancel over the same few hours from many threads."""
    chance, slots = random.Random(seed), free(live, api)[:24]
    made = [book(live, issue(api, live), slot, n) for n, slot in enumerate(slots[:8])]
    manage = [answer.json()["manage_url"].rsplit("/", 1)[-1] for answer in made if answer.is_success]
    tokens = [issue(api, live) for _ in range(count)]

    def change(token: str, act: str, body: dict[str, str]) -> httpx.Response:
        with live.client() as client:
            return client.post(f"/api/v1/public/bookings/{token}/{act}", json=body)

    work: list[Callable[[], httpx.Response]] = []
    for n, token in enumerate(tokens):
        slot, mine = chance.choice(slots), chance.choice(manage)
        work.append(lambda t=token, s=slot, n=n: book(live, t, s, 100 + n))
        act = "reschedule" if chance.random() < 0.7 else "cancellation"
        body = {"start": chance.choice(slots)} if act == "reschedule" else {}
        work.append(lambda m=mine, a=act, b=body: change(m, a, b))
    chance.shuffle(work)
    with ThreadPoolExecutor(32) as pool:
        return outcomes([future.result() for future in [pool.submit(one) for one in work]])


def test_mixed_storm_leaves_no_overlap_and_no_second_use(live, api):
    seen = mixed_storm(live, api, count=40, seed=1)
    assert [kind for kind in seen if kind.startswith("5")] == []
    assert broken(live) == {}


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_long_mixed_storm_leaves_no_overlap_and_no_second_use(live, api, seed, record_property):
    seen = mixed_storm(live, api, count=300, seed=seed)
    record_property("answers", dict(seen))
    assert [kind for kind in seen if kind.startswith("5")] == []
    assert broken(live) == {}


REDEEM = """
import json, sys, django
django.setup()
from django.utils import timezone
from admitone.links.services import redeem
from admitone.logic.errors import Problem
seen = []
for token, start, name in json.load(sys.stdin):
    guest = {"name": name, "email": name + "@example.com", "timezone": "UTC"}
    try:
        redeem(token=token, start=start, guest=guest, now=timezone.now())
        seen.append("booked")
    except Problem as problem:
        seen.append(problem.code)
print(json.dumps(seen))
"""


def test_processes_writing_beside_the_server_use_each_link_once(live, api):
    """Several writers are for speed forbidden, never for correctness: CLI and backup write beside the server."""
    tokens = [issue(api, live) for _ in range(12)]
    starts = [int(datetime.fromisoformat(slot).timestamp()) // 60 for slot in free(live, api)[-12:]]
    env = {**live.env, "DJANGO_SETTINGS_MODULE": "admitone.config.settings"}
    jobs = []
    for n in range(4):
        tries = [(token, start, f"p{n}x{i}") for i, (token, start) in enumerate(zip(tokens, starts, strict=True))]
        process = subprocess.Popen(
            [sys.executable, "-c", REDEEM], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        jobs.append((process, json.dumps(tries)))
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda job: job[0].communicate(job[1], timeout=60)[0], jobs))
    seen = Counter(code for text in said for code in json.loads(text))
    assert seen["booked"] == 12
    assert set(seen) <= {"booked", "link_used", "slot_taken"}
    assert broken(live) == {}


def test_killed_server_keeps_every_acknowledged_booking(serve):
    live = serve()
    with live.client(live.demo()["api_key"]) as api:
        tokens, slots = [issue(api, live) for _ in range(30)], free(live, api)

    def attempt(n: int) -> str | None:
        try:
            answer = book(live, tokens[n], slots[n], n)
        except httpx.TransportError:
            return None
        return answer.json()["id"] if answer.status_code == 201 else None

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(attempt, n) for n in range(30)]
        wait(futures[:8])
        live.kill()
        acknowledged = {found for future in futures if (found := future.result())}
    live.start()
    stored = {str(row[0]).replace("-", "") for row in rows(live, "SELECT id FROM booking_booking")}
    assert {found.replace("-", "") for found in acknowledged} <= stored
    assert len(acknowledged) >= 8
    assert broken(live) == {}
