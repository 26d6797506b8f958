"""The demo's calendar with a booking form."""

from __future__ import annotations

import pytest
from tests import factories

from admitone.booking.models import Booking
from admitone.calendars.models import Calendar
from admitone.cli.demo_assessment import CONSENT, ensure_assessment
from admitone.forms.models import Form, Submission

pytestmark = pytest.mark.django_db
NOW = factories.NOW


def test_calendar_with_a_form_is_made_once_with_answers_consent_and_somebody_led_elsewhere() -> None:
    account = factories.account()
    consultation = factories.calendar(account)
    address = ensure_assessment(account, NOW)
    assert ensure_assessment(account, NOW) == address
    assert address.endswith("/implant-assessment")
    calendar = Calendar.objects.exclude(id=consultation.id).get()
    form = Form.objects.get()
    assert (calendar.form, calendar.compiled.form_first) == (form, True)
    booked = Booking.objects.filter(calendar=calendar, form_id=form.id).order_by("start_min")
    assert [(one.name, one.answers["teeth"], one.consent_text) for one in booked] == [
        ("Helene Brandt", "Two or three", CONSENT),
        ("Oskar Lange", "One", CONSENT),
    ]
    assert Submission.objects.get().meta["disqualified"]["calendar"] == str(consultation.id)
