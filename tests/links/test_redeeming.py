"""Redeeming: one booking, ever; the refusals in their order; retries answered; tampering refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking, Occupancy, Seat
from admitone.booking.services import cancel
from admitone.calendars.services import update_calendar
from admitone.events import GUEST, SYSTEM, Event
from admitone.links.models import LinkUse, OneTimeLink
from admitone.links.services import issue, make_code, redeem
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))  # 10:00 in Berlin
ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "timezone": "Europe/London"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar():
    return factories.calendar(factories.account())


@pytest.fixture
def link(calendar):
    return factories.link(calendar)


def token(link: OneTimeLink) -> str:
    return keyring().sign("o1", link.id)


def use(link: OneTimeLink, start: int = TEN, guest=None, **options):
    return redeem(token=token(link), start=start, guest=guest or ADA, now=options.pop("now", NOW), **options)


def refused(link: OneTimeLink, **options) -> str:
    with pytest.raises(Problem) as caught:
        use(link, **options)
    return caught.value.code


def test_active_link_books_and_closes_with_use_seat_and_events(link):
    done = use(link)
    link.refresh_from_db()
    booking = Booking.objects.get(id=done.id)
    assert (link.uses, link.used_at, booking.one_time_link_id, booking.status) == (1, NOW, link.id, "confirmed")
    assert (booking.start_min, booking.end_min, booking.guest_timezone) == (TEN, TEN + 30, "Europe/London")
    assert LinkUse.objects.get(link=link).booking_id == booking.id
    assert Seat.objects.get(booking=booking).session.start_min == TEN
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"one_time_link.used", "booking.created", "contact.created"} <= kinds


def test_second_use_is_refused_as_used(link):
    use(link)
    assert refused(link, start=TEN + 60, guest={**ADA, "email": "eve@example.com"}) == "link_used"
    assert Booking.objects.count() == 1


def test_used_link_stays_used_after_cancellation(link):
    done = use(link)
    cancel(account_id=link.account_id, booking_id=done.id, actor=GUEST, now=NOW, by="guest")
    assert Occupancy.objects.count() == 0
    assert refused(link) == "link_used"


def test_same_key_and_body_answers_with_the_same_booking(link):
    first = use(link, idempotency_key="k1")
    again = use(link, idempotency_key="k1")
    assert (again.id, again.replayed, Booking.objects.count()) == (first.id, True, 1)


def test_same_key_with_another_body_is_refused(link):
    use(link, idempotency_key="k1")
    assert refused(link, idempotency_key="k1", start=TEN + 30) == "idempotency_key_reused"


def test_failed_request_leaves_the_link_and_its_key_unused(link):
    assert refused(link, idempotency_key="k1", start=TEN + 7) == "slot_unavailable"
    link.refresh_from_db()
    assert link.uses == 0
    assert use(link, idempotency_key="k1").replayed is False


def test_lost_slot_is_taken_and_leaves_the_link_unused(link, calendar):
    use(factories.link(calendar))
    assert refused(link) == "slot_taken"
    link.refresh_from_db()
    assert link.uses == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"uses": 1}, "link_used"),
        ({"deleted_at": NOW}, "link_deleted"),
        ({"expires_at": NOW}, "link_expired"),
        ({"not_before": NOW + timedelta(seconds=1)}, "link_not_open"),
        ({"uses": 1, "deleted_at": NOW, "expires_at": NOW}, "link_used"),
        ({"deleted_at": NOW, "expires_at": NOW}, "link_deleted"),
    ],
)
def test_dead_link_is_refused_by_precedence_before_fields_and_slot(calendar, fields, code):
    assert refused(factories.link(calendar, **fields), start=1, guest={"name": ""}) == code


@pytest.mark.parametrize("bad", ["", "x", "A" * 44, "../" * 10])
def test_forged_token_is_unknown_without_asking_the_database(bad, django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(Problem) as caught:
        redeem(token=bad, start=TEN, guest=ADA, now=NOW)
    assert caught.value.code == "link_unknown"


def test_manage_token_of_the_same_id_does_not_open_a_link(link):
    with pytest.raises(Problem) as caught:
        redeem(token=keyring().sign("b1", link.id), start=TEN, guest=ADA, now=NOW)
    assert caught.value.code == "link_unknown"


def test_paused_calendar_keeps_the_link_unused(link):
    link.calendar.active = False
    link.calendar.save()
    assert refused(link) == "calendar_paused"


def test_time_outside_the_offered_ones_is_unavailable(calendar):
    link = factories.link(calendar, offered=[[TEN, TEN + 30]])
    assert refused(link, start=TEN + 30) == "slot_unavailable"
    assert use(link).start_min == TEN


def test_link_with_two_uses_is_active_until_the_second(calendar):
    link = factories.link(calendar, max_uses=2)
    use(link)
    use(link, start=TEN + 30)
    assert refused(link, start=TEN + 60) == "link_used"
    assert list(LinkUse.objects.filter(link=link).order_by("n").values_list("n", flat=True)) == [1, 2]


def test_locked_contact_refuses_another_address_and_keeps_the_link(calendar):
    contact = factories.contact(calendar.account, email="ada@example.com")
    link = factories.link(calendar, contact=contact, contact_policy="refuse")
    assert refused(link, guest={**ADA, "email": "eve@example.com"}) == "contact_mismatch"
    assert Booking.objects.get(id=use(link, guest={"timezone": "UTC"}).id).contact_id == contact.id


def test_prefilled_contact_may_be_another_person(calendar):
    contact = factories.contact(calendar.account, email="bound@example.com")
    done = use(factories.link(calendar, contact=contact))
    assert Booking.objects.get(id=done.id).contact.email == "ada@example.com"


def test_invalid_fields_are_named_and_the_link_stays_unused(link):
    with pytest.raises(Problem) as caught:
        use(link, guest={"name": " ", "email": "nope", "timezone": "Mars/Base"})
    assert sorted(caught.value.fields) == ["email", "name", "timezone"]


def test_booking_statements_are_counted(link):
    with CaptureQueriesContext(connection) as seen:
        use(link, idempotency_key="k")
    plain = [q["sql"] for q in seen if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(plain) == 13, "\n".join(plain)


def test_retry_is_answered_even_if_the_form_has_changed_meanwhile(calendar):
    link = factories.link(calendar, max_uses=2)
    first = use(link, idempotency_key="k1")
    update_calendar(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, phone="required")
    assert use(link, idempotency_key="k1").id == first.id
    assert refused(link, idempotency_key="k2", start=TEN + 30) == "invalid"


def test_right_code_costs_no_try_and_five_wrong_ones_end_it(calendar):
    contact = factories.contact(calendar.account, email="ada@example.com")
    use(factories.link(calendar))
    link = factories.link(calendar, contact=contact, contact_policy="verify")
    code = make_code(link.id, NOW)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert refused(link) == "code_required"
    assert [refused(link, code=code) for _ in range(7)] == ["slot_taken"] * 7
    assert [refused(link, code=wrong) for _ in range(5)] == ["code_invalid"] * 5
    assert refused(link, code=code, start=TEN + 30) == "code_invalid"
    assert use(link, code=f" {make_code(link.id, NOW)} ", start=TEN + 30).status == "confirmed"


def test_code_is_over_after_fifteen_minutes_and_no_other_links(calendar):
    contact = factories.contact(calendar.account, email="ada@example.com")
    one, other = (factories.link(calendar, contact=contact, contact_policy="verify") for _ in range(2))
    code = make_code(one.id, NOW)
    assert refused(other, code=code) == "code_invalid"
    assert refused(one, code=code, now=NOW + timedelta(minutes=15)) == "code_invalid"


def test_link_of_another_accounts_calendar_or_contact_is_not_issued(calendar):
    other = factories.account()
    stranger = factories.contact(other)
    for account, contact in ((other, None), (calendar.account, stranger)):
        with pytest.raises(Problem) as caught:
            issue(account=account, calendar=calendar, contact=contact, actor=SYSTEM, now=NOW)
        assert caught.value.code == "not_found"
