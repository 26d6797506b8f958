"""Settings > Payments: the address for the account's Stripe, its signing secret, and what was paid lately."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from admitone.accounts.addresses import stripe_url
from admitone.accounts.models import Account
from admitone.integrations import payments
from admitone.integrations.models import Payment
from admitone.integrations.stripe_events import KINDS
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.ui import formats

SHOWN = 10


class PaymentsForm(forms.Form):
    secret = forms.CharField(
        max_length=200,
        label=gettext_lazy("Signing secret"),
        help_text=gettext_lazy("It begins with whsec_. Stored encrypted and never shown."),
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def settings_payments(request: AccountRequest, account: Account) -> HttpResponse:
    """`do`: save (default) or remove, which forgets the secret."""
    removing = request.POST.get("do") == "remove"
    form = PaymentsForm(None if removing else posted(request))
    if request.method == "POST" and (removing or form.is_valid()):
        secret = "" if removing else form.cleaned_data["secret"]
        try:
            payments.save_payment_settings(account=account, secret=secret, actor=request.actor, now=timezone.now())
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("The secret is forgotten.") if removing else _("Saved."))
            return redirect("manage:settings_payments", account.slug)
    context: dict[str, Any] = {
        "form": form,
        "stored": payments.settings_of(account),
        "url": stripe_url(account.pk),
        "kinds": KINDS,
        "payments": [shown(one) for one in payments.payments(account)[:SHOWN]],
    }
    return render(request, "manage/settings_payments/payments.html", context, status=422 if form.errors else 200)


def shown(payment: Payment) -> dict[str, Any]:
    amount = formats.money(payment.amount_minor, payment.currency)
    return {"row": payment, "amount": amount}
