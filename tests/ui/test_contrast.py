"""Every pair of colours used for text reaches 4.5:1 (WCAG 1.4.3), controls and focus 3:1 (1.4.11), in both themes."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import admitone

Lab = tuple[float, float, float]
TOKENS = (Path(admitone.__file__).parent / "ui/static/admitone/css/tokens.css").read_text(encoding="utf-8")
COLOUR = re.compile(r"--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);")
GROUNDS = ("canvas", "surface", "sunken")
TONES = ("accent", "danger", "warn", "ok", "info")


def block(selector: str) -> dict[str, Lab]:
    """The opaque OKLCH colours of one rule, as OKLab."""
    body = TOKENS[TOKENS.index(selector + " {") :].split("}", 1)[0]
    return {name: lab(float(light), float(chroma), float(hue)) for name, light, chroma, hue in COLOUR.findall(body)}


def lab(light: float, chroma: float, hue: float) -> Lab:
    turn = math.radians(hue)
    return light, chroma * math.cos(turn), chroma * math.sin(turn)


def mix(under: Lab, over: Lab, share: float) -> Lab:
    light, a, b = (one * (1 - share) + two * share for one, two in zip(under, over, strict=True))
    return light, a, b


def luminance(colour: Lab) -> float:
    """Relative luminance of an OKLab colour, clipped to sRGB (CSS Color 4, section 18)."""
    light, a, b = colour
    long, mid, short = (
        (light + x * a + y * b) ** 3
        for x, y in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728), (-0.0894841775, -1.2914855480))
    )
    red = 4.0767416621 * long - 3.3077115913 * mid + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * mid - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * mid + 1.7076147010 * short
    return 0.2126 * clip(red) + 0.7152 * clip(green) + 0.0722 * clip(blue)


def clip(value: float) -> float:
    return min(1.0, max(0.0, value))


def contrast(one: Lab, two: Lab) -> float:
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


LIGHT, DARK = block(":root"), block(":root[data-theme=dark]")
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def weak(theme: dict[str, Lab], pairs: list[tuple[str, Lab, Lab]], least: float) -> dict[str, float]:
    ratios = {name: round(contrast(one, two), 2) for name, one, two in pairs}
    return {name: ratio for name, ratio in ratios.items() if ratio < least}


def test_both_dark_blocks_say_the_same() -> None:
    assert block(":root:not([data-theme=light])") == DARK
    assert set(DARK) == set(LIGHT)


@THEMES
def test_text_on_every_ground_reaches_four_and_a_half(theme: dict[str, Lab]) -> None:
    words = ("ink", "ink-2", "ink-3", *TONES)
    pairs = [(f"{word} on {ground}", theme[word], theme[ground]) for word in words for ground in GROUNDS]
    assert weak(theme, pairs, 4.5) == {}


@THEMES
def test_text_on_fills_reaches_four_and_a_half(theme: dict[str, Lab]) -> None:
    fills = [("accent-ink", "accent"), ("danger-ink", "danger"), ("canvas", "ink"), ("surface", "ok")]
    pairs = [(f"{word} on {fill}", theme[word], theme[fill]) for word, fill in fills]
    pairs += [(f"{w} on hover {f}", theme[w], mix(theme[f], theme["ink"], 0.11)) for w, f in fills[:2]]
    assert weak(theme, pairs, 4.5) == {}


@THEMES
def test_text_on_tints_reaches_four_and_a_half(theme: dict[str, Lab]) -> None:
    pairs = [(f"chip {tone}", theme[tone], mix(theme["surface"], theme[tone], 0.09)) for tone in (*TONES, "ink-2")]
    pairs += [(f"alert {tone}", theme["ink"], mix(theme["surface"], theme[tone], 0.08)) for tone in TONES]
    pairs += [("open day", theme["ink"], mix(theme["surface"], theme["accent"], 0.2))]
    pairs += [("nav item", theme["ink-2"], mix(theme["sunken"], theme["ink"], 0.05))]
    pairs += [("avatar", theme["ink"], mix(theme["surface"], theme["accent"], 0.14))]
    assert weak(theme, pairs, 4.5) == {}


@THEMES
def test_edges_of_controls_and_focus_reach_three(theme: dict[str, Lab]) -> None:
    marks = ("line-strong", "focus", "accent", "danger")
    pairs = [(f"{mark} on {ground}", theme[mark], theme[ground]) for mark in marks for ground in GROUNDS]
    assert weak(theme, pairs, 3.0) == {}
