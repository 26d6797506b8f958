"""The page's rows and cells: a month of weeks, columns of hours, a list by day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property

from admitone.logic.agenda import Axis, DayRows, axis_of, columns, day_span, hours_shown
from admitone.logic.bookings import shown_status
from admitone.logic.clock import from_min
from admitone.logic.spans import Span, normalize
from admitone.manage.agenda import wording
from admitone.manage.agenda.reading import GONE, MOST_COLUMNS, Asked, Blocked, Entry
from admitone.ui.templatetags.ui import initials

TONES = 6
#: Appointments in a cell of a month before "more".
IN_CELL = 4
#: Blocks of fewer drawn rows have one line of text, or two.
ONE_LINE, TWO_LINES = 9, 12


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as it is read: `starts`, `ends` are instants; `status` is the one that people see; `who` are the host's
    initials, where several are shown; `step` is the grid in minutes on which it can be dragged, 0 where it cannot.
    """

    entry: Entry
    starts: datetime
    ends: datetime
    status: str
    tone: int
    url: str
    over: bool
    who: str = ""
    step: int = 0

    @property
    def minutes(self) -> int:
        return self.entry.end - self.entry.start


@dataclass(frozen=True, slots=True)
class Block:
    """`where` and `beside` name rules of the page's style sheet; `lines` of text fit."""

    shown: Shown
    where: str
    beside: str
    lines: int


@dataclass(frozen=True, slots=True)
class Band:
    """Hosts are busy elsewhere."""

    where: str
    names: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Barred:
    """Time that is blocked here; `whose` is a host or a calendar."""

    where: str
    block: Blocked
    whose: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """A half hour that can be pressed to book it."""

    where: str
    at: int
    starts: datetime


@dataclass(slots=True)
class Rules:
    """Where blocks lie, as rules of a style sheet: the page may carry no style attributes. Numbers only."""

    rows: int = 0
    columns: int = 7
    _rules: dict[str, str] = field(default_factory=dict)

    def where(self, span: Span) -> str:
        name = f"at{span[0]}-{span[1]}"
        self._rules[name] = f"grid-row:{span[0]}/{span[1]}"
        return name

    def beside(self, column: int, of: int) -> str:
        name = f"col{column}-{of}"
        start, size = round(100 * column / of, 3), round(100 / of, 3)
        self._rules[name] = f"margin-inline-start:{start:g}%;inline-size:{size:g}%"
        return name

    def css(self) -> str:
        body = "".join(f".{name}{{{rule}}}" for name, rule in sorted(self._rules.items()))
        return f"@layer pages{{.hours{{--rows:{self.rows};--columns:{self.columns}}}{body}}}"


@dataclass(frozen=True, slots=True)
class Day:
    """One day, or one host's: its appointments; in a grid of hours also blocks, bands, gaps of the clock and openings."""

    day: date
    today: bool
    outside: bool  # of the month that is shown
    past: bool
    href: str
    weekday: str
    entries: list[Shown]
    key: str = ""  # of its heading
    host: str = ""
    host_id: UUID | None = None
    bands: list[Band] = field(default_factory=list)
    barred: list[Barred] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    now: str = ""
    now_row: int = 0

    @property
    def first(self) -> list[Shown]:
        return self.entries if len(self.entries) <= IN_CELL else self.entries[: IN_CELL - 1]

    @property
    def more(self) -> int:
        return len(self.entries) - len(self.first)


class Drawing:
    """Everything the templates ask for, laid out once; no statement is made here."""

    def __init__(
        self,
        wanted: Asked,
        entries: Sequence[Entry],
        busy: Mapping[UUID, list[Span]],
        names: Mapping[UUID, str],
        tones: Mapping[UUID, int],
        *,
        now: int,
        slug: str,
        steps: Mapping[UUID, int],
        to_day: Callable[[date], str],
        blocked: Sequence[Blocked] = (),
        shown: Sequence[UUID] = (),
    ) -> None:
        """`names` are of hosts and calendars; `tones` the places of what has colours; `steps` the grids of the calendars in
        which the reader may book; `shown` the hosts of the page, in order.
        """
        self.wanted, self.names, self.tones = wanted, names, tones
        self.now, self.slug, self.steps, self.to_day = now, slug, steps, to_day
        self.blocked, self.shown = blocked, list(shown)
        self.spans = {day: day_span(day, wanted.zone) for day in wanted.days}
        self.entries = [self._shown(entry) for entry in entries]
        self.busy = busy
        self.rules = Rules(rows=self.axis.rows, columns=len(self.columns) or len(wanted.days))

    @property
    def may_book(self) -> bool:
        return bool(self.steps)

    @property
    def columns(self) -> list[UUID]:
        """The hosts who have a column each."""
        return self.shown[:MOST_COLUMNS] if self.wanted.columns else []

    def _shown(self, entry: Entry) -> Shown:
        status = shown_status(entry.status, entry.end, self.now)
        coloured = entry.host if self.wanted.by_host else entry.calendar
        tone, over = self.tones.get(coloured, len(self.tones)) % TONES, entry.end <= self.now
        who = initials(entry.host_name) if len(self.shown) > 1 else ""
        movable = not over and not entry.is_session and entry.status in ("pending", "confirmed")
        step = self.steps.get(entry.calendar, 0) if movable else 0
        starts, ends = from_min(entry.start), from_min(entry.end)
        return Shown(entry, starts, ends, status, tone, self._url(entry), over, who, step)

    def _url(self, entry: Entry) -> str:
        if entry.is_session and entry.status not in GONE:
            return reverse("manage:agenda_session", args=[self.slug, entry.calendar, entry.start])
        return reverse("manage:booking", args=[self.slug, entry.id])

    @cached_property
    def axis(self) -> Axis:
        low, high = 0, 24
        if not self.wanted.whole:
            spans = [(one.entry.start, one.entry.end) for one in self.entries]
            low, high = hours_shown(list(self.spans.values()), spans, self.wanted.zone)
        return axis_of(self.wanted.days, self.wanted.zone, low, high)

    @property
    def begins(self) -> datetime:
        return from_min(self.spans[self.wanted.days[0]][0])

    @property
    def gridded(self) -> bool:
        """Are the days columns of hours?"""
        return self.wanted.view in ("", "week", "day")

    @cached_property
    def css(self) -> str:
        """The style sheet of the page, after everything has been laid out."""
        if self.gridded:
            self.hours, self.days  # noqa: B018 - they add the rules
        return self.rules.css()

    @cached_property
    def cropped(self) -> bool:
        return self.axis.rows < axis_of(self.wanted.days, self.wanted.zone).rows

    @cached_property
    def hours(self) -> list[tuple[str, str]]:
        """(the hour as the clock shows it, its rule)"""
        return [(wording.hour(hour), self.rules.where((row, row + 12))) for hour, row in self.axis.hours()]

    @cached_property
    def days(self) -> list[Day]:
        hosts: list[UUID | None] = [*self.columns] or [None]
        return [self._day(day, host) for day in self.wanted.days for host in hosts]

    @cached_property
    def weeks(self) -> list[list[Day]]:
        return [self.days[at : at + 7] for at in range(0, len(self.days), 7)]

    @cached_property
    def listed(self) -> list[Day]:
        """The days with something in them, today always; `earlier` has those before it."""
        return [day for day in self.days if not day.past and (day.entries or day.today)]

    @cached_property
    def earlier(self) -> list[Day]:
        """Days of the week before today that have something."""
        return [day for day in self.days if day.past and day.entries]

    @cached_property
    def _by_day(self) -> dict[date, list[Shown]]:
        """The appointments that touch each day; in a month those that begin on it."""
        found: dict[date, list[Shown]] = {day: [] for day in self.wanted.days}
        days, ends = list(self.spans), [end for _first, end in self.spans.values()]
        for one in self.entries:
            at = bisect_right(ends, one.entry.start)
            while at < len(days) and self.spans[days[at]][0] < one.entry.end:
                if self.wanted.view != "month" or one.entry.start >= self.spans[days[at]][0]:
                    found[days[at]].append(one)
                at += 1
        return found

    def _day(self, day: date, host: UUID | None) -> Day:
        wanted = self.wanted
        here = [one for one in self._by_day[day] if host is None or host in (one.entry.hosts or {one.entry.host})]
        drawn = Day(
            day=day,
            today=day == wanted.today,
            outside=wanted.view == "month" and day.month != wanted.day.month,
            past=day < wanted.today and wanted.today in self.spans,
            href=self.to_day(day),
            weekday=wording.weekday(day),
            entries=here,
            key=f"{day:%Y%m%d}" + (f"-{self.columns.index(host)}" if host else ""),
            host=self.names[host] if host else "",
            host_id=host,
        )
        return self._hourly(drawn) if self.gridded else drawn

    def _hourly(self, drawn: Day) -> Day:
        rows = DayRows(drawn.day, self.axis)
        drawn.bands.extend(self._bands(rows, drawn.host_id))
        drawn.barred.extend(self._barred(rows, drawn.host_id))
        drawn.blocks.extend(self._blocks(rows, drawn.entries))
        drawn.gaps.extend(self.rules.where(gap) for gap in rows.gaps())
        if self.may_book:
            drawn.openings.extend(
                Opening(self.rules.where((row, row + 6)), minute, from_min(minute))
                for minute, row in rows.halves()
                if minute >= self.now
            )
        here = rows.rows(self.now, self.now + 1) if drawn.today else None
        return drawn if here is None else replace(drawn, now=self.rules.where(here), now_row=here[0])

    def _blocks(self, rows: DayRows, entries: Iterable[Shown]) -> list[Block]:
        placed = [(one, rows.rows(one.entry.start, one.entry.end)) for one in entries]
        seen = [(one, span) for one, span in placed if span]
        return [
            Block(one, self.rules.where(span), self.rules.beside(column, of), _lines(span))
            for (one, span), (column, of) in zip(seen, columns([span for _, span in seen]), strict=True)
        ]

    def _barred(self, rows: DayRows, host: UUID | None) -> list[Barred]:
        """A calendar's blocked time stands in every column."""
        found = []
        for one in self.blocked:
            where = rows.rows(one.start, one.end) if host is None or one.host in (None, host) else None
            if where:
                whose = self.names.get(one.host or one.calendar, "")  # type: ignore[arg-type]
                found.append(Barred(self.rules.where(where), one, whose, from_min(one.start), from_min(one.end)))
        return found

    def _bands(self, rows: DayRows, only: UUID | None) -> list[Band]:
        """Busy times of all hosts as one layer, each band with the names of those it holds."""
        inside = {
            host: [(max(a, rows.first), min(b, rows.end)) for a, b in spans if a < rows.end and b > rows.first]
            for host, spans in self.busy.items()
            if only in (None, host)
        }
        found = []
        for start, end in normalize(span for spans in inside.values() for span in spans):
            where = rows.rows(start, end)
            held = [self.names[host] for host, spans in inside.items() if any(a < end and b > start for a, b in spans)]
            if where:
                found.append(Band(self.rules.where(where), ", ".join(sorted(held)), from_min(start), from_min(end)))
        return found


def _lines(span: Span) -> int:
    size = span[1] - span[0]
    return 1 if size < ONE_LINE else 2 if size < TWO_LINES else 3
