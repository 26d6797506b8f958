"""Send a link: by email with words to read over, by the phone's own messages, by the device's share sheet."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.links import services
from admitone.links.models import OneTimeLink
from admitone.links.queries import name_of
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem
from admitone.manage.links import wording
from admitone.manage.links.forms import SendForm
from admitone.manage.links.reach import Reach
from admitone.manage.links.reading import row_of
from admitone.messaging import queries as messaging
from admitone.values.times import Reader, until


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def send(request: AccountRequest, account: Account, link_id: UUID) -> HttpResponse:
    """POST queues the mail. Within a dialog the answer is the part that asked, else the link's page."""
    reach = Reach(request)
    link = reach.link(link_id, "book")
    row = row_of(link, reach, timezone.now(), [])
    if not row.can_send:
        raise Problem("link_used" if row.is_used else f"link_{row.status}").conflict()
    form = SendForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid() and sent(request, account, link, form):
        return answered(request, account, link, form.cleaned_data["to"])
    context = {"link": link, "row": row, "calendar": link.calendar, "private_base": wording.private_base()}
    context |= send_context(request, link, form)
    template = "manage/links/_send.html" if "HX-Request" in request.headers else "manage/links/send.html"
    return render(request, template, context, status=422 if form is not None and form.errors else 200)


def sent(request: AccountRequest, account: Account, link: OneTimeLink, form: SendForm) -> bool:
    try:
        services.send_link(
            account=account,
            link_id=link.id,
            **form.cleaned_data,
            actor=request.actor,
            now=timezone.now(),
            reply_to=request.user.email,
        )
    except Problem as problem:
        show_problem(form, problem)
        return False
    return True


def answered(request: AccountRequest, account: Account, link: OneTimeLink, to: str) -> HttpResponse:
    delivering = messaging.delivering(account)
    words = told(to, delivering)
    if "HX-Request" in request.headers:
        context = {"words": words, "link": link, "delivering": delivering}
        return render(request, "manage/links/_sent.html", context)
    messages.success(request, words)
    return redirect("manage:link", account.slug, link.id)


def told(to: str, delivering: bool) -> str:
    if delivering:
        return _("On its way to %(to)s.") % {"to": to}
    return _("Kept in Messages for %(to)s: no mail server is set up, so it has not been delivered.") % {"to": to}


def send_context(request: AccountRequest, link: OneTimeLink, form: SendForm | None = None) -> dict[str, Any]:
    """The form with words in the reader's language, and the same as a text message."""
    account = request.account
    url = addresses.one_time_url(link.id)
    language = (link.contact.locale if link.contact else "") or account.locale
    with translation.override(language):
        subject, body, text = letter(request, link, url)
    phone = link.contact.phone if link.contact else ""
    initial = {"to": link.contact.email if link.contact else "", "subject": subject, "body": body}
    return {
        "send_form": form or SendForm(initial=initial),
        "sms_url": f"sms:{phone}?&body={quote(text)}",  # iOS wants &, Android ?
        "share_text": text,
        "link_url": url,
        "share_title": subject,
    }


def letter(request: AccountRequest, link: OneTimeLink, url: str) -> tuple[str, str, str]:
    """(subject, text of a mail, text of a short message) in the active language."""
    calendar = name_of(link)
    name = link.contact.name if link.contact else ""
    facts = {"name": name, "calendar": calendar, "url": url, "sender": request.user.name or request.account.name}
    end = ""
    if link.expires_at:
        reader = Reader(get_language() or "en", request.account.timezone)
        end = _("You can use it until %(at)s.") % {"at": until(to_min_floor(link.expires_at), reader)}
    parts = [
        (_("Hello %(name)s,") if name else _("Hello,")) % facts,
        _("please choose a time for “%(calendar)s” here:") % facts + f"\n{url}",
        " ".join(filter(None, [_("The link works for one booking."), end])),
        facts["sender"],
    ]
    return (
        _("Choose a time: %(calendar)s") % facts,
        "\n\n".join(parts),
        _("Please choose a time for “%(calendar)s”: %(url)s") % facts,
    )
