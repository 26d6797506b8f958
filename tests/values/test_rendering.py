"""What becomes of a text: the right row, the right escape, and a note of what was empty."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from tests import factories

from admitone.accounts.addresses import manage_url, one_time_url
from admitone.contacts import services
from admitone.events import SYSTEM
from admitone.logic.conditions import OPS
from admitone.values import Context, Rendered, available, check, fields_of, namespaces, render, value

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture
def account():
    return factories.account(name="Klein & Sons", timezone="Europe/Berlin")


def context_for(account, **ids) -> Context:
    return Context(account=account, now=NOW, **ids)


def named(account, name: str) -> Context:
    return context_for(account, contact_id=factories.contact(account, name=name).id)


def test_name_is_split_into_first_and_last(account):
    text = "{{ contact.first_name }}|{{ contact.last_name }}"
    assert render(text, named(account, "Ada Augusta Lovelace"), channel="text").text == "Ada|Augusta Lovelace"


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("html", "<b>&lt;i&gt; &amp; &#34;you&#34;</b>"),
        ("text", '<b><i> & "you"</b>'),
        ("sms", '<b><i> & "you"</b>'),
        ("subject", '<b><i> & "you"</b>'),
    ],
)
def test_value_is_escaped_for_its_channel(account, channel, expected):
    context = named(account, '<i> & "you"')
    assert render("<b>{{ contact.name }}</b>", context, channel=channel).text == expected


def test_subject_stays_one_line_whatever_a_step_put_in(account):
    context = context_for(account, steps={"note": {"text": "a\r\nBcc: eve@example.com\x00"}})
    assert render("Re: {{ steps.note.text }}", context, channel="subject").text == "Re: a Bcc: eve@example.com"


def test_stranger_cannot_put_a_link_into_a_mail(account):
    context = named(account, "Win at https://evil.example/x")
    assert render("{{ contact.name }}", context, channel="text").text == "Win at https evil.example/x"


def test_value_is_not_read_as_a_template(account):
    context = named(account, "{{ account.name }}")
    assert render("{{ contact.name }}", context, channel="text").text == "{{ account.name }}"


def test_empty_values_are_named_unless_they_have_a_fallback(account):
    context = named(account, "")
    rendered = render('{{ contact.name }} {{ contact.phone | default: "-" }}', context, channel="text")
    assert (rendered.text, rendered.empty) == (" -", ["contact.name"])


def test_unknown_rows_come_out_empty_and_are_named(account):
    context = context_for(account, booking_id=uuid4())
    rendered = render("{{ appointment.start }}{{ steps.x.url }}", context, channel="text")
    assert (rendered.text, rendered.empty) == ("", ["appointment.start", "steps.x.url"])


def test_rows_of_another_account_are_not_read(account):
    other = factories.account()
    booking = factories.booking(factories.calendar(other))
    link = factories.link(factories.calendar(other))
    theirs = context_for(
        account,
        contact_id=factories.contact(other).id,
        booking_id=booking.id,
        link_id=link.id,
        calendar_id=booking.calendar_id,
    )
    for name in ("contact.name", "appointment.manage_url", "one_time_link.url", "calendar.name"):
        assert value(name, theirs) == ""


def test_appointment_is_told_in_the_guests_zone_and_language(account):
    calendar = factories.calendar(account, name="Consultation")
    booking = factories.booking(
        calendar, datetime.fromisoformat("2026-11-06T13:00:00+00:00"), timezone="America/New_York"
    )
    context = context_for(account, booking_id=booking.id)
    text = "{{ appointment.start }} {{ calendar.name }} {{ appointment.manage_url }}"
    assert (
        render(text, context, channel="text").text == f"Fri, Nov 6, 2026, 8:00 AM Consultation {manage_url(booking.id)}"
    )


PAID = {"amount_minor": 4950, "currency": "EUR", "provider_id": "pi_1"}


def test_payment_is_told_in_the_readers_language(account):
    contact = factories.contact(account, locale="de", timezone="Europe/Berlin")
    context = context_for(account, contact_id=contact.id, given=lambda noun: PAID)
    text = "{{ payment.amount }} {{ payment.value }} {{ payment.currency }} {{ payment.reference }}"
    assert render(text, context, channel="text").text == "49,50\N{NO-BREAK SPACE}€ 49.50 EUR pi_1"
    assert render("{{ payment.amount | default: 'none' }}", context_for(account), channel="text").text == "none"


def test_deal_is_told_as_it_is_now_and_never_another_accounts(account):
    stage = factories.pipeline(account, currency="EUR").stages.get(position=1)
    deal = factories.opportunity(stage, name="Implant", value_minor=120000)
    text = "{{ opportunity.name }} {{ opportunity.amount }} {{ opportunity.stage }} {{ opportunity.status }}"
    begun = {"opportunity": str(deal.id)}
    assert (
        render(text, context_for(account, given=lambda noun: begun), channel="text").text
        == "Implant 1200.00 Qualified open"
    )
    other = context_for(factories.account(), given=lambda noun: begun)
    assert render("{{ opportunity.name }}", other, channel="text").empty == ["opportunity.name"]


def test_values_of_any_depth_come_from_what_started_the_run(account):
    given = {"order.total": 49.5, "order.paid": True, "note": None, "order": "x", "odd name": "http://x"}
    context = context_for(account, given=lambda noun: given if noun == "hook" else {})
    text = "{{ hook.order.total }} {{ hook.order.paid }} {{ hook['odd name'] }} {{ hook.note }}{{ hook.gone.too }}"
    assert render(text, context, channel="text") == Rendered("49.5 yes http x ", ["hook.note", "hook.gone.too"])
    assert value("hook.order.total", context) == 49.5
    assert value("hook.gone", context) == ""


def test_every_field_of_every_noun_resolves_to_text(account):
    calendar = factories.calendar(account)
    contact = factories.contact(account, owner=factories.member(account))
    booking = factories.booking(calendar)
    link = factories.link(calendar, contact=contact)
    ids = {"contact_id": contact.id, "booking_id": booking.id, "link_id": link.id}
    deal = factories.opportunity(factories.pipeline(account).stages.get(position=0), owner=contact.owner_id)
    place = {"start_min": 29_000_000, "end_min": 29_000_030, "seats": 1}
    begun = {"payment": PAID, "opportunity": {"opportunity": str(deal.id)}, "waitlist": place}
    context = context_for(account, **ids, given=lambda noun: begun.get(noun, {}))
    for space in namespaces().values():
        known = space.resolve(context)
        missing = set(space.fields) - set(known)
        assert all(isinstance(one, str) for one in known.values())
        assert set(known) <= set(space.fields)
        assert set(space.look_up(context, missing)) == missing
    assert value("one_time_link.url", context) == one_time_url(link.id)


@pytest.fixture
def patient(account):
    """A contact with a value of every kind."""
    for label, kind in (("Size", "number"), ("Since", "date"), ("Insured", "checkbox"), ("Website", "text")):
        factories.custom_field(account, label=label, kind=kind)
    custom = {"size": 42, "since": "2026-11-06", "insured": True, "website": "https://evil.example"}
    return factories.contact(account, custom=custom)


def test_custom_values_are_merged_as_their_reader_writes_them(account, patient):
    text = (
        "{{ contact.custom.size }}|{{ contact.custom.since }}|{{ contact.custom.insured }}|{{ contact.custom.website }}"
    )
    context = context_for(account, contact_id=patient.id)
    with context.reader.speaking():
        found = render(text, context, channel="text")
    assert (found.text, found.empty) == ("42|6 Nov 2026|yes|https evil.example", [])


def test_custom_values_are_compared_by_their_kind(account, patient):
    context = context_for(account, contact_id=patient.id)
    for name, op, than in (
        ("size", "is", "42.0"),
        ("size", "more_than", 7),
        ("since", "is", "2026-11-06"),
        ("since", "less_than", "2026-12-01"),
        ("insured", "is", "yes"),
        ("insured", "is", True),
        ("insured", "is_not", "no"),
    ):
        assert OPS[op](value(f"contact.custom.{name}", context), than), (name, op, than)


def test_custom_fields_are_listed_and_known_to_the_check(account, patient):
    known = available({"contact"}, account)
    assert fields_of("contact", account)["custom.size"].label == "Size"
    assert "contact.custom.size" in known
    assert check("{{ contact.custom.size }}", known) == []
    assert check("{{ contact.custom.shoe }}", known)[0].message == "There is no custom field called shoe."
    assert "contact.custom.size" not in available({"contact"}, factories.account())


def test_deleted_or_missing_custom_value_comes_out_empty_and_is_named(account, patient):
    services.delete_field(account=account, field_id=account.custom_fields.get(key="size").id, actor=SYSTEM, now=NOW)
    context = context_for(account, contact_id=patient.id)
    assert render("{{ contact.custom.size }}", context, channel="text").empty == ["contact.custom.size"]
    assert value("contact.custom.size", context) == ""


def test_tags_and_owner_are_read_when_asked_for(account, django_assert_num_queries):
    owner = factories.member(account, name="Dr. Klein")
    contact = factories.contact(account, owner=owner)
    for name in ("VIP", "New"):
        factories.tag(contact, name)
    context = context_for(account, contact_id=contact.id)
    assert render("{{ contact.tags }}|{{ contact.owner }}", context, channel="text").text == "New, VIP|Dr. Klein"
    assert OPS["contains"](value("contact.tags", context), "vip") is True
    assert OPS["contains"](value("contact.tags", context), "VI") is False
    assert OPS["is_empty"](value("contact.tags", context), None) is False
    with django_assert_num_queries(1):
        render("{{ contact.name }}", context_for(account, contact_id=contact.id), channel="text")
