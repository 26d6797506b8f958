"""What an operator did wrong is told in a line, not in a traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.server import COMMAND


def run(tmp_path: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "ADMITONE_DATA_DIR": str(tmp_path), **variables}
    return subprocess.run([COMMAND, *command], env=env, capture_output=True, text=True, check=False, timeout=60)


def test_bad_setting_is_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor", ADMITONE_POST_LIMIT="many")
    assert (done.returncode, done.stderr) == (1, "Error: ADMITONE_POST_LIMIT: use a number above zero, not 'many'.\n")


def test_doctor_of_an_empty_installation_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "✗ The database needs to be migrated: run `admitone migrate`."
    assert done.stderr == ""


@pytest.mark.parametrize("command", [["serve", "--port", "1"], ["demo", "--json"], ["migrate"]])
def test_a_data_directory_that_cannot_be_one_is_named(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "secret-key").write_text("x" * 50)
    done = run(tmp_path, *command, ADMITONE_DATABASE_URL=f"sqlite:///{tmp_path}/missing/a.sqlite3")
    assert (done.returncode, done.stderr) == (1, "Error: The database refuses: unable to open database file.\n")
