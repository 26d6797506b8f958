"""The calendar pages of the signed-in area."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.calendars.models import BusySource, Calendar, CalendarAccess

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic")


def at(calendar: Calendar, rest: str = "") -> str:
    return f"/app/clinic/calendars/{calendar.id}/{rest}"


def errors(html: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>", "", found).strip() for found in re.findall(r'<p class="field__error".*?</p>', html, re.S)
    ]


def form_of(client: Client, url: str) -> dict[str, Any]:
    """What the form of a section would send back unchanged."""
    initial = client.get(url).context["form"].initial
    return {name: "" if value is None else value for name, value in initial.items() if value is not False}


def test_the_list_shows_each_calendar_with_its_links_in_a_fixed_number_of_statements(
    web, account, django_assert_num_queries
) -> None:
    counts = []
    for _ in range(2):
        calendar = factories.calendar(account)
        factories.link(calendar)
        factories.link(calendar, uses=1)
        with django_assert_num_queries(11):
            html = web.get("/app/clinic/calendars/").content.decode()
        counts.append(html.count("1 active · 1 used"))
    assert counts == [1, 2]


def test_an_empty_list_offers_to_make_a_calendar(web) -> None:
    html = web.get("/app/clinic/calendars/").content.decode()
    assert html.count('href="/app/clinic/calendars/new/"') == 2


def test_a_new_calendar_needs_a_name_and_a_duration_only(web) -> None:
    answer = web.post("/app/clinic/calendars/new/", {"name": "Follow-up", "duration": "20", "location_kind": "none"})
    calendar = Calendar.objects.get()
    assert (answer.status_code, answer.url) == (302, at(calendar, "hours/"))
    assert (calendar.name, calendar.slug, calendar.duration, calendar.interval) == ("Follow-up", "follow-up", 20, 20)


def test_a_new_calendar_with_bad_values_says_so_at_the_field(web) -> None:
    answer = web.post("/app/clinic/calendars/new/", {"name": "X", "duration": "soon", "location_kind": "video"})
    assert (answer.status_code, Calendar.objects.count()) == (422, 0)
    assert errors(answer.content.decode()) == ["Enter a whole number from 1 to 1440."]


@pytest.mark.parametrize("section", ["", "rules/", "form/", "look/", "access/"])
def test_a_section_sent_back_unchanged_changes_nothing(web, calendar, section) -> None:
    data = form_of(web, at(calendar, section))
    assert web.post(at(calendar, section), data).status_code == 302
    assert Calendar.objects.get().plan_version == calendar.plan_version


@pytest.mark.parametrize(
    "section", ["", "hours/", "rules/", "form/", "look/", "access/", "busy/", "danger/", "pause/", "deletion/", "why/"]
)
def test_every_page_of_a_calendar_opens_and_has_no_inline_style_or_script(web, calendar, section) -> None:
    answer = web.get(at(calendar, section))
    assert answer.status_code == 200
    assert re.findall(r"\sstyle=|<script(?![^>]*\ssrc=)[^>]*>\s*\S|\son\w+=", answer.content.decode()) == []


def test_a_changed_name_and_slug_are_saved_and_the_old_address_is_kept(web, calendar) -> None:
    data = {**form_of(web, at(calendar)), "name": "Check-up", "slug": "check-up"}
    assert web.post(at(calendar), data).status_code == 302
    changed = Calendar.objects.get()
    assert (changed.name, sorted(changed.slugs.values_list("slug", flat=True))) == (
        "Check-up",
        ["check-up", "first-visit"],
    )


def test_a_taken_slug_is_refused_at_its_field(web, account, calendar) -> None:
    factories.calendar(account, name="Other")
    answer = web.post(at(calendar), {**form_of(web, at(calendar)), "slug": "other"})
    assert (answer.status_code, errors(answer.content.decode())) == (
        422,
        ["Another calendar has this address, or had it before."],
    )


def test_notice_is_typed_with_its_unit(web, calendar) -> None:
    data = {**form_of(web, at(calendar, "rules/")), "notice": "2", "notice_unit": "1440"}
    web.post(at(calendar, "rules/"), data)
    assert Calendar.objects.get().notice == 2880
    again = form_of(web, at(calendar, "rules/"))
    assert (again["notice"], again["notice_unit"]) == (2, "1440")


def test_a_colour_that_carries_no_readable_text_is_refused_with_another(web, calendar) -> None:
    answer = web.post(at(calendar, "look/"), {**form_of(web, at(calendar, "look/")), "brand_color": "#808080"})
    assert answer.status_code == 422
    assert "Try #" in errors(answer.content.decode())[0]


def test_sites_are_typed_one_a_line(web, calendar) -> None:
    sites = "https://www.Example.com\r\nhttp://localhost:3000"
    web.post(at(calendar, "access/"), {**form_of(web, at(calendar, "access/")), "embed_origins": sites})
    assert Calendar.objects.get().embed_origins == ["https://www.example.com", "http://localhost:3000"]


def week(**days: list[tuple[str, str]]) -> dict[str, list[str]]:
    data: dict[str, list[str]] = {}
    for name, rows in days.items():
        data[f"start-{name[1:]}"] = [start for start, _ in rows]
        data[f"end-{name[1:]}"] = [end for _, end in rows]
    return data


def windows(calendar: Calendar) -> list[tuple[int, int, int]]:
    return list(calendar.schedule.hours.values_list("weekday", "start", "end"))


def test_the_week_is_saved_as_typed_with_several_windows_a_day(web, calendar) -> None:
    data = week(d0=[("9", "12"), ("1pm", "17.30"), ("", "")], d5=[("20:00", "24:00")])
    assert web.post(at(calendar, "hours/"), {**data, "do": "save", "timezone": "Europe/Paris"}).status_code == 302
    assert windows(calendar) == [(0, 540, 720), (0, 780, 1050), (5, 1200, 1440)]
    assert Calendar.objects.get().schedule.timezone == "Europe/Paris"


def test_a_bad_time_is_told_at_its_row_and_nothing_is_saved(web, calendar) -> None:
    before = windows(calendar)
    answer = web.post(
        at(calendar, "hours/"), {**week(d0=[("9", "12"), ("noon", "18")], d1=[("18", "9")]), "do": "save"}
    )
    assert (answer.status_code, windows(calendar)) == (422, before)
    assert errors(answer.content.decode()) == [
        "Enter a time like 09:00, 9am or 17.30.",
        "The end has to be after the start. For hours past midnight end at 24:00 and go on next day.",
    ]


@pytest.mark.parametrize(
    ("action", "more", "expected"),
    [
        ("add-0", {}, {0: [("9", "12"), ("13", "17"), ("", "")]}),
        ("remove-0-0", {}, {0: [("13", "17")]}),
        ("copy-0", {"to-0": ["1", "6"]}, {n: [("9", "12"), ("13", "17")] for n in (0, 1, 6)}),
        ("remove-0-9", {}, {0: [("9", "12"), ("13", "17")]}),
        ("nonsense", {}, {0: [("9", "12"), ("13", "17")]}),
    ],
)
def test_the_buttons_change_the_rows_without_saving(web, calendar, action, more, expected) -> None:
    before = windows(calendar)
    answer = web.post(at(calendar, "hours/"), {**week(d0=[("9", "12"), ("13", "17")]), **more, "do": action})
    shown = {one["day"].weekday: [(row.start, row.end) for row in one["day"].rows] for one in answer.context["week"]}
    assert {day: rows for day, rows in shown.items() if rows} == expected
    assert windows(calendar) == before


def test_single_dates_are_added_shown_and_removed(web, calendar) -> None:
    url = at(calendar, "overrides/")
    web.post(url, {"date": "2026-12-24", "until": "2026-12-25", "windows": ""})
    web.post(url, {"date": "2026-12-31", "windows": "9-12, 13:00-14:00"})
    html = web.get(at(calendar, "hours/")).content.decode()
    assert ("Thursday, 24 December 2026" in html, html.count("09:00-12:00, 13:00-14:00")) == (True, 1)
    web.post(at(calendar, "overrides/2026-12-24/removal/"))
    assert [row.date.day for row in calendar.schedule.overrides.all()] == [25, 31]


def test_a_bad_single_date_is_told_at_its_fields(web, calendar) -> None:
    answer = web.post(at(calendar, "overrides/"), {"date": "9999-12-24", "windows": "all day"})
    assert (answer.status_code, errors(answer.content.decode())) == (
        422,
        ["Choose a date between 2000 and 2100.", "Enter hours like 09:00-12:00, 13:00-17:00."],
    )


@pytest.mark.parametrize(("page", "field"), [("pause/", "active"), ("deletion/", "deleted_at")])
def test_pausing_and_deleting_list_the_open_links_first(web, calendar, page, field) -> None:
    factories.link(calendar, label="For Ada")
    factories.link(calendar, label="Spent", uses=1)
    html = web.get(at(calendar, page)).content.decode()
    assert (html.count("1 open one-time link<"), html.count("For Ada"), html.count("Spent")) == (1, 1, 0)
    assert getattr(Calendar.objects.get(), field) == getattr(calendar, field)
    web.post(at(calendar, page))
    assert getattr(Calendar.objects.get(), field) != getattr(calendar, field)


def test_a_deleted_calendar_is_gone_until_it_is_restored(web, calendar) -> None:
    web.post(at(calendar, "deletion/"))
    assert web.get(at(calendar)).status_code == 404
    assert web.get("/app/clinic/calendars/").content.decode().count("Restore First visit") == 1
    assert web.post(at(calendar, "restoration/")).status_code == 302
    assert web.get(at(calendar)).status_code == 200


def test_an_unreachable_feed_is_added_and_told_at_once(web, calendar) -> None:
    host = str(calendar.calendar_hosts.get().host_id)
    answer = web.post(
        at(calendar, "busy/"), {"host": host, "name": "Mine", "url": "http://127.0.0.1:9/x.ics"}, follow=True
    )
    html = answer.content.decode()
    assert html.count("The server could not be reached.") >= 1
    assert "127.0.0.1:9" not in html


def test_a_feed_is_removed(web, account, calendar) -> None:
    host = calendar.calendar_hosts.get().host
    source = BusySource.objects.create(
        account=account, host=host, kind="ics", config_sealed="", created_at=factories.NOW, name="Mine"
    )
    assert web.get("/app/clinic/settings/busy/").content.decode().count("Mine</th>") == 1
    web.post(at(calendar, f"busy/{source.id}/removal/"))
    assert BusySource.objects.count() == 0


def test_the_policy_for_unreadable_feeds_is_saved(web, calendar) -> None:
    web.post(at(calendar, "busy/"), {"do": "policy", "busy_policy": "allow"})
    assert Calendar.objects.get().compiled.busy_policy == "allow"


def why(web: Client, calendar: Calendar, date: str, time: str) -> list[str]:
    return [reason.code for reason in web.get(at(calendar, "why/"), {"date": date, "time": time}).context["reasons"]]


def test_why_names_what_is_in_the_way(web, account, calendar) -> None:
    busy = factories.booking(calendar, datetime(2026, 11, 3, 10, tzinfo=UTC), name="Ada Lovelace")
    assert why(web, calendar, "2026-11-03", "12:00") == []
    assert why(web, calendar, "2026-11-03", "11:00") == ["BOOKED"]
    assert why(web, calendar, "2026-11-03", "11:10") == ["BOOKED", "GRID"]
    assert why(web, calendar, "2026-11-07", "9am") == ["HOURS"]
    assert why(web, calendar, "2026-10-30", "9") == ["PAST"]
    html = web.get(at(calendar, "why/"), {"date": "2026-11-03", "time": "11"}).content.decode()
    assert (html.count("Ada Lovelace is booked"), html.count(f"/app/clinic/bookings/{busy.id}/")) == (1, 1)
    assert html.count("3 Nov 2026, 11:30") == 1


def test_why_names_no_guest_of_a_calendar_that_a_member_may_not_see(account, calendar, freeze) -> None:
    other = factories.calendar(account, host=calendar.calendar_hosts.get().host)
    factories.booking(other, datetime(2026, 11, 3, 10, tzinfo=UTC), name="Ada Lovelace")
    member = factories.member(account)
    CalendarAccess.objects.create(calendar=calendar, user=member, level="manage")
    client = Client()
    client.force_login(member)
    html = client.get(at(calendar, "why/"), {"date": "2026-11-03", "time": "11"}).content.decode()
    assert (html.count("Ada Lovelace"), html.count("The host has an appointment elsewhere")) == (0, 1)


def test_why_tells_of_a_feed_that_cannot_be_read(web, account, calendar) -> None:
    host = calendar.calendar_hosts.get().host
    BusySource.objects.create(account=account, host=host, kind="ics", config_sealed="", created_at=factories.NOW)
    html = web.get(at(calendar, "why/"), {"date": "2026-11-03", "time": "11"}).content.decode()
    assert html.count("A busy calendar of the host cannot be read") == 1


@pytest.mark.parametrize(("date", "time"), [("2027-03-28", "02:30"), ("soon", "9"), ("2026-11-03", "late"), ("", "")])
def test_why_refuses_times_that_do_not_exist(web, calendar, date, time) -> None:
    assert web.get(at(calendar, "why/"), {"date": date, "time": time}).status_code == 422


def test_another_accounts_calendar_is_not_found(web) -> None:
    other = factories.calendar(factories.account())
    pages = ["", "hours/", "rules/", "busy/", "danger/", "pause/", "deletion/", "why/"]
    assert {web.get(at(other, page)).status_code for page in pages} == {404}
    assert {web.post(at(other, page)).status_code for page in ["resumption/", "restoration/", "overrides/"]} == {404}


@pytest.mark.parametrize(("level", "page", "expected"), [
    (None, "why/", 404), (None, "", 404), ("view", "why/", 200), ("view", "", 403), ("book", "rules/", 403), ("manage", "rules/", 200),
])  # fmt: skip
def test_a_member_may_do_what_their_level_says(account, calendar, freeze, level, page, expected) -> None:
    member = factories.member(account)
    if level:
        CalendarAccess.objects.create(calendar=calendar, user=member, level=level)
    client = Client()
    client.force_login(member)
    assert client.get(at(calendar, page)).status_code == expected
    assert client.get("/app/clinic/calendars/").content.decode().count("First visit</") == bool(level)
    assert client.get("/app/clinic/calendars/new/").status_code == 403
    assert client.get("/app/clinic/settings/busy/").status_code == 403


def test_a_get_of_every_page_writes_nothing(web, calendar, django_capture_on_commit_callbacks) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        for page in ("", "hours/", "rules/", "form/", "look/", "access/", "busy/", "danger/", "pause/", "why/"):
            web.get(at(calendar, page))
    assert [q["sql"] for q in queries if re.match(r"(INSERT|UPDATE|DELETE)", q["sql"])] == []
