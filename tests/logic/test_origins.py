"""Which origins an allow-list names."""

from __future__ import annotations

import pytest

from admitone.logic.origins import is_allowed


@pytest.mark.parametrize(
    ("pattern", "origin", "allowed"),
    [
        ("https://a.example", "https://a.example", True),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://b.a.example", False),
        ("https://a.example:8443", "https://a.example:8443", True),
        ("https://a.example:8443", "https://a.example", False),
        ("https://*.a.example", "https://b.a.example", True),
        ("https://*.a.example", "https://a.example", False),
        ("https://*.a.example", "https://.a.example", False),
        ("https://*.a.example", "https://evil-a.example", False),
        ("https://a.example", "https://a.example/path", False),
        ("https://a.example", "null", False),
        ("https://a.example", "", False),
    ],
)
def test_origin_is_allowed_only_as_the_pattern_says(pattern, origin, allowed):
    assert is_allowed([pattern], origin) is allowed
