"""A calendar's colour: which text stands on it, whether that can be read, and the style sheet it becomes.

Contrast is WCAG 2.2 (1.4.3): (L1 + 0.05) / (L2 + 0.05) of relative luminances, 4.5 for text.
"""

from __future__ import annotations

import colorsys
import re
from functools import lru_cache

WHITE, INK = "#ffffff", "#1a1c22"
CANVAS, DARK_CANVAS = "#fdfcfa", "#14161c"
ENOUGH = 4.5
DEFAULT_RADIUS, MAX_RADIUS = 10, 24

_VERSION = "1"
_COLOR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII)
_HASH = re.compile(rf"{_VERSION}([0-9a-f]{{6}}|-)([0-9a-f]{{2}})", re.ASCII)


def clean_color(raw: str) -> str:
    """`#rrggbb` in small letters from `#ABC` or `aabbcc`, "" from nothing; ValueError for anything else."""
    text = raw.strip().lower()
    if not text:
        return ""
    found = _COLOR.fullmatch(text)
    if not found:
        raise ValueError("Enter a colour like #1f7a5c.")
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """Contrast of two `#rrggbb` colours, 1.0 to 21.0."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(color: str) -> str:
    """The better readable of white and ink on a colour; what `readable` judges."""
    return max((WHITE, INK), key=lambda ink: contrast(color, ink))


def readable(color: str) -> bool:
    return contrast(color, ink_on(color)) >= ENOUGH


def suggestion(color: str) -> str:
    """The nearest darker shade of a colour that carries readable text; the colour itself if it already does."""
    return color if readable(color) else shade(color, WHITE, -1)


def shade(color: str, against: str, step: int) -> str:
    """The colour made darker (step -1) or lighter (+1) until it reads 4.5:1 against another one."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(color))
    while contrast(color, against) < ENOUGH and 0 < lightness + step / 100 < 1:
        lightness += step / 100
        color = _hex(colorsys.hls_to_rgb(hue, lightness, saturation))
    return color


def css_hash(color: str, radius: int) -> str:
    """The name of the style sheet of a brand: it *is* the content, so no look-up is needed; "" for the default look."""
    if not color and radius == DEFAULT_RADIUS:
        return ""
    return f"{_VERSION}{color[1:] or '-'}{radius:02x}"


def parse_hash(name: str) -> tuple[str, int] | None:
    """(colour or "", radius) of a style sheet's name; None for a name that `css_hash` never gives."""
    found = _HASH.fullmatch(name)
    if not found:
        return None
    color, radius = ("" if found[1] == "-" else f"#{found[1]}"), int(found[2], 16)
    if radius > MAX_RADIUS or (color and not readable(color)) or css_hash(color, radius) != name:
        return None
    return color, radius


@lru_cache(maxsize=1024)
def style_sheet(color: str, radius: int) -> str:
    """Custom properties of a brand: fill, text on it, and the fill's shade that can be text in either theme."""
    rules = [f"--radius:{radius}px"]
    if color:
        rules += [f"--brand:{color}", f"--brand-ink:{ink_on(color)}"]
    light = [*rules, f"--brand-text:{shade(color, CANVAS, -1)}"] if color else rules
    css = f":root{{{';'.join(light)}}}"
    if color:
        css += f"@media (prefers-color-scheme:dark){{:root{{--brand-text:{shade(color, DARK_CANVAS, 1)}}}}}"
    return css


def _channels(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in channels)


def _luminance(color: str) -> float:
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in _channels(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
