"""Settings that cannot be meant are refused when they are read, by a sentence that names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from admitone.config import env
from admitone.config.env import BadSetting


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ADMITONE_DATA_DIR", str(tmp_path))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADMITONE_DATABASE_URL", "nonsense"),
        ("ADMITONE_DATABASE_URL", "mysql://a/b"),
        ("ADMITONE_DATABASE_URL", "postgres://u:p@host:port/name"),
        ("ADMITONE_BASE_URL", "book.example.com"),
        ("ADMITONE_BASE_URL", "https://example.com/booking"),
        ("ADMITONE_BASE_URL", "https://example.com:port"),
        ("ADMITONE_SMTP_URL", "mail.example.com"),
        ("ADMITONE_TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
        ("ADMITONE_POST_LIMIT", "many"),
        ("ADMITONE_GET_LIMIT", "0"),
        ("ADMITONE_JOB_LEASE_SECONDS", "nan"),
        ("ADMITONE_LOG_LEVEL", "loud"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=name):
        env.read()


def test_a_refused_address_of_the_database_keeps_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMITONE_DATABASE_URL", "postgres://u:hunter2@host:x/name")
    with pytest.raises(BadSetting) as refused:
        env.read()
    assert "hunter2" not in str(refused.value)


def test_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMITONE_BASE_URL", "https://book.example.com/")
    monkeypatch.setenv("ADMITONE_TRUSTED_PROXIES", "127.0.0.1,::1,10.1.2.3/8")
    monkeypatch.setenv("ADMITONE_POST_LIMIT", "5")
    monkeypatch.setenv("ADMITONE_JOB_LEASE_SECONDS", "1.5")
    found = env.read()
    assert (found.base_url, found.trusted_proxies) == ("https://book.example.com", ("127.0.0.1", "::1", "10.1.2.3/8"))
    assert (found.post_limit, found.job_lease_seconds, found.secure) == (5, 1.5, True)
