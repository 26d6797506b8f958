from __future__ import annotations

from typing import Any

import pytest

from admitone.accounts.sealing import SealBroken, seal, unseal


def test_sealed_text_comes_back() -> None:
    sealed = seal("pässword")
    assert "pässword" not in sealed
    assert unseal(sealed) == "pässword"
    assert seal("pässword") != sealed


def test_empty_text_stays_empty() -> None:
    assert (seal(""), unseal("")) == ("", "")


def test_text_sealed_under_another_secret_key_is_refused(settings: Any) -> None:
    sealed = seal("secret")
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(SealBroken):
        unseal(sealed)


@pytest.mark.parametrize("damaged", ["x", "gAAAAA", "ü"])
def test_damaged_text_is_refused(damaged: str) -> None:
    with pytest.raises(SealBroken):
        unseal(damaged)
