"""What a text costs as SMS, and which answers are commands."""

from __future__ import annotations

import pytest

from admitone.logic.sms import Size, keyword, size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Size("gsm7", 0, 1)),
        ("a" * 160, Size("gsm7", 160, 1)),
        ("a" * 161, Size("gsm7", 161, 2)),
        ("a" * 306, Size("gsm7", 306, 2)),
        ("a" * 307, Size("gsm7", 307, 3)),
        ("€" * 80, Size("gsm7", 160, 1)),
        ("€" * 81, Size("gsm7", 162, 2)),
        ("Grüße à £5", Size("gsm7", 10, 1)),
        ("ş" * 70, Size("ucs2", 70, 1)),
        ("ş" * 71, Size("ucs2", 71, 2)),
        ("🙂" * 35, Size("ucs2", 70, 1)),
        ("🙂" * 36, Size("ucs2", 72, 2)),
    ],
)
def test_size_counts_as_phone_companies_do(text, expected):
    assert size(text) == expected


def test_a_character_of_two_units_is_not_cut_in_half():
    assert size("a" * 152 + "€" + "a" * 152).parts == 3
    assert size("a" * 153 + "€" + "a" * 151).parts == 2


@pytest.mark.parametrize("text", ["STOP", " stop. ", "Stop!", "S T O P", "STOP ALL", "unsubscribe", "Quit", "END"])
def test_english_ways_to_stop(text):
    assert keyword(text) == "stop"


@pytest.mark.parametrize("text", ["STOPP", "Abmelden", "ALTO", "Baja", "ARRÊT", "arret", "Désabonner", "Parar", "SAIR"])
def test_other_languages_ways_to_stop(text):
    assert keyword(text) == "stop"


@pytest.mark.parametrize(
    ("text", "wish"), [("start", "start"), ("Yes", "start"), ("UNSTOP", "start"), ("Hilfe?", "help")]
)
def test_start_and_help(text, wish):
    assert keyword(text) == wish


@pytest.mark.parametrize(
    "text", ["", "Please do not stop", "I will be at the bus stop", "cancel my appointment", "ok", "!"]
)
def test_sentences_are_no_commands(text):
    assert keyword(text) == ""
