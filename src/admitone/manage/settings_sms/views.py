"""Settings > SMS and calls: by whom SMS leave, a test that shows the provider's own words, and addresses for it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from admitone.accounts.hooking import hook_secret, hook_url
from admitone.accounts.limits import hit
from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.settings_sms.forms import FORMS, PROVIDERS, ProviderForm
from admitone.messaging import caps, queries, sms
from admitone.messaging.models import SmsSettings

TESTS_AN_HOUR = 30
HOUR = int(timedelta(hours=1).total_seconds())


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def settings_sms(request: AccountRequest, account: Account) -> HttpResponse:
    """`do`: save (default), test (saves first), remove. `provider` in the query or the form chooses the fields."""
    if request.method == "POST" and request.POST.get("do") == "remove":
        return remove(request, account)
    stored = queries.sms_settings(account)
    kind = FORMS.get(chosen(request, stored))
    form = kind.shown(posted(request), stored) if kind else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            return save(request, account, form)
        except Problem as problem:
            show_problem(form, problem)
    return page(request, account, form, stored)


def chosen(request: AccountRequest, stored: SmsSettings) -> str:
    return (request.POST if request.method == "POST" else request.GET).get("provider", stored.provider)


def page(request: AccountRequest, account: Account, form: ProviderForm | None, stored: SmsSettings) -> HttpResponse:
    context = {
        "form": form,
        "stored": stored,
        "provider": form.provider if form else "",
        "provider_name": dict(PROVIDERS).get(form.provider if form else "", ""),
        "choices": PROVIDERS,
        "is_stored": form is not None and stored.provider == form.provider,
        "hooks": addresses(account, form.provider if form else ""),
        "secret": hook_secret(account.id) if form and form.provider == "http" else "",
        "cap": caps.cap_of(account, "sms"),
        "house_cap": caps.house_cap("sms"),
        "sent_today": caps.sent_today(account, "sms", timezone.now()),
    }
    return render(request, "manage/settings_sms/sms.html", context, status=422 if form and form.errors else 200)


def addresses(account: Account, provider: str) -> list[tuple[str, str]]:
    """(what it is for, address) of the hooks that the provider needs to know."""
    if provider == "twilio":
        return [
            (_("A message comes in"), hook_url(account.id, "twilio/sms")),
            (_("A call comes in"), hook_url(account.id, "twilio/voice")),
            (_("Call status changes"), hook_url(account.id, "twilio/voice", "/status")),
        ]
    if provider == "http":
        return [
            (_("SMS that come in"), hook_url(account.id, "sms")),
            (_("What became of SMS"), hook_url(account.id, "sms", "/status")),
        ]
    return []


def save(request: AccountRequest, account: Account, form: ProviderForm) -> HttpResponse:
    now = timezone.now()
    testing = request.POST.get("do") == "test"
    to = form.cleaned_data["to"].strip()
    if testing and not to:
        raise Problem("invalid", fields={"to": _("Enter the number of your phone.")})
    if testing:
        hit(name="sms_test", subject=str(account.pk), limit=TESTS_AN_HOUR, window_seconds=HOUR, now=now)
    sms.save_sms_settings(account=account, typed=form.typed(), actor=request.actor, now=now)
    if testing:
        send_test(request, account, to)
    else:
        messages.success(request, _("Saved."))
    return redirect("manage:settings_sms", account.slug)


def send_test(request: AccountRequest, account: Account, to: str) -> None:
    """The answer is stored and stands on the page; the toast only says which."""
    text = _("Test from %(name)s: SMS work.") % {"name": account.name}
    result = sms.send_test_sms(account=account, to=to, text=text, actor=request.actor, now=timezone.now())
    if result.ok:
        messages.success(request, _("The provider accepted the test for %(to)s.") % {"to": to})
    else:
        messages.error(request, _("The test was not sent."))


def remove(request: AccountRequest, account: Account) -> HttpResponse:
    """Forget the provider and its secret; the sender and the limit stay."""
    stored = queries.sms_settings(account)
    typed = sms.SmsProvider("", stored.sender, daily_cap=stored.daily_cap)
    sms.save_sms_settings(account=account, typed=typed, actor=request.actor, now=timezone.now())
    messages.success(request, _("The SMS provider has been removed."))
    return redirect("manage:settings_sms", account.slug)
