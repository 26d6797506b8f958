"""A CSV file comes in: upload, what each column holds, progress, results."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from babel import Locale
from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.accounts.queries import get
from admitone.contacts import importing, queries
from admitone.contacts.import_rows import Reader, Refused
from admitone.contacts.models import ContactImport, ImportRow
from admitone.logic.errors import Problem
from admitone.logic.identity import region_of
from admitone.manage import spreadsheet
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem

PAGE = 50
SAMPLES, CHECKED, LISTED = 3, 500, 8
RESULTS = ("created", "updated", "skipped", "failed")
EXISTING = [
    ("fill", gettext_lazy("Fill in what is empty")),
    ("update", gettext_lazy("Replace by what the file says")),
    ("skip", gettext_lazy("Leave as they are")),
]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("Up to 5 MB and 20,000 rows; the first line names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
        allow_empty_file=True,
    )


class MappingForm(forms.Form):
    """One choice a column (`column0` ...), and what to do with everybody."""

    tags = forms.CharField(
        required=False,
        label=gettext_lazy("Tag all of them"),
        help_text=gettext_lazy("Several tags with commas between."),
    )
    existing = forms.ChoiceField(choices=EXISTING, label=gettext_lazy("Contacts that are there already"))
    region = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Country of numbers without a code"),
        help_text=gettext_lazy("030 1234567 is read as dialled there."),
    )
    workflows = forms.BooleanField(
        required=False,
        label=gettext_lazy("Start workflows for these contacts"),
        help_text=gettext_lazy(
            "Off: workflows that begin with a new contact or a tag pass these by. On: every row may send messages."
        ),
    )

    def __init__(self, batch: ContactImport, targets: list[Any], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.batch = batch
        self.fields["region"].choices = regions()  # type: ignore[attr-defined]
        for at, head in enumerate(batch.header):
            label = head or _("Column %(n)d") % {"n": at + 1}
            self.fields[f"column{at}"] = forms.ChoiceField(choices=targets, required=False, label=label)

    def mapping(self) -> dict[int, str]:
        chosen = {at: str(self.cleaned_data.get(f"column{at}", "")) for at in range(len(self.batch.header))}
        return {at: target for at, target in chosen.items() if target}


def regions() -> list[tuple[str, str]]:
    from phonenumbers import SUPPORTED_REGIONS

    names = Locale.parse(to_locale(get_language() or "en")).territories
    known = sorted(((code, names.get(code, code)) for code in SUPPORTED_REGIONS), key=lambda one: one[1])
    return [("", _("None: take numbers with a code only")), *known]


def targets(account: Account) -> list[Any]:
    """The choices of a column."""
    customs = [(f"custom:{one.key}", one.label) for one in queries.custom_fields(account)]
    own = [
        ("name", _("Full name")),
        ("first_name", _("First name")),
        ("last_name", _("Last name")),
        ("email", _("Email")),
        ("phone", _("Phone")),
        ("tags", _("Tags")),
        ("note", _("Note")),
        ("timezone", _("Time zone")),
        ("locale", _("Language")),
    ]
    new = [("new", _("New custom field"))]
    return [("", _("Leave out")), (_("Contact"), own), (_("Custom fields"), [*customs, *new])]


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def upload(request: AccountRequest, account: Account) -> HttpResponse:
    permissions.require(request.role, "manage_contacts")
    form = UploadForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > importing.contact_csv.MAX_BYTES:
                raise Problem("invalid", fields={"file": _("The file is too large.")})
            made = importing.stage(
                account=account, filename=file.name, content=file.read(), actor=request.actor, now=timezone.now()
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("manage:contact_import", account.slug, made.id)
    earlier = ContactImport.objects.filter(account=account).order_by("-id")[:LISTED]
    return render(
        request, "manage/contacts/import.html", {"form": form, "earlier": earlier}, status=422 if form.errors else 200
    )


def reached(request: AccountRequest, import_id: UUID) -> ContactImport:
    found = get(request.account, ContactImport, import_id)
    permissions.require(request.role, "manage_contacts")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def one(request: AccountRequest, account: Account, import_id: UUID) -> HttpResponse:
    """Staged: what each column holds. Then progress and results; in the URL: result."""
    found = reached(request, import_id)
    if found.status == "staged":
        return mapped(request, account, found)
    if request.method == "POST":
        return redirect("manage:contact_import", account.slug, found.id)
    result = request.GET.get("result", "")
    rows = found.rows.select_related("contact").order_by("number")
    rows = rows.filter(result=result) if result in RESULTS else rows
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "manage/contacts/import_result.html", {**progress_of(found), "page": page, "result": result})


def mapped(request: AccountRequest, account: Account, found: ContactImport) -> HttpResponse:
    initial = {f"column{at}": target for at, target in found.mapping.items()}
    initial |= {"existing": "fill", "region": region_of(account.timezone) or ""}
    form = MappingForm(found, targets(account), posted(request), initial=initial)
    trial: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        mapping, options = form.mapping(), form.cleaned_data
        try:
            if "start" in request.POST:
                importing.start(
                    account=account, import_id=found.id, mapping=mapping, options=options, actor=request.actor,
                    now=timezone.now(),
                )  # fmt: skip
                return redirect("manage:contact_import", account.slug, found.id)
            trial = tried(account, found, importing.check(account, found, mapping, options), options["region"])
        except Problem as problem:
            show_problem(form, problem)
    context = {"batch": found, "form": form, "columns": columns(found, form), "trial": trial}
    return render(request, "manage/contacts/import_columns.html", context, status=422 if form.errors else 200)


def columns(found: ContactImport, form: MappingForm) -> list[dict[str, Any]]:
    """Each column's name, its first values and its choice."""
    first = list(found.rows.order_by("number")[:50])
    return [
        {
            "head": head or _("Column %(n)d") % {"n": at + 1},
            "samples": [row.cells[at] for row in first if row.cells[at]][:SAMPLES],
            "field": form[f"column{at}"],
        }
        for at, head in enumerate(found.header)
    ]


def tried(account: Account, found: ContactImport, mapping: dict[int, str], region: str) -> dict[str, Any]:
    """How the first rows would be read, and which of the first few hundred would be refused."""
    reader = Reader(account, {str(at): target for at, target in mapping.items() if target != "new"}, region)
    good, wrong = [], []
    for row in found.rows.order_by("number")[:CHECKED]:
        try:
            raw, details, _custom = reader.read(row.cells)
            good.append({**details, "tags": raw.tags, "number": row.number})
        except Refused as refused:
            wrong.append((row.number, str(refused)))
    checked = len(good) + len(wrong)
    return {"good": good[:5], "wrong": wrong[:20], "wrong_count": len(wrong), "checked": checked}


@require_safe
@in_account()
def progress(request: AccountRequest, account: Account, import_id: UUID) -> HttpResponse:
    """The bar alone, asked for every two seconds; at the end the page is loaded anew."""
    found = reached(request, import_id)
    if not request.headers.get("HX-Request"):
        return redirect("manage:contact_import", account.slug, found.id)
    response = render(request, "manage/contacts/_import_progress.html", progress_of(found))
    if found.status == "done":
        response["HX-Refresh"] = "true"
    return response


def progress_of(found: ContactImport) -> dict[str, Any]:
    """`handled` rows have their result; those skipped are counted nowhere else."""
    handled = found.rows.exclude(result="").count()
    skipped = handled - found.created - found.updated - found.failed
    return {"batch": found, "handled": handled, "skipped": skipped, "running": found.status == "running"}


@require_safe
@in_account()
def errors(request: AccountRequest, account: Account, import_id: UUID) -> HttpResponseBase:
    """The rows that were not taken as they were, each with its reason: to be mended and imported again."""
    found = reached(request, import_id)
    rows = ImportRow.objects.filter(batch=found, result="failed").order_by("number").iterator(chunk_size=500)
    head = ("line", "error", *found.header)
    return spreadsheet.download(
        f"not-imported-{found.created_at:%Y-%m-%d}", head, ((r.number, r.error, *r.cells) for r in rows)
    )


@require_POST
@in_account()
def discard(request: AccountRequest, account: Account, import_id: UUID) -> HttpResponse:
    found = reached(request, import_id)
    importing.discard(account=account, import_id=found.id)
    return redirect("manage:import_contacts", account.slug)
