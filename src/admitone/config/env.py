"""The typed reader of every ADMITONE_* environment variable; nothing else reads the environment."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ


@dataclass(frozen=True, slots=True)
class Env:
    data_dir: Path
    database: dict[str, Any]
    base_url: str
    smtp_url: str
    secret_key: str
    link_keys: str
    debug: bool
    allowed_hosts: tuple[str, ...]
    trusted_proxies: tuple[str, ...]
    post_limit: int
    get_limit: int
    job_threads: int
    job_lease_seconds: float
    private_feeds: bool
    log_level: str

    @property
    def is_sqlite(self) -> bool:
        return self.database["ENGINE"].endswith("sqlite3")

    @property
    def secure(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"


def read() -> Env:
    """Read the environment once; see docs/settings.md for each variable's meaning and default."""
    env = environ.Env()
    data_dir = Path(env.str("ADMITONE_DATA_DIR", "./data")).resolve()
    database = env.db_url_config(env.str("ADMITONE_DATABASE_URL", f"sqlite:///{data_dir}/admitone.sqlite3"))
    return Env(
        data_dir=data_dir,
        database=dict(database),
        base_url=env.str("ADMITONE_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        smtp_url=env.str("ADMITONE_SMTP_URL", ""),
        secret_key=env.str("ADMITONE_SECRET_KEY", "") or secret_file(data_dir / "secret-key"),
        link_keys=env.str("ADMITONE_LINK_KEYS", ""),
        debug=env.bool("ADMITONE_DEBUG", False),
        allowed_hosts=tuple(env.list("ADMITONE_ALLOWED_HOSTS", default=[])),
        trusted_proxies=tuple(env.list("ADMITONE_TRUSTED_PROXIES", default=[])),
        post_limit=env.int("ADMITONE_POST_LIMIT", 300),
        get_limit=env.int("ADMITONE_GET_LIMIT", 1200),
        job_threads=env.int("ADMITONE_JOB_THREADS", 2),
        job_lease_seconds=env.float("ADMITONE_JOB_LEASE_SECONDS", 15.0),
        private_feeds=env.bool("ADMITONE_ALLOW_PRIVATE_FEEDS", False),
        log_level=env.str("ADMITONE_LOG_LEVEL", "INFO"),
    )


def secret_file(path: Path) -> str:
    """The secret kept at `path`, made once with mode 600; two processes that start together agree on one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
