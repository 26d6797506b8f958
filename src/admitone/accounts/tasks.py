"""Background work of accounts: mail that belongs to the installation, not to a sub-account's outbox."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.internal.userkit import filter_users_by_email
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from admitone.accounts import idempotency, limits
from admitone.accounts.addresses import absolute
from admitone.accounts.invitations import token_for
from admitone.accounts.models import Invitation
from admitone.accounts.sealing import seal, unseal
from admitone.jobs import periodic, task


@task(queue="mail")
def send_invitation(*, invitation_id: str, now: datetime) -> None:
    """Mail the invitation unless it has ended meanwhile; a mail server that fails is asked again later."""
    rows = Invitation.objects.select_related("account", "invited_by")
    invitation = rows.filter(pk=invitation_id, accepted_at=None, revoked_at=None, expires_at__gt=now).first()
    if invitation:
        invitation_mail(invitation).send()


def invitation_mail(invitation: Invitation) -> EmailMessage:
    """In the sub-account's language."""
    url = absolute(f"/invitation/{token_for(invitation.id)}/")
    with translation.override(invitation.account.locale):
        body = render_to_string("account/email/invitation.txt", {"invitation": invitation, "url": url})
        subject = _("You are invited to %(name)s") % {"name": invitation.account.name}
    return EmailMessage(subject=subject, body=body, to=[invitation.email])


@task(queue="mail")
def send_reset(*, email: str, language: str) -> None:
    """Mail the way to a new password to whoever has this address; nobody, for most that are typed by strangers."""
    users = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
    if users:
        with translation.override(language or None):
            request_password_reset(None, email, users, default_token_generator)


def post_later(mail: EmailMessage) -> None:
    """Send it by a job. It may hold a way into an account, so it is sealed while it waits."""
    others = [str(part.content) for part in getattr(mail, "alternatives", ())]
    fields = {"subject": mail.subject, "body": mail.body, "to": mail.to, "html": others[0] if others else ""}
    post.enqueue(sealed=seal(json.dumps(fields)))


@task(queue="mail")
def post(*, sealed: str) -> None:
    """Send a mail of the installation; a mail server that fails is asked again later."""
    fields = json.loads(unseal(sealed))
    mail = EmailMultiAlternatives(subject=fields["subject"], body=fields["body"], to=fields["to"])
    if fields["html"]:
        mail.attach_alternative(fields["html"], "text/html")
    mail.send()


@periodic(every=timedelta(hours=1), name="accounts.sweep")
def sweep(*, now: datetime) -> None:
    """Drop what has had its time: idempotency keys (24 h), rate windows (1 h), ended sessions."""
    idempotency.purge(now)
    limits.purge(now)
    Session.objects.filter(expire_date__lt=now).delete()
