"""The picker without a database: days, groups, zones and the two days a year when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime

from admitone.logic.clock import to_min_floor
from admitone.public import dates, picker
from admitone.public.picker import Reader

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
ENGLISH = dates.reader_locale("en", "GB")


def utc(text: str) -> int:
    return to_min_floor(datetime.fromisoformat(text).replace(tzinfo=UTC))


def reader(zone: str = "Europe/Berlin", *, host: str = "Europe/Berlin", now: datetime = NOW) -> Reader:
    return Reader(zone, ENGLISH, host, now, 30)


def build(slots: list[int], who: Reader | None = None, **options: object) -> picker.Picker:
    return picker.build(slots, who or reader(), **{"month": date(2026, 11, 1), **options})  # type: ignore[arg-type]


def times(found: picker.Picker) -> list[tuple[str, list[str]]]:
    return [(group.part, [slot.time for slot in group.slots]) for group in found.groups]


def test_first_open_day_is_preselected() -> None:
    found = build([utc("2026-11-05 09:00"), utc("2026-11-06 09:00")])
    assert (found.day, found.day_title) == ("2026-11-05", "Thu 5 Nov")


def test_slots_are_grouped_by_part_of_day_in_the_readers_zone() -> None:
    slots = [utc("2026-11-05 10:30"), utc("2026-11-05 11:00"), utc("2026-11-05 16:00")]
    assert times(build(slots)) == [("morning", ["11:30"]), ("afternoon", ["12:00"]), ("evening", ["17:00"])]


def test_month_starts_on_the_locales_first_weekday() -> None:
    american = Reader("America/New_York", dates.reader_locale("en", "US"), "America/New_York", NOW, 30)
    assert build([]).month.weekdays[0] == ("Mon", "Monday")
    assert build([], american).month.weekdays[0] == ("Sun", "Sunday")


def test_month_has_whole_weeks_and_every_day_once() -> None:
    weeks = build([]).month.weeks
    assert {len(week) for week in weeks} == {7}
    assert [day.number for week in weeks for day in week if day] == list(range(1, 31))


def test_only_days_with_slots_are_open() -> None:
    weeks = build([utc("2026-11-05 09:00")]).month.weeks
    assert [day.iso for week in weeks for day in week if day and day.is_open] == ["2026-11-05"]


def test_today_is_marked_in_the_readers_zone() -> None:
    late = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
    weeks = build([], reader(now=late)).month.weeks
    assert [day.iso for week in weeks for day in week if day and day.is_today] == ["2026-11-03"]


def test_previous_month_is_offered_only_after_this_month() -> None:
    assert build([]).month.previous == ""
    assert build([], month=date(2026, 12, 1)).month.previous == "2026-11"


def test_next_month_ends_at_the_horizon() -> None:
    assert build([], horizon=date(2026, 11, 30)).month.next == ""
    assert build([], horizon=date(2026, 12, 1)).month.next == "2026-12"


def test_empty_month_jumps_to_the_next_open_day() -> None:
    found = build([], next_slot=utc("2026-12-08 09:00"))
    assert (found.next_day, found.next_title) == ("2026-12-08", "Tue 8 Dec")


def test_closed_day_jumps_to_the_next_open_day_of_the_month() -> None:
    found = build([utc("2026-11-09 09:00")], day=date(2026, 11, 6))
    assert (found.count, found.next_day) == (0, "2026-11-09")


def test_chosen_slot_is_checked() -> None:
    slots = [utc("2026-11-05 09:00"), utc("2026-11-05 09:30")]
    assert build(slots, chosen=slots[1]).chosen.when == "Thu 5 Nov, 10:30"


def test_repeated_hour_is_labelled_with_its_offset() -> None:
    slots = [utc("2026-10-25 00:30"), utc("2026-10-25 01:30"), utc("2026-10-25 03:30")]
    found = build(slots, reader(now=datetime(2026, 10, 1, tzinfo=UTC)), month=date(2026, 10, 1))
    shown = [(slot.time, slot.offset) for group in found.groups for slot in group.slots]
    assert shown == [("02:30", "GMT+2"), ("02:30", "GMT+1"), ("04:30", "")]
    assert found.clocks == "back"


def test_spring_day_says_that_the_clocks_go_forward() -> None:
    march = reader(now=datetime(2026, 3, 1, tzinfo=UTC))
    assert build([utc("2026-03-29 08:00")], march, month=date(2026, 3, 1)).clocks == "forward"


def test_slot_on_another_date_of_the_host_is_marked() -> None:
    found = build([utc("2026-11-05 15:30")], reader("Asia/Tokyo"))
    assert [slot.host_date for group in found.groups for slot in group.slots] == ["Thu 5 Nov"]
    assert (found.day, found.marks_dates) == ("2026-11-06", True)


def test_single_open_slot_needs_no_choice() -> None:
    found = picker.build_few([utc("2026-11-05 09:00")], reader())
    assert (found.only.when, found.chosen, found.month) == ("Thu 5 Nov, 10:00", found.only, None)


def test_few_slots_are_shown_by_date_without_a_month() -> None:
    found = picker.build_few([utc("2026-11-05 09:00"), utc("2026-11-06 09:00")], reader())
    assert [group.title for group in found.groups] == ["Thu 5 Nov", "Fri 6 Nov"]


def test_many_days_are_not_few() -> None:
    days = [utc(f"2026-11-{day:02} 09:00") for day in range(9, 14)]
    assert (picker.are_few(days, "Europe/Berlin"), picker.are_few(days[:4], "Europe/Berlin")) == (False, True)


def test_times_follow_the_region_of_the_browser_then_of_the_calendar() -> None:
    at = datetime(2026, 11, 5, 14, 30, tzinfo=UTC)
    shown = [
        dates.clock(at, dates.reader_locale(*wanted))
        for wanted in (("en", "US", "Europe/Berlin"), ("en", "", "Europe/Berlin"), ("de", "", ""), ("en", "", "UTC"))
    ]
    assert shown == ["2:30\u202fPM", "14:30", "14:30", "2:30\u202fpm"]


def test_time_range_names_the_second_date_across_midnight() -> None:
    shown = dates.time_range(utc("2026-11-05 22:45"), utc("2026-11-05 23:15"), "Europe/Berlin", ENGLISH)
    assert shown == "23:45 – Fri 6 Nov, 00:15"


def test_nonsense_dates_are_no_dates() -> None:
    wrong = [picker.parse_day(text) for text in ("", "2026-13-01", "9999-01-01", "1999-12-31", "x")]
    assert (wrong, picker.parse_month("2026-1")) == ([None] * 5, None)
    assert picker.parse_month("2026-12") == date(2026, 12, 1)


def test_every_month_bound_is_a_local_midnight() -> None:
    low, high = picker.month_bounds(date(2026, 10, 17), "Europe/Berlin")
    assert (low, high) == (utc("2026-09-30 22:00"), utc("2026-10-31 23:00"))
