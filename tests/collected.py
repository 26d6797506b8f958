"""The static files as `admitone serve` collects and compresses them, made once for all the servers that tests start."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import environment
from tests.migrated import PLACE, ROOT, alone

PREPARE = "from admitone.cli.boot import boot; boot(); from admitone.cli.static import prepare_static; prepare_static()"


@cache
def version() -> str:
    """Changes with every file of ours and every package; a server that finds its stamp outdated collects anew."""
    ours = sorted(path for path in ROOT.glob("src/admitone/**/static/**/*") if path.is_file())
    seen = [f"{path} {path.stat().st_mtime_ns}" for path in (*ours, ROOT / "requirements" / "base.txt")]
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:12]


def copy_to(data_dir: Path, env: dict[str, str]) -> None:
    """Put the collected files and their stamp into a server's data directory."""
    ready = PLACE / f"collected-{version()}"
    with alone("collected"):
        if not ready.exists():
            for old in PLACE.glob("collected-*"):
                shutil.rmtree(old)
            with TemporaryDirectory(prefix="admitone-collected-") as folder:
                collect({**env, **environment.values(Path(folder), environment.BASE_URL)})
                shutil.copytree(folder, ready.with_suffix(".new"), dirs_exist_ok=True)
            ready.with_suffix(".new").rename(ready)
    shutil.copytree(ready / "static", data_dir / "static", dirs_exist_ok=True)  # `admitone migrate` makes it, too
    shutil.copy2(ready / "static.stamp", data_dir)


def collect(env: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", PREPARE], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
