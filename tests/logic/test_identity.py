"""Addresses as people and programs give them."""

from __future__ import annotations

import pytest

from admitone.logic.identity import clean_email


@pytest.mark.parametrize("address", ["ada@example.com", "ada+x@example.test", "ada@praxis.example"])
def test_an_address_also_one_for_trying_is_kept_as_given(address: str) -> None:
    assert clean_email(f" {address} ") == address


@pytest.mark.parametrize("address", ["ada", "ada@test", "ada@localhost", "ada@[10.0.0.1]", "a@b@example.com"])
def test_an_address_no_server_could_take_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"^Enter an email address like name@example\.com\.$"):
        clean_email(address)
