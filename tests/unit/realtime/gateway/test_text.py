"""Names and titles of strangers."""

import pytest

from realtime.gateway.text import one_line


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
