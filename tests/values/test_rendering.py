"""What becomes of a text: the right row, the right escape, and a note of what was empty."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from tests import factories

from admitone.accounts.addresses import manage_url, one_time_url
from admitone.values import Context, namespaces, render, value

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


def test_every_field_of_every_noun_resolves_to_text(account):
    calendar = factories.calendar(account)
    contact = factories.contact(account)
    booking = factories.booking(calendar)
    link = factories.link(calendar, contact=contact)
    context = context_for(account, contact_id=contact.id, booking_id=booking.id, link_id=link.id)
    for space in namespaces().values():
        found = space.resolve(context)
        assert set(found) == set(space.fields)
        assert all(isinstance(one, str) for one in found.values())
    assert value("one_time_link.url", context) == one_time_url(link.id)
