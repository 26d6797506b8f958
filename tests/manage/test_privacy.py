"""What stands behind the sign-in is kept by no cache."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/app/me/",
        "/app/north-clinic/",
        "/app/north-clinic/bookings/none/",
        "/accounts/2fa/",
        "/accounts/email/",
        "/accounts/password/change/",
    ],
)
def test_a_private_page_is_never_cached(client: Client, path: str) -> None:
    client.force_login(factories.owner(factories.account(slug="north-clinic")))
    assert "no-store" in client.get(path)["Cache-Control"]
