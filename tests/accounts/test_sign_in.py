"""Sign-in and everything around it: allauth on our own pages."""

from __future__ import annotations

import json
import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import factories

from admitone.accounts.models import User
from admitone.jobs import run_pending
from admitone.jobs.models import Job

pytestmark = pytest.mark.django_db
INLINE = re.compile(r"<script(?![^>]*(?:src=|application/json))|\sstyle=|\son[a-z]+=", re.IGNORECASE)


@pytest.fixture(autouse=True)
def no_counts() -> None:
    cache.clear()


@pytest.fixture
def user() -> User:
    account = factories.account(slug="north-clinic")
    return factories.owner(account, email="ada@example.com", locale="de", theme="dark")


def sign_in(client: Client, password: str = factories.PASSWORD, email: str = "Ada@Example.com") -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password})


def signed_in(client: Client) -> None:
    """With the password given once more, as security settings ask for."""
    sign_in(client)
    assert client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD}).status_code == 302


def test_sign_in_leads_inside_with_language_and_theme(client: Client, user: User) -> None:
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, "/app/")
    assert (client.cookies["admitone_language"].value, client.cookies["admitone_theme"].value) == ("de", "dark")
    assert client.get("/app/").url == "/app/north-clinic/"


def test_sign_in_with_wrong_password_says_so_and_is_limited(client: Client, user: User) -> None:
    pages = [sign_in(client, "wrong password").content.decode() for _ in range(6)]
    assert "not correct" in pages[0]
    assert "Too many failed login attempts" in pages[-1]
    assert sign_in(client).status_code == 200


def test_sign_in_of_an_inactive_user_is_refused(client: Client, user: User) -> None:
    User.objects.update(is_active=False)
    sign_in(client)
    assert client.get("/app/").status_code == 302


def test_nobody_signs_up(client: Client, user: User) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "/accounts/signup/" not in page
    client.post("/accounts/signup/", {"email": "x@example.com", "password1": "a very long password"})
    assert User.objects.count() == 1


def test_sign_out(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.post("/accounts/logout/").url == "/"
    assert client.get("/app/").url == "/accounts/login/?next=/app/"


def test_password_reset_by_mailed_link(client: Client, user: User) -> None:
    response = client.post("/accounts/password/reset/", {"email": "ADA@example.com"}, HTTP_HOST="localhost")
    assert response.url == "/accounts/password/reset/done/"
    run_pending(now=timezone.now())
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert link
    form = client.get(link.group(1)).url
    assert client.get(form).status_code == 200
    client.post(form, {"password1": "short", "password2": "short"})
    client.post(form, {"password1": "another long password", "password2": "another long password"})
    assert sign_in(Client(), "another long password").status_code == 302


def test_password_reset_mail_names_the_product_and_its_own_address(client: Client, user: User) -> None:
    client.post("/accounts/password/reset/", {"email": "ada@example.com"}, HTTP_HOST="localhost")
    run_pending(now=timezone.now())
    text = mail.outbox[0].body
    assert ("Hello from Admit One!" in text, "localhost" in text) == (True, False)


def test_password_reset_does_the_same_for_unknown_addresses_while_somebody_waits(client: Client, user: User) -> None:
    asked = {}
    for email in ("ada@example.com", "nobody@example.com"):
        with CaptureQueriesContext(connection) as seen:
            answer = client.post("/accounts/password/reset/", {"email": email})
        asked[email] = (answer.status_code, answer.url, [shape(one["sql"]) for one in seen])
    assert asked["ada@example.com"] == asked["nobody@example.com"]
    assert mail.outbox == []
    run_pending(now=timezone.now())
    assert [message.to for message in mail.outbox] == [["ada@example.com"]]


def shape(sql: str) -> str:
    """A statement without its values."""
    return " ".join(sql.split()[:3])


def test_mail_of_an_account_waits_sealed_and_is_tried_again_while_the_server_is_down(
    client: Client, user: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    now = timezone.now()
    assert client.post("/accounts/password/reset/", {"email": "ada@example.com"}).status_code == 302
    run_pending(now=now)
    rows = [json.dumps(row, default=str) for row in Job.objects.values()]
    assert [row for row in rows if "/reset/key/" in row] == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    run_pending(now=now + timedelta(hours=1))
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


class Down:
    def __init__(self, **options: Any) -> None: ...

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPConnectError(421, "down")


def test_email_changes_once_the_new_address_is_confirmed(client: Client, user: User) -> None:
    signed_in(client)
    client.post("/accounts/email/", {"action_add": "", "email": "ada@new.example.com"})
    assert User.objects.get().email == "ada@example.com"
    assert "ada@new.example.com" in client.get("/accounts/email/").content.decode()
    run_pending(now=timezone.now())
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", mail.outbox[-1].body)
    assert link
    assert client.get(link.group(1)).status_code == 200
    assert User.objects.get().email == "ada@example.com"
    client.post(link.group(1))
    assert User.objects.get().email == "ada@new.example.com"


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_two_step_sign_in_with_totp_and_recovery_codes(client: Client, user: User) -> None:
    signed_in(client)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret" value="(\w+)"', page).group(1)  # type: ignore[union-attr]
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)}).status_code == 302
    assert {row.type for row in Authenticator.objects.all()} == {"totp", "recovery_codes"}
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert client.get("/accounts/2fa/totp/deactivate/").status_code == 200

    other = Client()
    assert sign_in(other).url == "/accounts/2fa/authenticate/"
    page = other.get("/accounts/2fa/authenticate/").content.decode()
    assert not INLINE.search(page)
    assert other.get("/app/").url == "/accounts/login/?next=/app/"
    assert other.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    recovery = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    assert other.post("/accounts/2fa/authenticate/", {"code": recovery}).url == "/app/"


@pytest.mark.parametrize(
    "path",
    [
        "email/",
        "password/change/",
        "2fa/",
        "2fa/totp/activate/",
        "2fa/webauthn/",
        "2fa/webauthn/add/",
        "reauthenticate/",
        "logout/",
    ],
)
def test_page_of_the_signed_in_user_is_clean(client: Client, user: User, path: str) -> None:
    signed_in(client)
    response = client.get(f"/accounts/{path}")
    assert response.status_code == 200
    assert not INLINE.search(response.content.decode())
    assert response.content.decode().count("<h1") == 1


@pytest.mark.parametrize(
    "path", ["login/", "signup/", "password/reset/", "password/reset/done/", "password/reset/key/1-x/", "inactive/"]
)
def test_page_of_the_signed_out_visitor_is_clean(client: Client, user: User, path: str) -> None:
    response = client.get(f"/accounts/{path}")
    assert response.status_code == 200
    assert not INLINE.search(response.content.decode())
    assert response.content.decode().count("<h1") == 1


def test_totp_secret_is_sealed_at_rest(user: User) -> None:
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    row = Authenticator.objects.get()
    assert "JBSWY3DPEHPK3PXP" not in str(row.data)
    assert get_adapter().decrypt(row.data["secret"]) == "JBSWY3DPEHPK3PXP"
