from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.logic import notices as logic
from admitone.logic.notices import MAX_SUBJECT, PARTY, Notice
from admitone.manage.calendars.forms import number, radio, split_unit
from admitone.manage.notices.wording import AUDIENCES, CHANNELS, OCCASIONS
from admitone.values.language import MAX_TEMPLATE

UNITS = [("1", _("minutes")), ("60", _("hours")), ("1440", _("days"))]
KIND = ("occasion", "audience", "channel")


class NoticeForm(forms.Form):
    """What was typed; the service judges. A notice that exists keeps what it is for."""

    occasion = forms.ChoiceField(label=_("When"), choices=list(OCCASIONS.items()))
    offset = number(_("How long before the start, or after the end"), low=0, required=False)
    offset_unit = forms.ChoiceField(label=_("Unit"), choices=UNITS, required=False)
    audience = radio(_("To"), [(one, AUDIENCES[one]) for one in logic.AUDIENCES], initial="guest")
    channel = radio(_("By"), list(CHANNELS.items()), initial="email")
    addresses = forms.CharField(
        label=_("Addresses or numbers"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: reception@example.com, or for SMS +49 30 1234567."),
    )
    subject = forms.CharField(
        label=_("Subject"), required=False, max_length=MAX_SUBJECT, help_text=_("Empty: the standard subject.")
    )
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=MAX_TEMPLATE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Empty: the standard text, in the reader's own language."),
    )

    def __init__(self, data: Any = None, *, notice: Notice | None = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial_of(notice) if notice else initial)
        self.notice = notice
        if notice:
            self._keep(notice)

    def _keep(self, notice: Notice) -> None:
        gone = [*KIND]
        if not notice.is_timed:
            gone += ["offset", "offset_unit"]
        if notice.audience != "extra":
            gone.append("addresses")
        if notice.channel == "sms":
            gone.append("subject")
        if notice.audience == PARTY:
            gone += ["subject", "body"]
        for name in gone:
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """What to hand to the service; fields that this kind of notice has not are left out."""
        data = dict(self.cleaned_data)
        kind = {name: data.get(name) or getattr(self.notice, name) for name in KIND}
        found: dict[str, Any] = {} if self.notice else dict(kind)
        if kind["occasion"] in ("reminder", "follow_up"):
            found["offset_minutes"] = minutes(data.get("offset", ""), data.get("offset_unit", ""))
        if kind["audience"] == "extra":
            found["addresses"] = data.get("addresses", "").splitlines()
        if kind["channel"] == "email":
            found["subject"] = data.get("subject", "")
        return {**found, "body": data.get("body", "")}


def minutes(count: str, unit: str) -> int | str | None:
    """Whole minutes; what is no number goes as it was typed to be refused."""
    text = count.strip()
    if not text:
        return None
    known = text.isascii() and text.isdigit() and len(text) < 7 and unit in dict(UNITS)
    return int(text) * int(unit) if known else text


def initial_of(one: Notice) -> dict[str, Any]:
    count, unit = split_unit(one.offset) if one.offset is not None else ("", "60")
    if unit == "10080":
        count, unit = int(count) * 7, "1440"
    return {
        "offset": count,
        "offset_unit": unit,
        "addresses": "\n".join(one.addresses),
        "subject": one.subject,
        "body": one.body,
    }
