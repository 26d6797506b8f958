"""Changing calendars: one event, one plan version, nothing for nothing."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from tests import factories

from admitone.accounts.models import Account, Blob
from admitone.calendars import plans, queries, services
from admitone.calendars.models import Calendar
from admitone.calendars.plans import compile_plan
from admitone.events import SYSTEM, Event
from admitone.jobs import run_pending
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account()


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, name="First visit")


@pytest.fixture
def who(account, calendar, now) -> dict[str, Any]:
    return {"account": account, "calendar_id": calendar.id, "actor": SYSTEM, "now": now}


def events(subject: Any) -> list[tuple[str, dict[str, Any]]]:
    rows = Event.objects.filter(subject_id=subject.id).order_by("subject_seq")
    return [(row.kind, {k: v for k, v in row.facts.items() if k == "fields"}) for row in rows]


def stored(calendar: Calendar) -> Calendar:
    row = Calendar.objects.get(id=calendar.id)
    assert row.compiled == compile_plan(row)
    assert row.compiled.version == row.plan_version
    return row


def test_a_change_writes_one_event_and_one_plan(who, calendar) -> None:
    services.update_calendar(**who, name="Check-up", duration=45)
    row = stored(calendar)
    assert (row.compiled.name, row.compiled.rules.duration, row.plan_version) == ("Check-up", 45, 2)
    assert events(calendar)[1:] == [("calendar.changed", {"fields": ["duration", "name"]})]


def test_a_change_that_changes_nothing_writes_nothing(who, calendar) -> None:
    services.update_calendar(**who, name="First visit", slug="first-visit")
    services.set_active(**who, active=True)
    services.set_hosts(**who, hosts=[calendar.calendar_hosts.get().host_id])
    services.set_timezone(**who, timezone=calendar.schedule.timezone)
    services.set_weekly_hours(**who, week={day: [(540, 1020)] for day in range(5)})
    services.clear_override(**who, date=date(2026, 12, 24))
    services.clear_logo(**who)
    assert (stored(calendar).plan_version, Event.objects.count()) == (1, 1)


def test_a_refused_change_writes_nothing(who, calendar) -> None:
    with pytest.raises(Problem):
        services.update_calendar(**who, name="Check-up", redirect_url="http://example.com")
    assert (stored(calendar).name, Event.objects.count()) == ("First visit", 1)


def test_another_accounts_calendar_is_not_found(who) -> None:
    who = {**who, "account": factories.account()}
    for change in (
        lambda: services.update_calendar(**who, name="x"),
        lambda: services.set_active(**who, active=False),
        lambda: services.delete_calendar(**who),
        lambda: services.set_weekly_hours(**who, week={}),
        lambda: services.set_logo(**who, data=picture()),
    ):
        with pytest.raises(Problem) as refused:
            change()
        assert refused.value.code == "not_found"


def test_an_old_slug_redirects_and_only_its_own_calendar_may_take_it_back(who, account, calendar) -> None:
    services.change_slug(**who, slug="check-up")
    assert queries.by_slug(account.slug, "first-visit") == "check-up"
    other = factories.calendar(account, name="Other")
    with pytest.raises(Problem) as refused:
        services.change_slug(**{**who, "calendar_id": other.id}, slug="first-visit")
    assert refused.value.code == "slug_taken"
    services.change_slug(**who, slug="first-visit")
    assert queries.by_slug(account.slug, "check-up") == "first-visit"


def test_the_old_slug_of_a_one_time_calendar_leads_nowhere(who, account) -> None:
    services.update_calendar(**who, slug="check-up", access="one_time")
    assert [queries.by_slug(account.slug, slug) for slug in ("check-up", "first-visit")] == [None, None]


@pytest.mark.parametrize("slug", ["g", "Not A Slug", ""])
def test_a_bad_slug_is_refused(who, slug) -> None:
    with pytest.raises(Problem) as refused:
        services.change_slug(**who, slug=slug)
    assert list(refused.value.fields) == ["slug"]


def test_a_changed_consent_text_is_a_new_version(who, calendar) -> None:
    for text in ("I agree.", "I agree.", "I agree to all."):
        services.update_calendar(**who, consent_text=text)
    assert (stored(calendar).consent_version, calendar.consent_version) == (2, 0)


def test_pausing_and_resuming_are_told_once_each(who, calendar) -> None:
    for active in (False, False, True, True):
        services.set_active(**who, active=active)
    assert [kind for kind, _ in events(calendar)] == ["calendar.created", "calendar.paused", "calendar.resumed"]
    assert stored(calendar).compiled.active


def test_deleting_twice_is_once_and_can_be_undone(who, calendar) -> None:
    services.delete_calendar(**who)
    services.delete_calendar(**who)
    with pytest.raises(Problem):
        services.update_calendar(**who, name="x")
    services.restore_calendar(**who)
    services.restore_calendar(**who)
    assert [kind for kind, _ in events(calendar)] == ["calendar.created", "calendar.deleted", "calendar.restored"]


def test_hours_are_replaced_and_joined(who, calendar) -> None:
    services.set_weekly_hours(**who, week={5: [(600, 720), (700, 800)], 6: []})
    row = stored(calendar)
    assert [(w.days, w.start, w.end) for w in row.compiled.schedule.windows] == [((5,), 600, 800)]
    assert events(calendar.schedule) == [("schedule.changed", {"fields": ["hours"]})]


def test_a_run_of_dates_is_closed_in_one_write(who, calendar) -> None:
    services.set_override(**who, date=date(2026, 12, 24), until=date(2027, 1, 1))
    services.set_override(**who, date=date(2026, 12, 31), windows=[(540, 720)])
    overrides = stored(calendar).compiled.schedule.overrides
    assert (len(overrides), [o.windows for o in overrides if o.windows]) == (9, [((540, 720),)])
    services.clear_override(**who, date=date(2026, 12, 31))
    assert len(stored(calendar).compiled.schedule.overrides) == 8


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"date": date(2026, 12, 24), "until": date(2026, 12, 23)}, "until"),
        ({"date": date(2026, 12, 24), "until": date(2028, 12, 24)}, "until"),
        ({"date": date(9999, 12, 24)}, "date"),
        ({"date": date(2026, 12, 24), "windows": [(720, 700)]}, "windows"),
    ],
)
def test_a_bad_override_is_refused(who, values, field) -> None:
    with pytest.raises(Problem) as refused:
        services.set_override(**who, **values)
    assert list(refused.value.fields) == [field]


def test_an_unknown_zone_is_refused(who) -> None:
    with pytest.raises(Problem) as refused:
        services.set_timezone(**who, timezone="Mars/Olympus")
    assert list(refused.value.fields) == ["timezone"]


def test_calendars_of_one_schedule_follow_it_together(who, account, calendar) -> None:
    twin = factories.calendar(account)
    Calendar.objects.filter(id=twin.id).update(schedule=calendar.schedule)
    services.set_timezone(**who, timezone="Asia/Tokyo")
    assert {stored(row).compiled.schedule.timezone for row in (calendar, twin)} == {"Asia/Tokyo"}


def test_a_host_is_one_per_person_and_agency(account, now) -> None:
    user = factories.owner(account)
    sister = factories.account(agency=account.agency)
    hosts = {services.ensure_host_for_user(account=one, user=user, now=now).id for one in (account, sister, account)}
    assert len(hosts) == 1


def test_hosts_are_kept_in_order_of_preference(who, account, calendar) -> None:
    first, second = factories.host(account), factories.host(account)
    services.set_hosts(**who, hosts=[second.id, first.id])
    assert [host.id for host in stored(calendar).compiled.hosts] == [str(second.id), str(first.id)]


def test_hosts_of_other_agencies_and_of_sister_accounts_are_not_found(who, account) -> None:
    sister = factories.account(agency=account.agency)
    theirs = factories.calendar(sister).calendar_hosts.get().host
    for host in (factories.host(factories.account()), theirs):
        with pytest.raises(Problem) as refused:
            services.set_hosts(**who, hosts=[host.id])
        assert refused.value.code == "not_found"


def test_a_renamed_user_is_renamed_in_every_plan_of_the_agency(account, now) -> None:
    user = factories.owner(account)
    host = services.ensure_host_for_user(account=account, user=user, now=now)
    rows = [factories.calendar(one, host=host) for one in (account, factories.account(agency=account.agency))]
    user.name, user.email = "Grace Hopper", "grace@example.com"
    assert services.sync_host(user=user) == 1
    assert {(h.name, h.email) for row in rows for h in stored(row).compiled.hosts} == {
        ("Grace Hopper", "grace@example.com")
    }


def test_a_changed_account_recompiles_its_plans(account, calendar, now) -> None:
    from admitone.accounts.services import update_account

    values = {"name": "South Clinic", "slug": "south-clinic", "timezone": "UTC", "locale": "de"}
    update_account(account=account, actor=SYSTEM, now=now, public_email="", public_phone="", **values)
    run_pending(now=now)
    plan = stored(calendar).compiled
    assert (plan.account_name, plan.account_slug, plan.locale) == ("South Clinic", "south-clinic", "de")


def picture(kind: str = "PNG", size: tuple[int, int] = (600, 300), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_logo_is_encoded_again_and_small(who, calendar, kind) -> None:
    services.set_logo(**who, data=picture(kind))
    blob = Blob.objects.get(id=stored(calendar).compiled.brand.logo_id)
    with Image.open(io.BytesIO(blob.content)) as shown:
        assert (shown.format, shown.width <= 480, len(blob.content) <= 100_000) == ("WEBP", True, True)


def test_the_same_logo_twice_is_stored_once_and_changes_nothing(who, calendar) -> None:
    data = picture()
    services.set_logo(**who, data=data)
    services.set_logo(**who, data=data)
    assert (Blob.objects.count(), stored(calendar).plan_version) == (1, 2)
    services.clear_logo(**who)
    assert stored(calendar).compiled.brand.logo_id == ""


def bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        picture()[:500],
        bomb(6000, 6000),
        bomb(60000, 60000),
        b"\x89PNG\r\n\x1a\n" + b"x" * 5_000_001,
        picture("BMP"),
    ],
    ids=["nothing", "svg", "pdf", "cut-off", "large", "bomb", "heavy", "bmp"],
)
def test_what_is_no_good_picture_is_refused(who, data) -> None:
    with pytest.raises(Problem) as refused:
        services.set_logo(**who, data=data)
    assert (list(refused.value.fields), Blob.objects.count()) == (["logo"], 0)


def test_the_plans_brand_names_its_style_sheet(who, calendar) -> None:
    services.update_calendar(**who, brand_color="#1F7A5C", brand_radius=4)
    brand = stored(calendar).compiled.brand
    assert (brand.color, brand.ink) == ("#1f7a5c", "#ffffff")
    assert plans.brand_css_by_hash(brand.css_hash) == plans.brand_css(brand)


def test_statements_of_an_update_are_counted(who) -> None:
    # Ids, the locked row; hours, overrides, hosts for the plan; the update; the event and its job.
    with CaptureQueriesContext(connection) as seen:
        services.update_calendar(**who, name="Check-up")
    plain = [q["sql"] for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(plain) == 8, "\n".join(plain)
