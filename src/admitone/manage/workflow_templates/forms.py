"""The choices that a template asks for before it becomes a workflow."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.accounts.models import Account
from admitone.calendars import queries as calendars
from admitone.contacts.queries import tags
from admitone.forms.queries import listing as forms_of
from admitone.logic.clock import iso
from admitone.manage.links.forms import LocalTime, instant
from admitone.pipelines.queries import pipelines
from admitone.workflows.templates import Need, Template

#: Where the rows of a need are made: name of the address, words of the link.
MAKERS: dict[str, tuple[str, Any]] = {
    "calendar": ("manage:new_calendar", gettext_lazy("Make a calendar")),
    "form": ("manage:new_form", gettext_lazy("Make a form")),
    "stage": ("manage:new_pipeline", gettext_lazy("Make a pipeline")),
}


def options(need: Need, account: Account) -> list[Any]:
    """Choices of a select; stages come grouped by their pipeline."""
    if need.kind == "calendar":
        return [(str(row.id), row.name) for row in calendars.listing(account)]
    if need.kind == "form":
        return [(str(row.id), row.name) for row in forms_of(account)]
    if need.kind == "stage":
        rows = pipelines(account).prefetch_related("stages")
        return [(row.name, [(str(stage.id), stage.name) for stage in row.stages.all()]) for row in rows]
    return [(str(row.id), row.name) for row in tags(account)]


class StartForm(forms.Form):
    """A name, and a field for each need of the template."""

    name = forms.CharField(max_length=120, label=gettext_lazy("Name of the workflow"))

    def __init__(self, data: Any, *, template: Template, account: Account) -> None:
        super().__init__(data, initial={"name": template.label})
        self.template, self.account = template, account
        for need in template.needs:
            self.fields[need.key] = field_of(need, account)

    @property
    def missing(self) -> tuple[str, Any] | None:
        """Where to make the first thing that has to be chosen and is not there yet."""
        wanted = [need for need in self.template.needs if need.kind in MAKERS and not need.optional]
        empty = (need for need in wanted if not self.fields[need.key].choices)  # type: ignore[attr-defined]
        return next((MAKERS[need.kind] for need in empty), None)

    def clean_slot(self) -> datetime:
        found = instant(self.cleaned_data["slot"], self.account.timezone)
        if found is None or found <= timezone.now():
            raise forms.ValidationError(_("Choose a time that is to come."))
        return found

    def choices(self) -> dict[str, Any]:
        """What the template's `document` takes."""
        found = {need.key: self.cleaned_data[need.key] for need in self.template.needs}
        if start := found.pop("slot", None):
            minutes = calendars.get(self.account, found["calendar"]).duration
            found["offered"] = [{"start": iso(start), "end": iso(start + timedelta(minutes=minutes))}]
        return found


def field_of(need: Need, account: Account) -> forms.Field:
    if need.kind == "slot":
        found = LocalTime(label=need.label)
        found.required = True
        return found
    if need.kind == "tag":
        return forms.CharField(max_length=60, label=need.label, help_text=_("A new one is made if there is none."))
    rows = options(need, account)
    blank = [("", _("Any"))] if need.optional else []
    return forms.ChoiceField(label=need.label, required=not need.optional, choices=[*blank, *rows])
