"""allauth's seams: nobody signs up uninvited, and its mails go through the installation's own transport."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from admitone.accounts.addresses import absolute
from admitone.accounts.client import client_address
from admitone.accounts.models import User
from admitone.accounts.sealing import seal, unseal
from admitone.accounts.tasks import post_later, send_reset

THEME_COOKIE = "admitone_theme"  # read by ui/templatetags/ui.py
YEAR = 365 * 24 * 3600


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=False)
        if commit:
            user.save()
        return user

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def format_email_subject(self, subject: str) -> str:
        return f"Admit One: {subject}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Built from the base URL, so that a forged Host header cannot aim the link elsewhere."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return absolute(path.replace("UID-KEY", key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return absolute(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Written now, sent by a job: a mail server that is slow or down is no matter of the page.

        The mail names the product and its own address, never the Host header of whoever asked for it.
        """
        site = SimpleNamespace(name="Admit One", domain=urlsplit(settings.BASE_URL).netloc)
        mail = self.render_mail(template_prefix, email, {**context, "email": email, "current_site": site})
        post_later(mail)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """The reader's language and theme follow them to this browser."""
        ensure_address(user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        keep_preferences(response, user)
        return response


class ResetForm(ResetPasswordForm):
    """Asks for a mail and looks nothing up: neither the answer nor its time tells whether the address is known."""

    def clean_email(self) -> str:
        return str(get_adapter().clean_email(self.cleaned_data["email"].lower()))

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        send_reset.enqueue(email=email, language=get_language() or "")
        return email


def ensure_address(user: User) -> None:
    """Without a verified row, allauth would drop the current address when a new one is asked for."""
    row, made = EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": True}
    )
    if not made and not (row.primary and row.verified):
        row.primary = row.verified = True
        row.save(update_fields=["primary", "verified"])


def keep_preferences(response: HttpResponse, user: User) -> None:
    """Language and theme live in cookies, so that pages before the sign-in have them too."""
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, user.locale), (THEME_COOKIE, user.theme)):
        if value:
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
        elif name == THEME_COOKIE:
            response.delete_cookie(name, samesite="Lax")


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps and recovery codes are sealed in the database."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
