"""Create many links: the form with a preview of the people, progress, the result as a page and as CSV."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts.models import Account
from admitone.accounts.queries import get
from admitone.contacts.services import clean_person
from admitone.links import batches as reading
from admitone.links import services
from admitone.links.models import Batch
from admitone.links.services.batches import MAX_ROWS
from admitone.logic.contact_rows import write
from admitone.logic.errors import Problem
from admitone.manage import spreadsheet
from admitone.manage.batches.forms import BatchForm
from admitone.manage.contacts import filtering
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem
from admitone.manage.links.issuing import opens
from admitone.manage.links.reach import Reach

PAGE = 100
SHOWN = 20
HEAD = ("n", "email", "name", "phone", "url", "link_id", "error")


@require_safe
@in_account()
def batches(request: AccountRequest, account: Account) -> HttpResponse:
    reach = Reach(request)
    rows = reading.batches(account, calendars=reach.ids("view"), groups=reach.group_ids("view"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    may_create = bool(reach.everything or reach.ids("book"))
    return render(request, "manage/batches/list.html", {"page": page, "may_create": may_create})


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def new(request: AccountRequest, account: Account) -> HttpResponse:
    """A list of people is shown once with what is wrong in it; `confirmed` makes the links."""
    now = timezone.now()
    form = form_of(request, account)
    preview = None
    if request.method == "POST" and form.is_valid() and form.target:
        if form.people is None or "confirmed" in request.POST:
            try:
                return redirect("manage:batch", account.slug, made(request, form, now).id)
            except Problem as problem:
                show_problem(form, problem)
        preview = seen(account, form)
    context = {"form": form, "calendar": form.target, "preview": preview, "text": form.data.get("table", "")}
    return render(request, "manage/batches/new.html", context, status=422 if form.errors else 200)


def form_of(request: AccountRequest, account: Account) -> BatchForm:
    options: dict[str, Any] = {
        "zone": account.timezone,
        "now": timezone.now(),
        "calendars": Reach(request).calendars("book"),
        "groups": Reach(request).groups("book"),
    }
    if request.method != "POST":
        initial = {"calendar": request.GET.get("calendar", ""), "contact_policy": "prefill", "max_uses": 1}
        if "contacts" in request.GET:
            initial["table"] = listed(request)
        return BatchForm(None, initial=initial, **options)
    form = BatchForm(request.POST, request.FILES, **options)
    if request.FILES and form.is_valid():
        kept = request.POST.copy()  # an uploaded file is gone with its request: its text stays in the form
        kept["table"] = form.cleaned_data["text"]
        form = BatchForm(kept, **options)
    return form


def listed(request: AccountRequest) -> str:
    """The contacts that the rest of the address asks for, as in their list, as the table of people."""
    rows = filtering.asked(request).rows(request).values_list("email", "name", "phone")
    return write(rows[:MAX_ROWS])


def made(request: AccountRequest, form: BatchForm, now: Any) -> Batch:
    assert form.target
    return services.create_batch(
        account=request.account,
        **opens(form.target),
        actor=request.actor,
        now=now,
        count=form.cleaned_data["count"] if form.people is None else None,
        contacts=None if form.people is None else [person.as_dict() for person in form.people],
        terms=form.terms(),
        created_by=request.user,
    )


def seen(account: Account, form: BatchForm) -> dict[str, Any] | None:
    """The first rows, every row that cannot be taken, and how many there are."""
    if form.people is None:
        return None
    wrong = []
    for person in form.people:
        try:
            clean_person(account, person.as_dict())
        except Problem as problem:
            wrong.append((person, next(iter(problem.fields.values()), problem.detail)))
    return {
        "total": len(form.people),
        "good": len(form.people) - len(wrong),
        "first": form.people[:SHOWN],
        "wrong": wrong[:PAGE],
        "wrong_count": len(wrong),
    }


def reached(request: AccountRequest, batch_id: UUID) -> Batch:
    found = get(request.account, Batch, batch_id, "calendar", "group", "created_by")
    Reach(request).require_target(found, "view")
    return found


@require_safe
@in_account()
def batch(request: AccountRequest, account: Account, batch_id: UUID) -> HttpResponse:
    """Progress while it runs, then the links. In the URL: state."""
    found, state = reached(request, batch_id), request.GET.get("state", "")
    page = Paginator(reading.rows(found, state=state), PAGE).get_page(request.GET.get("page"))
    lines = [reading.line(row) for row in page]
    context = {**progress_of(found), "page": page, "lines": lines, "state": state}
    return render(request, "manage/batches/batch.html", context)


@require_safe
@in_account()
def progress(request: AccountRequest, account: Account, batch_id: UUID) -> HttpResponse:
    """The bar alone, asked for every two seconds; at the end the page is loaded anew."""
    found = reached(request, batch_id)
    if not request.headers.get("HX-Request"):
        return redirect("manage:batch", account.slug, found.id)
    response = render(request, "manage/batches/_progress.html", progress_of(found))
    if found.finished_at:
        response["HX-Refresh"] = "true"
    return response


def progress_of(found: Batch) -> dict[str, Any]:
    return {"batch": found, "handled": found.done + found.failed, "running": found.finished_at is None}


@require_safe
@in_account()
def csv_file(request: AccountRequest, account: Account, batch_id: UUID) -> HttpResponseBase:
    found = reached(request, batch_id)
    lines = (reading.line(row) for row in reading.rows(found).iterator(chunk_size=500))
    rows = ((each.n, each.email, each.name, each.phone, each.url, each.link_id, each.error) for each in lines)
    return spreadsheet.download(f"one-time-links-{found.created_at:%Y-%m-%d}", HEAD, rows)
