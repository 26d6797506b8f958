"""What a text costs as SMS (3GPP TS 23.038), and what people answer to be left alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
#: Units of one SMS, and of each part of a longer one.
LIMITS = {"gsm7": (160, 153), "ucs2": (70, 67)}
MAX_LENGTH = 1600

Keyword = Literal["", "stop", "start", "help"]
STOP = """stop stopall unsubscribe cancel end quit stopp abmelden abbestellen beenden alto baja parar pare sair
cancelar arret arreter desabonner desinscrire"""
START = "start unstop yes starten anmelden ja empezar iniciar alta si comencer demarrer oui comecar sim"
HELP = "help info hilfe ayuda aide ajuda"
#: What carriers and Twilio answer by themselves unless told otherwise.
ANSWERED_BY_TWILIO = frozenset(
    ["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "start", "unstop", "yes", "help", "info"]
)
KEYWORDS: dict[str, Keyword] = {
    **dict.fromkeys(HELP.split(), "help"),
    **dict.fromkeys(START.split(), "start"),
    **dict.fromkeys(STOP.split(), "stop"),
}


@dataclass(frozen=True, slots=True)
class Size:
    """`units` are septets of gsm7 or code units of ucs2; `parts` is how many SMS a phone company counts."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    parts: int


def size(text: str) -> Size:
    plain = all(c in BASIC or c in EXTENDED for c in text)
    costs = [2 if c in EXTENDED else 1 for c in text] if plain else [2 if ord(c) > 0xFFFF else 1 for c in text]
    encoding: Literal["gsm7", "ucs2"] = "gsm7" if plain else "ucs2"
    single, part = LIMITS[encoding]
    units = sum(costs)
    return Size(encoding, units, 1 if units <= single else parts(costs, part))


def parts(costs: Iterable[int], limit: int) -> int:
    """A character of two units is never cut in half, so a part may stay a unit short."""
    count, used = 1, 0
    for cost in costs:
        if used + cost > limit:
            count, used = count + 1, 0
        used += cost
    return count


def word(text: str) -> str:
    """The letters of a short answer, without case, accents, spaces and punctuation; "" for a long one."""
    if len(text) > 40:
        return ""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def keyword(text: str) -> Keyword:
    """What the whole message asks for; a sentence that merely contains such a word asks for nothing."""
    return KEYWORDS.get(word(text), "")
