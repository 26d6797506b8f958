"""`{% load ui %}`: icons, fields, chips, tickets, empty states, paging, copy fields and the reader's dates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from admitone.logic.clock import iso
from admitone.ui import formats, icons
from admitone.ui.fields import field_context, summary
from admitone.ui.statuses import look

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 16, css: str = "") -> SafeString:
    """An inline lucide icon, hidden from screen readers."""
    return icons.icon(str(name), size, str(css))


@register.simple_tag
def chip(status: str, word: str = "", tone: str | None = None) -> SafeString:
    """A status as icon and word; `word` and `tone` override the table in ui/statuses.py."""
    seen = look(str(status))
    name = seen.tone if tone is None else tone
    return format_html(
        '<span class="chip{}">{}{}</span>',
        f" chip--{name}" if name else "",
        icons.icon(seen.icon, 13),
        word or seen.word,
    )


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """A bound field with label, help and error. Options: label, help, hide_label, size (s, m), prefix, suffix, switch,
    and any attribute of the control with _ for - (placeholder, autocomplete, inputmode, data_x, ...)."""
    return field_context(bound, options)


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: BaseForm | None, title: str = "") -> dict[str, Any]:
    """The summary of a form's errors with links to the fields; nothing when it has none."""
    return {"title": title, "errors": summary(form) if form is not None and form.is_bound else []}


@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str = "", href: str = "", label: str = "", icon: str = "inbox") -> dict[str, Any]:
    """An empty state with its next action."""
    return {"title": title, "text": text, "href": href, "label": label, "icon": icon}


@register.inclusion_tag("ui/copy_field.html")
def copy_field(value: str, label: str, id: str = "") -> dict[str, Any]:  # noqa: A002
    """A read-only value with a Copy button."""
    return {"value": value, "label": label, "id": id or f"copy-{abs(hash((value, label))) % 10**8}"}


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any, param: str = "page") -> dict[str, Any]:
    """Previous and next of a Django paginator page, keeping the query string."""
    return {
        "page": page,
        "param": param,
        "previous": _step(context, page, param, -1),
        "next": _step(context, page, param, 1),
    }


def _step(context: template.Context, page: Any, param: str, by: int) -> str:
    there = page.has_next() if by > 0 else page.has_previous()
    return _with_query(context, **{param: str(page.number + by)}) if there else ""


def _with_query(context: template.Context, **changes: str) -> str:
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return "?" + "&".join(f"{name}={value}" for name, value in changes.items())
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


@register.inclusion_tag("ui/sort_header.html", takes_context=True)
def sort_header(context: template.Context, key: str, label: str, css: str = "", param: str = "sort") -> dict[str, Any]:
    """A <th> whose link sorts by `key`, then by `-key`."""
    request = context.get("request")
    current = request.GET.get(param, context.get("sort", "")) if request else ""
    direction = "ascending" if current == key else "descending" if current == f"-{key}" else ""
    target = f"-{key}" if current == key else key
    link = _with_query(context, **{param: target, "page": "1"})
    return {"label": label, "direction": direction, "link": link, "css": css}


@register.inclusion_tag("ui/nav_item.html", takes_context=True)
def nav_item(
    context: template.Context, href: str, label: str, icon: str = "", count: Any = None, exact: bool = False
) -> dict[str, Any]:
    """A link of the side bar; current when the page lies under it (`exact`: only on itself)."""
    request = context.get("request")
    path = request.path if request else ""
    current = path == href or (not exact and href != "/" and path.startswith(href))
    return {"href": href, "label": label, "icon": icon, "count": count, "current": current, "here": path == href}


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The reader's chosen theme from its cookie: light, dark or nothing."""
    request = context.get("request")
    chosen = request.COOKIES.get("admitone_theme", "") if request else ""
    return chosen if chosen in ("light", "dark") else ""


@register.filter
def initials(name: str) -> str:
    """Up to two letters of a name."""
    words = str(name).split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:]))


@register.filter
def intcomma(value: float) -> str:
    """A number as the reader writes it: loaded after humanize, in place of its filter, which knows no region."""
    return formats.number(value)


@register.filter
def clock(at: datetime, zone: Any = None) -> str:
    """The time of day in a zone."""
    return formats.clock(at, zone) if at else ""


@register.filter
def day(at: datetime | date, zone: Any = None) -> str:
    """The full date in a zone."""
    return formats.day(at, zone) if at else ""


@register.filter
def day_short(at: datetime | date, zone: Any = None) -> str:
    """Weekday, month and day in a zone."""
    return formats.day_short(at, zone) if at else ""


@register.filter
def date_short(at: datetime | date, zone: Any = None) -> str:
    """The date without weekday."""
    return formats.date_short(at, zone) if at else ""


@register.filter
def month_name(at: datetime | date, zone: Any = None) -> str:
    """Month and year."""
    return formats.month(at, zone) if at else ""


@register.filter
def moment(at: datetime, zone: Any = None) -> str:
    """Date, time and the zone's name."""
    return formats.moment(at, zone) if at else ""


@register.filter
def stamp(at: datetime, zone: Any = None) -> str:
    """Short date and time, for tables."""
    return formats.stamp(at, zone) if at else ""


@register.filter
def local_time(at: datetime, zone: Any = None) -> SafeString | str:
    """<time> with the short date and time in a zone; the full moment is its title."""
    if not at:
        return ""
    full, short = formats.moment(at, zone), formats.stamp(at, zone)
    return format_html('<time datetime="{}" title="{}">{}</time>', iso(at), full, short)


@register.filter
def relative(at: datetime, now: datetime | None = None) -> str:
    """How long ago or ahead; `now` defaults to the clock."""
    return formats.relative(at, now or timezone.now()) if at else ""


@register.filter
def ago(at: datetime, zone: Any = None) -> SafeString | str:
    """<time> with the distance from now; the full moment is its title."""
    if not at:
        return ""
    words = formats.relative(at, timezone.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', iso(at), formats.moment(at, zone), words)


@register.filter
def duration_words(minutes: int) -> str:
    """Minutes in words."""
    return formats.duration_words(minutes) if minutes is not None else ""


@register.filter
def zone_name(zone: Any, at: datetime | None = None) -> str:
    """The zone's name in the reader's language."""
    return formats.zone_name(zone, at or timezone.now())


@register.filter
def zone_offset(zone: Any, at: datetime | None = None) -> str:
    """GMT+01:00."""
    return formats.zone_offset(zone, at or timezone.now())


@register.filter
def zone_city(zone: Any) -> str:
    """The city of a zone."""
    return formats.zone_city(zone)
