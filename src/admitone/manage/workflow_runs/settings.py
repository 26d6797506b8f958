"""Settings of a workflow: kept in the draft, in force with the next publication."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.validators import validate_email
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_zone
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import ZoneField, posted
from admitone.manage.workflows.page import editable, show, who
from admitone.ui.formats import weekday_heads
from admitone.workflows import queries, services
from admitone.workflows.documents import read_settings
from admitone.workflows.models import Workflow

#: Faults of the service -> field of the form.
FIELDS = {"name": "name", "settings": "days", "settings.window": "days"}
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class SettingsForm(forms.Form):
    """`settings()` is what the draft keeps."""

    name = forms.CharField(max_length=120, label=gettext_lazy("Name"))
    reentry = forms.BooleanField(
        required=False,
        label=gettext_lazy("Let a contact enter again"),
        help_text=gettext_lazy("Otherwise each contact goes through once, ever."),
    )
    stop_on_booking = forms.BooleanField(
        required=False,
        label=gettext_lazy("Stop when the contact books"),
        help_text=gettext_lazy("Any appointment in this sub-account counts."),
    )
    stop_on_reply = forms.BooleanField(
        required=False,
        label=gettext_lazy("Stop when the contact replies"),
        help_text=gettext_lazy("A text message that comes in counts; mail is not read."),
    )
    windowed = forms.BooleanField(
        required=False,
        label=gettext_lazy("Send messages only at certain times"),
        help_text=gettext_lazy("A message outside of them waits until the next time; nothing is lost."),
    )
    days = forms.TypedMultipleChoiceField(
        required=False, coerce=int, label=gettext_lazy("Days"), widget=forms.CheckboxSelectMultiple
    )
    start = forms.TimeField(required=False, label=gettext_lazy("From"), widget=CLOCK)
    end = forms.TimeField(
        required=False,
        label=gettext_lazy("To"),
        widget=CLOCK,
        help_text=gettext_lazy("00:00 is midnight, the day's end."),
    )
    timezone = ZoneField(blank=gettext_lazy("As the sub-account"))
    from_name = forms.CharField(
        required=False,
        max_length=120,
        label=gettext_lazy("Sender's name"),
        help_text=gettext_lazy("Empty: as in Settings > Email."),
    )
    reply_to = forms.CharField(required=False, max_length=254, label=gettext_lazy("Answers go to"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["days"].choices = [(n, name) for n, (_short, name) in enumerate(weekday_heads(0))]  # type: ignore[attr-defined]

    def clean_timezone(self) -> str:
        value = str(self.cleaned_data["timezone"])
        try:
            return clean_zone(value) if value else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_reply_to(self) -> str:
        value = self.cleaned_data["reply_to"].strip()
        if value:
            validate_email(value)
        return value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("windowed") and "days" in data and not data["days"]:
            self.add_error("days", _("Choose at least one day."))
        missing = [name for name in ("start", "end") if data.get("windowed") and name in data and not data[name]]
        for name in missing:
            self.add_error(name, _("Enter a time."))
        if data.get("windowed") and not self.errors and self.clock("start") >= self.clock("end"):
            self.add_error("end", _("This has to be later than the beginning."))
        return data

    def clock(self, name: str) -> str:
        text = f"{self.cleaned_data[name]:%H:%M}"
        return "24:00" if (name, text) == ("end", "00:00") else text

    def settings(self) -> dict[str, Any]:
        data = self.cleaned_data
        found: dict[str, Any] = {name: data[name] for name in ("reentry", "stop_on_booking", "stop_on_reply")}
        found["timezone"] = data["timezone"]
        found["sender"] = {"from_name": data["from_name"], "reply_to": data["reply_to"]}
        if data["windowed"]:
            found["window"] = {"days": data["days"], "start": self.clock("start"), "end": self.clock("end")}
        return found

    def refuse(self, problem: Problem) -> None:
        for where, sentence in problem.fields.items() or {"": problem.detail}.items():
            self.add_error(FIELDS.get(where), sentence)


def initial_of(workflow: Workflow) -> dict[str, Any]:
    found = read_settings(workflow.draft.get("settings") or {})
    window = found.window
    return {
        "name": workflow.draft["name"],
        "reentry": found.reentry,
        "stop_on_booking": found.stop_on_booking,
        "stop_on_reply": found.stop_on_reply,
        "timezone": found.timezone,
        "from_name": found.sender.from_name,
        "reply_to": found.sender.reply_to,
        "windowed": window is not None,
        "days": list(window.days if window else range(5)),
        "start": window.start if window else "09:00",
        "end": (window.end if window else "17:00").replace("24:00", "00:00"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def settings(request: AccountRequest, account: Account, workflow_id: UUID) -> HttpResponse:
    workflow = editable(request, workflow_id)
    form = SettingsForm(posted(request), initial=initial_of(workflow))
    if request.method == "POST" and form.is_valid():
        document = {**workflow.draft, "name": form.cleaned_data["name"], "settings": form.settings()}
        try:
            services.save_draft(document=document, **who(request, workflow))
        except Problem as problem:
            form.refuse(problem)
        else:
            messages.success(request, saved(workflow.published_version is not None))
            return redirect("manage:workflow_settings", account.slug, workflow.id)
    inside = queries.counts(workflow)
    context = {"form": form, "inside": inside["active"] + inside["waiting"]}
    template = "manage/workflow_runs/settings.html"
    return show(request, workflow, "settings", template, status=422 if form.errors else 200, **context)


def saved(published: bool) -> str:
    if published:
        return _("Saved in the draft. It takes effect when you publish.")
    return _("Saved.")
