"""Names and titles of strangers."""

import pytest

from realtime.gateway.text import one_line, one_name, shortened


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("  Ann  ", "Ann"),
        ("a\n\tb\0c", "a b c"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u2066x\u2069", "x"),
        ("👩‍👩‍👧 мама", "👩‍👩‍👧 мама"),
        ("<b>x</b>", "<b>x</b>"),
        ("\u200f \x7f", ""),
    ],
)
def test_one_line(given: str, shown: str) -> None:
    assert one_line(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("HostX\u200b", "HostX"),
        ("\ufeffHo\u00adst\u2060X\u2063", "HostX"),
        ("\u3164", ""),
        ("a\u2800b", "a b"),
        ("a\ufe0fb", "ab"),
        ("a\u200db", "ab"),
        ("Ann \U000e0041\U000e0042", "Ann"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("❤️ Eve", "❤️ Eve"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("👩🏽‍🚀", "👩🏽‍🚀"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("क्\u200dष", "क्\u200dष"),
        ("Zoë", "Zoë"),
    ],
)
def test_one_name(given: str, shown: str) -> None:
    assert one_name(given, 40) == shown


@pytest.mark.parametrize(
    ("given", "limit", "cut"),
    [
        ("abcdef", 3, "abc"),
        ("ab 👩🏽‍🚀", 4, "ab"),
        ("ab 👩🏽‍🚀", 5, "ab"),
        ("ab 👩🏽‍🚀", 6, "ab"),
        ("ab 👩🏽‍🚀", 7, "ab 👩🏽‍🚀"),
        ("noe\u0308l", 3, "no"),
        ("😀" * 50, 40, "😀" * 40),
    ],
)
def test_shortened_cuts_nothing_in_two(given: str, limit: int, cut: str) -> None:
    assert shortened(given, limit) == cut
