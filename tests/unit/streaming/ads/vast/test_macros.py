"""Macros: what is filled in, and what nobody is told."""

from datetime import UTC, datetime

import pytest

from streaming.ads.vast.macros import expand

NOW = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("r=[CACHEBUSTING]", "r=12345678"),
        ("r=%5BCACHEBUSTING%5d", "r=12345678"),
        ("t=[TIMESTAMP]", "t=2026-01-02T03%3A04%3A05.678%2B00%3A00"),
        ("c=[ERRORCODE]&a=[ASSETURI]", "c=403&a=https%3A%2F%2Fc%2F1%3Fx%3D%5BIFA%5D"),
        ("[IFA],[DEVICEIP],[DEVICEUA],[LATLONG],[PAGEURL],[CLIENTUA]", "-2,-2,-2,-2,-2,-2"),
        ("[CONTENTID]", "-1"),
        ("[SOMETHING_ELSE]&[lower]&[::1]&[]&[", "[SOMETHING_ELSE]&[lower]&[::1]&[]&["),
    ],
)
def test_expand(text: str, filled: str) -> None:
    values = {"ERRORCODE": "403", "ASSETURI": "https://c/1?x=[IFA]"}
    assert expand(f"https://a/?{text}", NOW, "12345678", values) == f"https://a/?{filled}"
