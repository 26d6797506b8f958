"""A calendar's page > Notifications: who is told what and when, in which words, and what one guest gets of it all."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts.limits import hit
from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.contacts.filters import Filters
from admitone.contacts.models import Contact
from admitone.logic.errors import Problem
from admitone.logic.kinds import SEATED
from admitone.logic.notices import ASKED, OCCASIONS, PARTY, Notice
from admitone.manage.calendars.opening import opened
from admitone.manage.calendars.page import show, tabs
from admitone.manage.calendars.reading import public_url
from admitone.manage.contacts.reading import visible
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import languages, posted, show_problem
from admitone.manage.message_templates.views import RECENT, TESTS_AN_HOUR, reader_text
from admitone.manage.messages.views import PREVIEW_CSP
from admitone.manage.notices import receiving, wording
from admitone.manage.notices.forms import NoticeForm, minutes
from admitone.messaging.queries import opted_out_of
from admitone.messaging.services import send_test
from admitone.messaging.sms import send_test_sms
from admitone.notifications import previewing, queries, services
from admitone.notifications.words import NOUNS
from admitone.workflows import previewing as values


def who(request: AccountRequest, calendar: Calendar) -> dict[str, Any]:
    return {
        "account": request.account,
        "calendar_id": calendar.id,
        "actor": request.actor,
        "now": timezone.now(),
    }


@require_safe
@in_account()
def listing(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    calendar, now = opened(request, calendar_id), timezone.now()
    table = [one for one in queries.table(calendar) if calendar.kind in SEATED or one.audience != PARTY]
    left = left_out(calendar, table)
    one = previewing.made_up(calendar, None, "booked", now)
    return show(
        request,
        calendar,
        "notices",
        groups=[group(occasion, table, left) for occasion in OCCASIONS if concerns(calendar, occasion, table)],
        receipts=receiving.of_calendar(account, calendar, one),
        doubles=receiving.doubles(account, calendar),
        deleted=[row(notice, set()) for notice in queries.deleted(calendar, now)],
    )


def concerns(calendar: Calendar, occasion: str, table: list[Notice]) -> bool:
    """Requests and their answers are left out where none come in, unless somebody has written something for them."""
    own = any(not one.standard or one.has_words for one in table if one.occasion == occasion)
    return calendar.approval or occasion not in ASKED or own


def left_out(calendar: Calendar, table: list[Notice]) -> set[str]:
    """Extra addresses and numbers that asked not to be written to."""
    extra = {address for one in table for address in one.addresses}
    return opted_out_of(calendar.account_id, extra)


def group(occasion: str, table: list[Notice], left: set[str]) -> dict[str, Any]:
    found = [row(notice, left) for notice in table if notice.occasion == occasion]
    return {"occasion": occasion, "name": wording.OCCASIONS[occasion], "rows": found}


def row(notice: Notice, left: set[str]) -> dict[str, Any]:
    extra = ", ".join(
        _("%(address)s (opted out)") % {"address": one} if one in left else one for one in notice.addresses
    )
    return {
        "notice": notice,
        "name": wording.name(notice),
        "who": extra or wording.AUDIENCES[notice.audience],
        "channel": wording.CHANNELS[notice.channel],
        "when": wording.when(notice),
        "words": wording.words(notice),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def new(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """?occasion= is chosen beforehand."""
    calendar = opened(request, calendar_id)
    asked = request.GET.get("occasion", "")
    occasion = asked if asked in OCCASIONS else "reminder"
    initial = {"occasion": occasion, "audience": "guest", "channel": "email", "offset": "2", "offset_unit": "60"}
    form = NoticeForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_notice(**who(request, calendar), **form.values())
        except Problem as problem:
            show_problem(form, at_fields(problem))
        else:
            return saved(request, calendar, made)
    return editor(request, calendar, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def edit(request: AccountRequest, account: Account, calendar_id: UUID, notice_key: str) -> HttpResponse:
    """`do`: save (default), test (saves, then sends it to whoever asked)."""
    calendar = opened(request, calendar_id)
    notice = queries.notice(calendar, notice_key)
    form = NoticeForm(posted(request), notice=notice)
    if request.method == "POST" and form.is_valid():
        try:
            changed = services.update_notice(**who(request, calendar), key=notice_key, **form.values())
        except Problem as problem:
            show_problem(form, at_fields(problem))
        else:
            return saved(request, calendar, changed)
    return editor(request, calendar, form, notice)


def at_fields(problem: Problem) -> Problem:
    """The form calls the time by another name."""
    named = {("offset" if name == "offset_minutes" else name): text for name, text in problem.fields.items()}
    return Problem(problem.code, problem.detail, fields=named)


def editor(request: AccountRequest, calendar: Calendar, form: NoticeForm, notice: Notice | None) -> HttpResponse:
    context = {
        "calendar": calendar,
        "tabs": tabs(request.account, calendar, "notices"),
        "public_url": public_url(request.account, calendar),
        "form": form,
        "notice": notice,
        "name": wording.name(notice) if notice else _("New notification"),
        "reader": reader_of(request),
        "recent": visible(request, Filters()).exclude(email="")[:RECENT],
        "values": [one for one in values.choices(request.account) if one[0].strip("{} ").split(".")[0] in NOUNS],
        "shown_for": reader_text(request),
        "left": sorted(left_out(calendar, [notice])) if notice else [],
        "languages": [*languages(), ("reader", _("The reader's own language"))],
        "language": get_language(),
        "preview_query": urlencode({"key": notice.key if notice else "", "for": reader_text(request)}),
    }
    return render(request, "manage/notices/edit.html", context, status=422 if form.errors else 200)


def reader_of(request: AccountRequest) -> Contact | None:
    """The contact typed, else the latest one, of those that this person may see."""
    text = reader_text(request)
    return visible(request, Filters(search=text)).first()


def saved(request: AccountRequest, calendar: Calendar, notice: Notice) -> HttpResponse:
    here = redirect("manage:calendar_notice", request.account.slug, calendar.id, notice.key)
    if request.POST.get("do") != "test":
        toasts.success(request, _("Saved."))
        return redirect("manage:calendar_notices", request.account.slug, calendar.id)
    send_to_me(request, calendar, notice)
    if text := reader_text(request):
        here["Location"] += f"?{urlencode({'for': text})}"
    return here


def send_to_me(request: AccountRequest, calendar: Calendar, notice: Notice) -> None:
    """What its reader would get, sent to whoever asked."""
    now, account = timezone.now(), request.account
    hit(name="template_test", subject=str(account.pk), limit=TESTS_AN_HOUR, window_seconds=3600, now=now)
    one = previewing.appointment_of(calendar, reader_of(request), notice.occasion, now)
    shown = previewing.preview(one, notice, now, language_of(request))
    do: dict[str, Any] = {"account": account, "actor": request.actor, "now": now}
    try:
        if notice.channel == "sms":
            to = str(request.POST.get("test_to", ""))[:40]
            result = send_test_sms(**do, to=to, text=shown.text)
        else:
            to = request.user.email
            result = send_test(**do, to=to, subject=shown.subject, text=shown.text, html=shown.html)
    except Problem as problem:
        toasts.error(request, _("Not sent: %(words)s") % {"words": " ".join(problem.fields.values())})
        return
    if result.ok:
        toasts.success(request, _("Sent to %(to)s.") % {"to": to})
    else:
        toasts.error(request, _("Not sent: %(words)s") % {"words": result.answer})


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def preview(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    """A page of its own, shut in by its own policy. ?key= is the notice; POST shows words that are not saved."""
    calendar, now = opened(request, calendar_id), timezone.now()
    key = request.GET.get("key", "")
    notice = queries.notice(calendar, key) if key else None
    asked = typed(request, notice) if request.method == "POST" else notice or Notice("", "reminder", "guest")
    contact = reader_of(request)
    one = previewing.appointment_of(calendar, contact, asked.occasion, now)
    shown = previewing.preview(one, asked, now, language_of(request))
    context = {
        "shown": shown,
        "contact": contact,
        "channel": asked.channel,
        "asked": reader_text(request),
        "falls_back": True,
    }
    response = render(request, "manage/message_templates/preview.html", context)
    response["Content-Security-Policy"] = PREVIEW_CSP
    return response


def language_of(request: AccountRequest) -> str:
    """The one that was chosen, else that of whoever looks; "" for the reader's own."""
    chosen = request.POST.get("in") or request.GET.get("in") or ""
    if chosen == "reader":
        return ""
    return chosen if chosen in dict(languages()) else get_language() or ""


def typed(request: AccountRequest, notice: Notice | None) -> Notice:
    """The notice as the form stands; what cannot be one is shown as a reminder to the guest."""
    post = request.POST

    def chosen(name: str, known: Any, default: str) -> Any:
        return getattr(notice, name) if notice else post.get(name) if post.get(name) in known else default

    channel = chosen("channel", wording.CHANNELS, "email")
    offset = minutes(post.get("offset", ""), post.get("offset_unit", ""))
    return Notice(
        key="",
        occasion=chosen("occasion", OCCASIONS, "reminder"),
        audience=chosen("audience", wording.AUDIENCES, "guest"),
        channel=channel,
        offset=offset if isinstance(offset, int) else None,
        subject=post.get("subject", "") if channel == "email" else "",
        body=post.get("body", "").replace("\r\n", "\n"),
    )


@require_POST
@in_account()
def switch(request: AccountRequest, account: Account, calendar_id: UUID, notice_key: str) -> HttpResponse:
    """`on`: 1 or 0."""
    calendar = opened(request, calendar_id)
    enabled = request.POST.get("on") == "1"
    try:
        services.update_notice(**who(request, calendar), key=notice_key, enabled=enabled)
    except Problem as problem:
        if problem.code != "invalid":
            raise
        toasts.error(request, " ".join(problem.fields.values()) or problem.detail)
    else:
        toasts.success(request, _("Switched on.") if enabled else _("Switched off."))
    return redirect("manage:calendar_notices", account.slug, calendar.id)


@require_POST
@in_account()
def delete(request: AccountRequest, account: Account, calendar_id: UUID, notice_key: str) -> HttpResponse:
    calendar = opened(request, calendar_id)
    services.delete_notice(**who(request, calendar), key=notice_key)
    toasts.success(request, _("Deleted. It can be restored for 30 days."))
    return redirect("manage:calendar_notices", account.slug, calendar.id)


@require_POST
@in_account()
def restore(request: AccountRequest, account: Account, calendar_id: UUID, notice_key: str) -> HttpResponse:
    calendar = opened(request, calendar_id)
    try:
        services.restore_notice(**who(request, calendar), key=notice_key)
    except Problem as problem:
        if problem.code != "invalid":
            raise
        toasts.error(request, " ".join(problem.fields.values()) or problem.detail)
    else:
        toasts.success(request, _("Restored."))
    return redirect("manage:calendar_notices", account.slug, calendar.id)
