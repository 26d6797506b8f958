"""The form of many links: how many or for whom, and the terms they share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.links.services.batches import MAX_ROWS
from admitone.logic.contact_rows import PersonRow, parse
from admitone.manage.links.forms import NewLinkForm

MAX_BYTES = 900_000


class BatchForm(NewLinkForm):
    """`people` are the parsed rows, None for a plain number."""

    count = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_ROWS,
        label=_("How many"),
        help_text=_("Leave it empty when you give a list of people."),
    )
    table = forms.CharField(
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        label=_("People"),
        help_text=_("One line each: email, name, phone. A first line with these words is fine."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    file = forms.FileField(required=False, label=_("Or a CSV file"), widget=forms.FileInput(attrs={"accept": ".csv"}))
    name = email = phone = None  # type: ignore[assignment]
    field_order = ("calendar", "count", "table", "file")  # type: ignore[assignment]
    people: list[PersonRow] | None = None

    def clean_file(self) -> str:
        """The text of the file: UTF-8, else as Excel for Windows writes it."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        raw = file.read()
        try:
            return str(raw.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return str(raw.decode("cp1252", errors="replace"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        text = (data.get("file") or data.get("table") or "").replace("\0", "")
        field = "file" if data.get("file") else "table"
        if text.strip():
            self._read(text, field)
        elif not self.errors and not data.get("count"):
            self.add_error("count", _("Say how many links, or give a list of people."))
        data["text"] = text
        return data

    def _read(self, text: str, field: str) -> None:
        if self.cleaned_data.get("count"):
            self.add_error("count", _("Give either a number or a list of people."))
        try:
            self.people = parse(text)
        except ValueError as error:
            self.add_error(field, str(error))
            return
        if not 1 <= len(self.people) <= MAX_ROWS:
            self.add_error(field, _("Give 1 to %(most)s people.") % {"most": MAX_ROWS})

    @property
    def names_somebody(self) -> bool:
        return self.people is not None
