"""The key file: made once whoever starts first, readable by its owner alone, never replaced when it cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from admitone.accounts import keyring as module
from admitone.accounts.keyring import key_path, keyring, keys_present, require_keys


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    """A data directory without a key file."""
    keyring.cache_clear()
    with override_settings(ENV=replace(settings.ENV, data_dir=tmp_path, link_keys="")):
        yield tmp_path
    keyring.cache_clear()


def test_first_use_makes_one_key_that_only_its_owner_reads(empty: Path) -> None:
    assert not keys_present()
    with pytest.raises(ImproperlyConfigured):
        require_keys()
    made = keyring()
    assert (key_path().stat().st_mode & 0o777, [one.name for one in empty.iterdir()]) == (0o600, ["link-keys"])
    keyring.cache_clear()
    assert keyring() == made


def test_threads_that_start_together_agree_on_one_key(empty: Path) -> None:
    for _ in range(20):
        key_path().unlink(missing_ok=True)
        with ThreadPoolExecutor(8) as pool:
            texts = set(pool.map(lambda _: module._file_text(), range(8)))
        assert len(texts) == 1
        assert [one.name for one in empty.iterdir()] == ["link-keys"]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"1:short", b"nonsense", b"0:" + b"A" * 43])
def test_damaged_key_file_is_an_error_and_stays_as_it_is(empty: Path, content: bytes) -> None:
    key_path().write_bytes(content)
    with pytest.raises(ImproperlyConfigured):
        keyring()
    assert key_path().read_bytes() == content
