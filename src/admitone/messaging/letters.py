"""A letter as a small structure, rendered twice: as plain text and as HTML that mail programs understand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import css_inline
from django.template.loader import render_to_string

from admitone.logic.brand import clean_color, ink_on, readable
from admitone.messaging.mime import line

_PARAGRAPHS = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose letter it is: the name on top and below, and the colour (#rrggbb or "") of buttons and links."""

    name: str
    color: str = ""

    @property
    def fill(self) -> str:
        """The colour, if text on it can be read."""
        try:
            color = clean_color(self.color)
        except ValueError:
            return ""
        return color if color and readable(color) else ""

    @property
    def ink(self) -> str:
        return ink_on(self.fill) if self.fill else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled fact; `struck` is what it used to be, `url` makes it a link (never for what a guest typed)."""

    label: str
    value: str
    struck: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """A link with its text; the first of a letter becomes the button."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """All texts are plain; paragraphs may hold line breaks. `code` is shown large. `small` stands below the rest."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    actions: tuple[Action, ...] = ()
    small: tuple[str, ...] = ()
    code: str = ""
    quote: str = ""

    @property
    def quoted(self) -> list[str]:
        """Lines of somebody else's words."""
        return self.quote.splitlines()


@dataclass(frozen=True, slots=True)
class Rendered:
    """Ready for `services.queue`; `links` are what it must contain."""

    subject: str
    text: str
    html: str
    links: tuple[str, ...] = ()


def render(letter: Letter, brand: Brand) -> Rendered:
    """In the active language. ValueError when a link has no address: such a letter must never be sent."""
    if any(not action.url for action in letter.actions):
        raise ValueError(f"a link of this letter has no address: {letter.heading}")
    subject = line(letter.subject)
    context = {"letter": letter, "brand": brand, "account_name": brand.name, "subject": subject}
    text = tidy(render_to_string("messaging/letter.txt", context))
    html = inliner().inline(render_to_string("messaging/letter.html", context))
    return Rendered(subject, text, html, tuple(action.url for action in letter.actions))


def by_hand(
    subject: str, body: str, brand: Brand, *, button: Action | None = None, leave: Action | None = None
) -> Rendered:
    """A text somebody typed: kept word for word as text; as HTML its addresses can be clicked.

    `button` repeats one of the links as a button in the HTML; `leave` stands below both as the way to unsubscribe.
    """
    paragraphs = tuple(part.strip() for part in _PARAGRAPHS.split(body.replace("\r\n", "\n")) if part.strip())
    context = {"paragraphs": paragraphs, "button": button, "leave": leave, "brand": brand, "account_name": brand.name}
    html = inliner().inline(render_to_string("messaging/by_hand.html", context | {"subject": line(subject)}))
    text = f"{body.strip()}\n\n--\n{leave.label}: {leave.url}\n" if leave else body.strip() + "\n"
    return Rendered(line(subject), text, html, (button.url,) if button else ())


def tidy(text: str) -> str:
    """No more than one empty line in a row, none at the ends, no spaces before a line's end."""
    lines = "\n".join(part.rstrip() for part in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


@cache
def inliner() -> css_inline.CSSInliner:
    """Mail programs drop <style>, all but the at-rules for dark mode; nothing is loaded from the network."""
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
