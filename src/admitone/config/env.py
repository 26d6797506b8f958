"""The typed reader of every ADMITONE_* environment variable; nothing else reads the environment."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

#: What ADMITONE_DATABASE_URL may begin with.
DATABASES = ("sqlite", "postgres", "postgresql")
MAIL_SERVERS = ("smtp", "smtp+tls", "smtps")
LARGEST = 10**9
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


N = TypeVar("N", int, float)


class BadSetting(ImproperlyConfigured):
    """A variable that cannot be meant; the sentence names it and never repeats a secret."""


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
    twilio_url: str
    google_client_id: str
    google_client_secret: str
    google_url: str
    microsoft_client_id: str
    microsoft_client_secret: str
    microsoft_tenant: str
    microsoft_url: str
    log_level: str
    email_daily_cap: int
    sms_daily_cap: int
    preview_languages: tuple[str, ...]

    @property
    def is_sqlite(self) -> bool:
        return self.database["ENGINE"].endswith("sqlite3")

    @property
    def secure(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"


def read() -> Env:
    """Read the environment once; see docs/settings.md for each variable's meaning and default. Raises BadSetting."""
    env = environ.Env()
    data_dir = Path(env.str("ADMITONE_DATA_DIR", "./data")).resolve()
    return Env(
        data_dir=data_dir,
        database=_database(env.str("ADMITONE_DATABASE_URL", "") or f"sqlite:///{data_dir}/admitone.sqlite3"),
        base_url=_base_url(env.str("ADMITONE_BASE_URL", "http://127.0.0.1:8000").rstrip("/")),
        smtp_url=_mail_server(env.str("ADMITONE_SMTP_URL", "")),
        secret_key=env.str("ADMITONE_SECRET_KEY", "") or secret_file(data_dir / "secret-key"),
        link_keys=env.str("ADMITONE_LINK_KEYS", ""),
        debug=env.bool("ADMITONE_DEBUG", False),
        allowed_hosts=tuple(env.list("ADMITONE_ALLOWED_HOSTS", default=[])),
        trusted_proxies=_proxies(tuple(env.list("ADMITONE_TRUSTED_PROXIES", default=[]))),
        post_limit=_number("ADMITONE_POST_LIMIT", 300),
        get_limit=_number("ADMITONE_GET_LIMIT", 1200),
        job_threads=_number("ADMITONE_JOB_THREADS", 2),
        job_lease_seconds=_number("ADMITONE_JOB_LEASE_SECONDS", 15.0),
        private_feeds=env.bool("ADMITONE_ALLOW_PRIVATE_FEEDS", False),
        twilio_url=env.str("ADMITONE_TWILIO_URL", "").rstrip("/"),
        google_client_id=env.str("ADMITONE_GOOGLE_CLIENT_ID", ""),
        google_client_secret=env.str("ADMITONE_GOOGLE_CLIENT_SECRET", ""),
        google_url=env.str("ADMITONE_GOOGLE_URL", "").rstrip("/"),
        microsoft_client_id=env.str("ADMITONE_MICROSOFT_CLIENT_ID", ""),
        microsoft_client_secret=env.str("ADMITONE_MICROSOFT_CLIENT_SECRET", ""),
        microsoft_tenant=env.str("ADMITONE_MICROSOFT_TENANT", "common"),
        microsoft_url=env.str("ADMITONE_MICROSOFT_URL", "").rstrip("/"),
        log_level=_log_level(env.str("ADMITONE_LOG_LEVEL", "INFO").upper()),
        email_daily_cap=_cap("ADMITONE_EMAIL_DAILY_CAP"),
        sms_daily_cap=_cap("ADMITONE_SMS_DAILY_CAP"),
        preview_languages=tuple(env.list("ADMITONE_PREVIEW_LANGUAGES", default=[])),
    )


def _database(url: str) -> dict[str, Any]:
    if url.partition(":")[0] not in DATABASES:
        raise BadSetting(
            "ADMITONE_DATABASE_URL: use postgres://user:password@host:5432/name, or leave it out for SQLite."
        )
    try:
        return dict(environ.Env().db_url_config(url))
    except (ValueError, ImproperlyConfigured):
        raise BadSetting(
            "ADMITONE_DATABASE_URL cannot be read: percent-encode what is special in its password."
        ) from None


def _base_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 80) and "@" not in parts.netloc
    except ValueError:
        whole = False
    if not whole or parts.path or parts.query or parts.fragment:
        raise BadSetting(f"ADMITONE_BASE_URL: use https://book.example.com, without a path, not {url!r}.")
    return url


def _mail_server(url: str) -> str:
    if url and urlsplit(url).scheme not in MAIL_SERVERS:
        raise BadSetting("ADMITONE_SMTP_URL: use smtp+tls://user:password@host:587, smtps:// or smtp://.")
    return url


def _proxies(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise BadSetting(f"ADMITONE_TRUSTED_PROXIES: {text!r} is no address and no network.") from None
    return texts


def _number(name: str, default: N) -> N:
    """A number above zero of the default's kind."""
    raw = environ.Env().str(name, "") or default
    try:
        value = type(default)(raw)
    except ValueError:
        value = type(default)(0)
    if not 0 < value < LARGEST:
        raise BadSetting(f"{name}: use a number above zero, not {raw!r}.")
    return value


def _cap(name: str) -> int:
    """0, the default, is no cap."""
    return 0 if environ.Env().str(name, "") in ("", "0") else _number(name, 1)


def _log_level(name: str) -> str:
    if name not in LOG_LEVELS:
        raise BadSetting(f"ADMITONE_LOG_LEVEL: use one of {', '.join(LOG_LEVELS)}.")
    return name


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
