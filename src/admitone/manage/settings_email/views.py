"""Settings > Email: the account's own mail server or service, and a test that shows the provider's own words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from admitone.accounts.addresses import email_reports_url
from admitone.accounts.limits import hit
from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.settings_email.forms import EmailForm, SenderForm, ServiceForm
from admitone.messaging import caps, email_services, letters, queries, services
from admitone.messaging.esps import ESPS, SMTP
from admitone.messaging.models import EmailSettings

TESTS_AN_HOUR = 30
HOUR = int(timedelta(hours=1).total_seconds())


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def settings_email(request: AccountRequest, account: Account) -> HttpResponse:
    """`do`: save (default), test (saves first), remove (back to the installation's server). ?provider= shows its fields."""
    if request.method == "POST" and request.POST.get("do") == "remove":
        return remove(request, account)
    form = form_of(request, queries.email_settings(account))
    if request.method == "POST" and form.is_valid():
        try:
            return save(request, account, form)
        except Problem as problem:
            show_problem(form, problem)
    return page(request, account, form)


def form_of(request: AccountRequest, stored: EmailSettings) -> SenderForm:
    """That of the way chosen in the form, else in the address, else of the one in use."""
    esp = ESPS.get(request.POST.get("provider") or request.GET.get("provider") or stored.provider)
    if esp is not None:
        return ServiceForm(posted(request), esp=esp, stored=stored, to=request.user.email)
    return EmailForm(posted(request), initial=EmailForm.initial_of(stored, request.user.email))


def page(request: AccountRequest, account: Account, form: SenderForm) -> HttpResponse:
    esp = form.esp if isinstance(form, ServiceForm) else None
    context = {
        "form": form,
        "esp": esp,
        "choices": [(SMTP, _("A mail server (SMTP)")), *((one.key, one.label) for one in ESPS.values())],
        "stored": queries.email_settings(account),
        "reports": email_reports_url(esp.key, account.pk) if esp else "",
        "has_system_server": bool(django_settings.ENV.smtp_url),
        "sender": queries.sender(account)[1],
        "waiting": queries.counts(account)["outbox"],
        "house_cap": caps.house_cap("email"),
        "cap": caps.cap_of(account, "email"),
        "sent_today": caps.sent_today(account, "email", timezone.now()),
    }
    return render(request, "manage/settings_email/email.html", context, status=422 if form.errors else 200)


def save(request: AccountRequest, account: Account, form: SenderForm) -> HttpResponse:
    now = timezone.now()
    testing = request.POST.get("do") == "test"
    if testing:
        hit(name="email_test", subject=str(account.pk), limit=TESTS_AN_HOUR, window_seconds=HOUR, now=now)
    keep(request, account, form, now)
    if testing:
        send_test(request, account, form.cleaned_data["to"] or request.user.email)
    else:
        messages.success(request, _("Saved."))
    return redirect("manage:settings_email", account.slug)


def keep(request: AccountRequest, account: Account, form: SenderForm, now: datetime) -> None:
    if isinstance(form, ServiceForm):
        email_services.save_email_service(account=account, service=form.service(), actor=request.actor, now=now)
    elif isinstance(form, EmailForm):
        services.save_email_settings(account=account, server=form.server(), actor=request.actor, now=now)
    email_services.save_daily_cap(account=account, cap=form.cleaned_data["daily_cap"], actor=request.actor, now=now)


def send_test(request: AccountRequest, account: Account, to: str) -> None:
    """The answer is stored and stands on the page; the toast only says which."""
    letter = letters.Letter(
        subject=_("Test from %(name)s") % {"name": account.name},
        heading=_("It works"),
        paragraphs=(_("This mail left by the way chosen in Settings > Email."),),
    )
    mail = letters.render(letter, letters.Brand(account.name))
    result = services.send_test(
        account=account,
        to=to,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        actor=request.actor,
        now=timezone.now(),
    )
    if result.ok:
        messages.success(request, _("The server accepted the test for %(to)s.") % {"to": to})
    else:
        messages.error(request, _("The test was not sent."))


def remove(request: AccountRequest, account: Account) -> HttpResponse:
    """Forget the server and its password; names and addresses stay."""
    stored = queries.email_settings(account)
    server = services.MailServer(
        from_name=stored.from_name, from_email=stored.from_email, reply_to=stored.reply_to, password=""
    )
    services.save_email_settings(account=account, server=server, actor=request.actor, now=timezone.now())
    messages.success(request, _("It has been removed, and its secrets are deleted."))
    return redirect("manage:settings_email", account.slug)
