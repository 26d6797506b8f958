"""The forms of a calendar's page. They read what was typed; services say what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.calendars.models import Calendar, Host
from admitone.calendars.rooms import room_providers
from admitone.logic.hours import show_time
from admitone.logic.party import MAX_PARTY
from admitone.ui import formats

UNITS = [("1", _("minutes")), ("60", _("hours")), ("1440", _("days")), ("10080", _("weeks"))]
LOCATIONS = [
    ("none", _("Not shown")),
    ("phone", _("Phone call")),
    ("address", _("At an address")),
    ("video", _("Video room, always the same")),
    ("host", _("Video room of whoever takes the appointment")),
    ("room", _("Video room made for each appointment")),
    ("ask", _("Ask the guest")),
]


def number(label: Any, *, low: int = 0, required: bool = True, **options: Any) -> forms.CharField:
    """A whole number; kept as text, so that the service's own sentence is shown for a wrong one."""
    widget = forms.NumberInput(attrs={"min": low, "step": 1})
    return forms.CharField(label=label, required=required, max_length=12, widget=widget, **options)


def text(label: Any, *, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **options)


def radio(label: Any, choices: Sequence[tuple[str, Any]], **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect(), **options)


def day(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=10, widget=forms.DateInput(attrs={"type": "date"})
    )


def split_unit(minutes: int) -> tuple[int, str]:
    """`2880` -> (2, "1440"): the largest unit that leaves no rest."""
    for unit in (10080, 1440, 60):
        if minutes and minutes % unit == 0:
            return minutes // unit, str(unit)
    return minutes, "1"


KIND_WORDS = {
    "personal": _("One to one"),
    "round_robin": _("Round robin"),
    "collective": _("Collective"),
    "class": _("Class"),
    "event": _("Event"),
}
KIND_CHOICES = [
    ("personal", _("One to one: a guest meets one person. A doctor, a tutor, a consultant.")),
    ("round_robin", _("Round robin: whoever of a team is free takes the appointment. Sales, support, a practice.")),
    ("collective", _("Collective: a guest meets several people at once. An interview, a case conference.")),
    ("class", _("Class: several guests meet one person. A yoga lesson, a webinar, a tour.")),
    ("event", _("Event: guests take a place, nobody's time is blocked. A tasting, a screening, an open day.")),
]


class NewForm(forms.Form):
    kind = radio(_("Type"), KIND_CHOICES, initial="personal", required=False)
    capacity = number(
        _("Places"), required=False, help_text=_("Of each time. Empty: 10 in a class, no limit at an event.")
    )
    name = forms.CharField(max_length=120, label=_("Name"), help_text=_("Guests read it: First visit."))
    duration = number(_("Duration"), low=1, initial=30)
    location_kind = forms.ChoiceField(choices=LOCATIONS, label=_("Where"))
    location = text(_("Address or video link"), rows=2)


class SectionForm(forms.Form):
    """A form over some fields of a calendar; `units` names the ones that are typed as a number and a unit."""

    units: Sequence[str] = ()
    special: Sequence[str] = ()

    @classmethod
    def initial_of(cls, calendar: Calendar) -> dict[str, Any]:
        plain = [name for name in cls.base_fields if hasattr(calendar, name) and name not in cls.special]
        values = {name: getattr(calendar, name) for name in plain}
        for name in cls.units:
            values[name], values[f"{name}_unit"] = split_unit(getattr(calendar, name))
        return values

    def changes(self) -> dict[str, Any]:
        """What to hand to update_calendar."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in self.special}
        for name in self.units:
            unit, count = int(data.pop(f"{name}_unit")), str(data[name])
            data[name] = int(count) * unit if count.isdecimal() and len(count) < 7 else count
        return data


class DetailsForm(SectionForm):
    special = ("host",)
    name = forms.CharField(max_length=120, label=_("Name"))
    slug = forms.CharField(
        max_length=60, label=_("Address"), help_text=_("Scheduling links with an earlier address lead to the new one.")
    )
    description = text(_("Description"), help_text=_("Shown to guests under the name."))
    host = forms.ChoiceField(label=_("Host"), help_text=_("Who is booked."))
    duration = number(_("Duration"), low=1)
    location_kind = forms.ChoiceField(choices=LOCATIONS, label=_("Where"))
    location = text(
        _("Address or video link"),
        rows=2,
        help_text=_(
            "Video rooms need an address with https://: the link of a Zoom, Google Meet or Teams meeting that you always "
            "use. For a room per appointment write {room} in it: https://meet.example.org/{room}."
        ),
    )
    room_provider = forms.ChoiceField(label=_("Who makes the rooms"), required=False)
    location_hidden = forms.BooleanField(
        required=False,
        label=_("Tell the address only to those who have booked"),
        help_text=_("The booking page says that it comes after booking."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["room_provider"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, provider.label) for key, provider in room_providers().items()]

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in super().changes().items() if name in self.fields}

    def offer(self, hosts: Sequence[Host]) -> None:
        field = self.fields["host"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(host.id), f"{host.name} ({host.email})" if host.email else host.name) for host in hosts]


class RulesForm(SectionForm):
    units = ("notice", "change_cutoff")
    interval = number(_("Times start every"), low=1)
    notice = number(_("Minimum notice"), help_text=_("A time can be booked until this long before it starts."))
    notice_unit = forms.ChoiceField(choices=UNITS, label=_("Unit of the notice"))
    buffer_before = number(_("Free before"))
    buffer_after = number(_("Free after"))
    buffer_rule = radio(
        _("Between two appointments"),
        [("max", _("Keep the longer of their free times")), ("sum", _("Keep both free times"))],
    )
    alignment = radio(
        _("Times start"),
        [("window", _("From the start of the working hours")), ("packed", _("From the end of what is booked"))],
    )
    cutoff_days = number(
        _("Bookable until so many days before"),
        required=False,
        help_text=_("1: until the day before. Empty: no limit."),
    )
    cutoff_at = forms.CharField(
        required=False, max_length=12, label=_("At this time"), help_text=_("On the calendar's clock, like 18:00.")
    )
    range_kind = radio(
        _("How far ahead"),
        [
            ("rolling", _("A number of days")),
            ("working", _("A number of working days, on which the calendar opens")),
            ("fixed", _("Between two dates")),
            ("unlimited", _("Without limit")),
        ],
    )
    range_days = number(_("Days ahead"), required=False)
    range_first = day(_("First day"))
    range_last = day(_("Last day"))
    per_day_limit = number(_("Appointments a day"), low=1, required=False, help_text=_("Empty: no limit."))
    per_week_limit = number(_("Appointments a week"), low=1, required=False)
    per_month_limit = number(_("Appointments a month"), low=1, required=False)
    guest_can_reschedule = forms.BooleanField(required=False, label=_("Guests can choose another time"))
    guest_can_cancel = forms.BooleanField(required=False, label=_("Guests can cancel"))
    change_cutoff = number(_("No later than this before the start"))
    change_cutoff_unit = forms.ChoiceField(choices=UNITS, label=_("Unit of the limit"))
    zone_locked = forms.BooleanField(
        required=False, label=_("Show times in this calendar's zone only"), help_text=_("For visits on site.")
    )

    @classmethod
    def initial_of(cls, calendar: Calendar) -> dict[str, Any]:
        return {**super().initial_of(calendar), "cutoff_at": show_time(calendar.cutoff_at)}

    def changes(self) -> dict[str, Any]:
        return {**super().changes(), "cutoff_at": self.cleaned_data["cutoff_at"] or "18:00"}


class BookingForm(SectionForm):
    phone = radio(
        _("Phone number"), [("off", _("Do not ask")), ("optional", _("Ask")), ("required", _("Ask, and require it"))]
    )
    email_required = forms.BooleanField(
        required=False,
        label=_("Require an email address"),
        help_text=_("It can only be left out if the phone number is required."),
    )
    note = forms.BooleanField(required=False, label=_("Let guests add a note"))
    consent_text = text(
        _("Consent"),
        help_text=_(
            "Guests tick it before they book; empty: not asked. A change counts as a new version. "
            "Links are written [our rules](https://www.example.com/rules)."
        ),
    )


class LookForm(SectionForm):
    special = ("logo", "remove_logo")
    brand_color = forms.CharField(
        required=False, max_length=7, label=_("Colour"), help_text=_("Like #1f7a5c; text on it has to be readable.")
    )
    brand_radius = number(_("Corner radius"))
    logo = forms.FileField(
        required=False,
        label=_("Logo"),
        help_text=_("PNG, JPEG, WebP or GIF up to 5 MB; it is made small."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    remove_logo = forms.BooleanField(required=False, label=_("Remove the logo"))
    confirmation_message = text(_("Message after booking"))
    redirect_url = forms.CharField(
        required=False,
        max_length=500,
        label=_("Page to go on to"),
        help_text=_("https:// only. The confirmation shows it as a button with its address."),
    )


class AccessForm(SectionForm):
    special = ("embed_origins",)
    access = radio(
        _("Who can book"),
        [("public", _("Everybody with the scheduling link")), ("one_time", _("Only people with a one-time link"))],
    )
    contact_policy = radio(
        _("Who to contact"),
        [("maker", _("Who made the link, else the host")), ("host", _("The host")), ("custom", _("Somebody else"))],
    )
    contact_name = forms.CharField(required=False, max_length=120, label=_("Contact's name"))
    contact_email = forms.CharField(required=False, max_length=254, label=_("Contact's email"))
    contact_phone = forms.CharField(required=False, max_length=40, label=_("Contact's phone"))
    reissue_on_cancel = forms.BooleanField(
        required=False, label=_("A cancelled appointment's guest is mailed a new one-time link")
    )
    embed_origins = text(
        _("Sites that may embed this calendar"), rows=4, help_text=_("One a line: https://www.example.com")
    )

    @classmethod
    def initial_of(cls, calendar: Calendar) -> dict[str, Any]:
        return {**super().initial_of(calendar), "embed_origins": "\n".join(calendar.embed_origins)}

    def changes(self) -> dict[str, Any]:
        return {**super().changes(), "embed_origins": self.cleaned_data["embed_origins"].split()}


class PolicyForm(SectionForm):
    busy_policy = radio(
        _("If a busy calendar cannot be read"),
        [("block", _("Take no bookings until it can (safe)")), ("allow", _("Go on with what was read last"))],
    )


class OverrideForm(forms.Form):
    mode = forms.ChoiceField(
        label=_("On that date"),
        required=False,
        choices=[
            ("replace", _("Open at these hours only")),
            ("add", _("Open at these hours as well")),
            ("subtract", _("Closed at these hours")),
        ],
    )
    date = day(_("Date"), required=True)
    until = day(_("Until"))
    windows = forms.CharField(
        required=False,
        max_length=200,
        label=_("Hours"),
        help_text=_("Like 09:00-12:00, 13:00-17:00. Empty: closed all day, for a vacation too."),
    )


class WhyForm(forms.Form):
    """Asks for a length and for places only where there is a choice; `link` is an address or an id."""

    date = day(_("Date"), required=True)
    time = forms.CharField(max_length=12, label=_("Time"))
    duration = forms.TypedChoiceField(label=_("Length"), required=False, coerce=int, empty_value=None)
    party = forms.IntegerField(label=_("Places"), required=False, min_value=1, max_value=MAX_PARTY)
    link = forms.CharField(
        required=False,
        max_length=300,
        label=_("One-time link"),
        help_text=_("Paste it to ask what its guest can book."),
    )

    def __init__(self, calendar: Calendar, data: Any = None) -> None:
        super().__init__(data)
        lengths = [calendar.duration, *calendar.durations]
        field = self.fields["duration"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(n, formats.duration_words(n)) for n in dict.fromkeys(lengths)]
        if len(lengths) == 1:
            del self.fields["duration"]
        if calendar.max_party == 1:
            del self.fields["party"]
