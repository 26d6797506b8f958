"""Forms of one-time links: the terms of a new one, changes, sending. Times are wall clock in the sub-account's zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.calendars.models import Calendar, CalendarGroup
from admitone.manage.links.own_terms import OwnTermsForm

LOCAL = "%Y-%m-%dT%H:%M"
EXPIRIES = [
    ("never", _("Never")),
    ("1", _("In 1 day")),
    ("3", _("In 3 days")),
    ("7", _("In 7 days")),
    ("14", _("In 14 days")),
    ("30", _("In 30 days")),
    ("date", _("At a date and time…")),
]
POLICIES = [
    ("prefill", _("Fill in their details; they can change them")),
    ("verify", _("Ask for a code that is mailed to their address")),
    ("refuse", _("Lock their details; nobody else can book with it")),
]


class Choice(forms.ChoiceField):
    """A choice that stands on its first value when nothing is said."""

    def clean(self, value: Any) -> Any:
        return super().clean(value or self.initial)


class Uses(forms.IntegerField):
    """How often a link works: once unless somebody says otherwise."""

    def clean(self, value: Any) -> Any:
        return super().clean(value or 1)


class LocalTime(forms.DateTimeField):
    """A wall-clock time; `form.zone` makes it an instant. A repeated hour is its first pass."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format=LOCAL)
        super().__init__(required=False, widget=widget, input_formats=[LOCAL, f"{LOCAL}:%S"], **options)

    def to_python(self, value: Any) -> datetime | None:
        """Naive: the settings' zone says nothing about the person's clock."""
        if value in self.empty_values:
            return None
        for layout in self.input_formats or ():
            try:
                return datetime.strptime(str(value).strip(), layout)  # noqa: DTZ007 - the form adds the zone
            except ValueError:
                continue
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid")

    def prepare_value(self, value: Any) -> Any:
        return value


def instant(local: datetime | None, zone: str) -> datetime | None:
    """UTC; None for nothing. Raises ValidationError for a year no calendar reaches."""
    if local is None:
        return None
    if not 2000 <= local.year <= 9000:
        raise forms.ValidationError(_("Choose a date within reach."))
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local_text(at: datetime | None, zone: str) -> str:
    """The value of a datetime-local input."""
    return at.astimezone(ZoneInfo(zone)).strftime(LOCAL) if at else ""


class TermsForm(OwnTermsForm):
    """For whom, until when, which times: what a new link may be given. Everything is optional."""

    name = forms.CharField(required=False, max_length=200, label=_("Name"))
    email = forms.CharField(required=False, max_length=254, label=_("Email"))
    phone = forms.CharField(required=False, max_length=40, label=_("Phone"))
    contact_policy = Choice(
        choices=POLICIES, label=_("On the booking page"), widget=forms.RadioSelect, initial="prefill"
    )
    expires_in = Choice(choices=EXPIRIES, label=_("Expires"), initial="never")
    expires_at = LocalTime(label=_("Expires at"))
    not_before = LocalTime(label=_("Opens not before"))
    max_uses = Uses(min_value=1, max_value=1000, initial=1, label=_("Uses"))
    label = forms.CharField(
        required=False, max_length=120, label=_("Label"), help_text=_("For you: guests do not see it.")
    )
    note = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Note to the guest"),
        help_text=_("Shown on the booking page."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, zone: str, now: datetime, of: Sequence[Calendar] = (), **options: Any) -> None:
        """`of`: the calendars that the link may be for; none for a group's."""
        super().__init__(*args, **options)
        self.zone, self.now = zone, now
        self.offer(of)

    def clean_expires_at(self) -> datetime | None:
        return instant(self.cleaned_data["expires_at"], self.zone)

    def clean_not_before(self) -> datetime | None:
        return instant(self.cleaned_data["not_before"], self.zone)

    def clean(self) -> dict[str, Any]:
        """`expires_at` becomes the instant that the preset or the date means."""
        data = super().clean() or {}
        preset = data.get("expires_in") or ""
        if preset.isdigit():
            data["expires_at"] = self.now + timedelta(days=int(preset))
        elif preset == "date" and data.get("expires_at") is None and "expires_at" not in self.errors:
            self.add_error("expires_at", _("Choose the date and time."))
        return data

    def terms(self) -> dict[str, Any]:
        """Keyword arguments of links.services.issue."""
        data = self.cleaned_data
        return {
            "contact_policy": data["contact_policy"] if self.names_somebody else "prefill",
            "expires_at": data["expires_at"],
            "not_before": data["not_before"],
            "max_uses": data["max_uses"],
            "label": data["label"],
            "note": data["note"],
            "special": self.special(),
        }

    @property
    def names_somebody(self) -> bool:
        return bool(self.cleaned_data["email"] or self.cleaned_data["phone"])

    @property
    def is_plain(self) -> bool:
        """Nothing was asked for beyond a link: such a press copies the link that is there already."""
        data = self.cleaned_data
        given = ("name", "email", "phone", "expires_at", "not_before", "label", "note")
        return not any(data.get(field) for field in given) and data["max_uses"] == 1 and not self.special()


class NewLinkForm(TermsForm):
    """The same with the choice of a calendar or a group."""

    calendar = forms.ChoiceField(label=_("Calendar"))
    field_order = ("calendar",)

    def __init__(
        self, *args: Any, calendars: list[Calendar], groups: Sequence[CalendarGroup] = (), **options: Any
    ) -> None:
        super().__init__(*args, of=calendars, **options)
        self.calendars = {str(calendar.id): calendar for calendar in calendars}
        self.groups = {str(group.id): group for group in groups}
        alone = [(key, each.name) for key, each in self.calendars.items()]
        of_groups = [(key, each.name) for key, each in self.groups.items()]
        field = self.fields["calendar"]
        field.choices = [(_("Calendars"), alone), (_("Groups"), of_groups)] if groups else alone  # type: ignore[attr-defined]
        field.label = _("Calendar or group") if groups else field.label

    @property
    def target(self) -> Calendar | CalendarGroup | None:
        """What the form stands on, also before it is sent."""
        value = str(self["calendar"].value())
        return self.calendars.get(value) or self.groups.get(value) or next(iter(self.calendars.values()), None)

    @property
    def chosen(self) -> Calendar | None:
        """The calendar that the form stands on; None for a group."""
        return self.target if isinstance(self.target, Calendar) else None


class EditForm(forms.Form):
    """What may change after a link was made; a used link keeps its terms."""

    label = forms.CharField(
        required=False, max_length=120, label=_("Label"), help_text=_("For you: guests do not see it.")
    )
    note = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Note to the guest"),
        help_text=_("Shown on the booking page."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    expires_at = LocalTime(label=_("Expires at"), help_text=_("Empty: never."))
    not_before = LocalTime(label=_("Opens not before"))
    max_uses = forms.IntegerField(min_value=1, max_value=1000, label=_("Uses"))

    def __init__(self, *args: Any, zone: str, terms: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = zone
        if not terms:
            for name in ("expires_at", "not_before", "max_uses"):
                del self.fields[name]

    def clean_expires_at(self) -> datetime | None:
        return instant(self.cleaned_data["expires_at"], self.zone)

    def clean_not_before(self) -> datetime | None:
        return instant(self.cleaned_data["not_before"], self.zone)


class SendForm(forms.Form):
    """An email that somebody reads over before it goes."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="send_%s")

    to = forms.CharField(max_length=254, label=_("To"))
    subject = forms.CharField(max_length=200, label=_("Subject"))
    body = forms.CharField(max_length=5000, label=_("Text"), widget=forms.Textarea(attrs={"rows": 9}))
