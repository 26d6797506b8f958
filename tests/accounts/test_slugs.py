from __future__ import annotations

import pytest
from django.urls import get_resolver
from tests import factories

from admitone.accounts.slugs import clean_slug, free_slug, reserved


def test_every_root_path_of_the_url_configuration_is_reserved() -> None:
    first = {str(entry.pattern).split("/")[0] for entry in get_resolver().url_patterns if "/" in str(entry.pattern)}
    words = {word for word in first if word and "<" not in word}
    assert words <= reserved()
    assert {"app", "accounts", "api", "setup", "invitation", "static", "me"} <= reserved()


@pytest.mark.parametrize("slug", ["north-clinic", "abc", "clinic-2", "a" * 60, " North "])
def test_good_slug_is_kept(slug: str) -> None:
    assert clean_slug(slug) == slug.strip().lower()


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "ab",
        "a" * 61,
        "-abc",
        "abc-",
        "a--b",
        "a_b",
        "ä-praxis",
        "a/b",
        "a.b",
        "app",
        "setup",
        "static",
        "api",
        None,
    ],
)
def test_bad_or_reserved_slug_is_refused(slug: str | None) -> None:
    with pytest.raises(ValueError):
        clean_slug(slug)


@pytest.mark.django_db
def test_free_slug_counts_up() -> None:
    assert free_slug("North Clinic") == "north-clinic"
    factories.account(slug="north-clinic")
    factories.account(slug="north-clinic-2")
    assert free_slug("North Clinic") == "north-clinic-3"
    assert free_slug("***") == "practice"
