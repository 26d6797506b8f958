"""`admitone slots -`: the fixed interface of scripts that compare schedulers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from admitone.cli import main

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "slots.json").read_text())["cases"]
CASE = {key: value for key, value in CASES[1].items() if key != "expected"}


def run(*lines: str | bytes) -> tuple[int, list[dict[str, Any]]]:
    data = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    result = CliRunner().invoke(main, ["slots", "-"], input=data)
    return result.exit_code, [json.loads(line) for line in result.output.splitlines()]


def test_every_collected_case_gives_its_expected_line() -> None:
    lines = [json.dumps({key: value for key, value in case.items() if key != "expected"}) for case in CASES]
    assert run(*lines) == (0, [{"id": case["id"], "slots": case["expected"]} for case in CASES])


def test_bad_line_is_answered_in_its_place_and_the_rest_still_runs() -> None:
    code, answers = run("{broken", json.dumps({"id": "no zone"}), b"\xff\xfe", "", json.dumps(CASE))
    assert code == 1
    assert [answer["id"] for answer in answers] == [None, "no zone", None, CASE["id"]]
    assert [sorted(answer) for answer in answers] == [["error", "id"]] * 3 + [["id", "slots"]]


@pytest.mark.parametrize(
    "change",
    [
        {"timezone": "Mars/Base"},
        {"timezone": None},
        {"timezone": ["UTC"]},
        {"hours": [{"days": [7], "start": "09:00", "end": "10:00"}]},
        {"hours": [{"days": [0], "start": "9:00", "end": "10:00"}]},
        {"hours": [{"days": [0], "start": "10:00", "end": "10:00"}]},
        {"hours": [{"days": [0], "start": "10:00", "end": "24:01"}]},
        {"hours": "all day"},
        {"overrides": [{"date": "2026-13-01", "windows": []}]},
        {"overrides": [{"windows": []}]},
        {"busy": [{"start": "2026-01-01T00:00:00Z"}]},
        {"busy": [{"start": "2026-01-01T00:00:00", "end": "2026-01-01T01:00:00Z"}]},
        {"duration": 0},
        {"duration": "30"},
        {"interval": -5},
        {"interval": True},
        {"notice": 1.5},
        {"buffer_before": 10**30},
        {"now": 5},
        {"now": "yesterday"},
        {"from": "1999-12-31T00:00:00Z"},
        {"to": "2101-01-02T00:00:00Z"},
        {"from": "2001-01-01T00:00:00Z", "to": "2099-01-01T00:00:00Z"},
        {"from": "10000-01-01T00:00:00Z"},
        {"now": "1999-01-01T00:00:00Z"},
    ],
    ids=str,
)
def test_unreadable_case_is_refused_with_its_id(change: dict[str, Any]) -> None:
    code, answers = run(json.dumps(CASE | change))
    assert (code, [sorted(answer) for answer in answers]) == (1, [["error", "id"]])
    assert answers[0]["id"] == CASE["id"]


def test_window_without_length_has_no_slots() -> None:
    assert run(json.dumps(CASE | {"to": CASE["from"]})) == (0, [{"id": CASE["id"], "slots": []}])


def test_command_leaves_django_unconfigured() -> None:
    script = (
        "import sys; from admitone.cli import main; main(['slots', '-'], standalone_mode=False);"
        "from django.conf import settings; sys.exit(settings.configured)"
    )
    run_once = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(CASE).encode(), capture_output=True, check=False
    )
    assert (run_once.returncode, json.loads(run_once.stdout)["slots"]) == (0, CASES[1]["expected"])
