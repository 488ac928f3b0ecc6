"""What reads somebody else's text with more than a pattern takes linear time too."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from kernel.text.json_nul import holds_nul
from streaming.ads.vast.document import parse
from streaming.ads.vast.errors import AdRefused
from streaming.ingest.model import SubtitlesUnreadable
from streaming.ingest.subtitles import encoding, reader
from streaming.ingest.subtitles.cue import Unreadable
from streaming.origin import cmcd
from tests.unit.patterns.growth import MOST, grows

SIZE = 3_000
"""Characters, and twice that."""

TIMING = "1\n00:00:01,000 --> 00:00:02,000\n"
SCRIPT = "[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,x,,0,0,0,,"
UNITS = [
    "\n", " \n", "a\n", "{", "{\\", "}{", "{\\i1}", "<", "<i", "<i>", "</i>", "<i><b>", "&", "&#", "&amp;", "-->", "--> ", "0:",
    "\\", "\\N", "\\{", "1\n\n", "1\n00:00:01,000 --> 00:00:02,000\n", "00:01.000 --> 00:02.000 line:", "[Events]\n", ",", ";\n",
    "Dialogue: 0,0:00:01.00,0:00:02.00,x,,0,0,0,,a{\\an8}\n", "Format: ", "Style: a\n", "\ufeff", "\u0301", "щ", "漢",
]  # fmt: skip


def read(text: str) -> None:
    try:
        reader.read_text("a", text)
    except SubtitlesUnreadable:
        return


def decode(content: bytes) -> None:
    try:
        encoding.decode(content)
    except Unreadable:
        return


@pytest.mark.parametrize(
    "begin", ["", TIMING, "WEBVTT\n\n00:01.000 --> 00:02.000\n", SCRIPT], ids=["", "srt", "vtt", "ass"]
)
def test_subtitles(begin: str) -> None:
    for unit in UNITS:
        growth = grows(lambda size, unit=unit: read(begin + unit * (size // len(unit)) + "b"), SIZE)  # type: ignore[misc]
        assert growth <= MOST, repr(unit)


@pytest.mark.parametrize(
    "unit", [b"\xff", b"\0", b"\x1b$", b"\xd9\xf3 ", b"\x82\xa0", b"\n\xe9", b"a\0", b"\xff\xfe", b"\xe4\xb8"]
)
def test_encodings(unit: bytes) -> None:
    assert grows(lambda size: decode(unit * (size // len(unit))), SIZE) <= MOST


@pytest.mark.parametrize(
    ("run", "unit"),
    [
        *((lambda text: cmcd.parse([text]), unit) for unit in (" ", "a", "a=(", "a=(,", 'a="', 'a="\\', "a=,")),
        *((lambda text: holds_nul(text.encode() + b"\\u0000"), unit) for unit in ("\\", "\\\\u0000", "\\u000")),
    ],
)
def test_others(run: Callable[[str], object], unit: str) -> None:
    assert grows(lambda size: run(unit * (size // len(unit))), SIZE) <= MOST


@pytest.mark.parametrize(
    "unit",
    [
        "<Ad>",
        "<Ad><InLine>",
        "<Ad/>",
        "<a>",
        "<Ad><InLine><Impression>https://a.example/</Impression></InLine></Ad>",
        "&amp;",
        "<![CDATA[x]]>",
    ],
)
def test_ads_of_others(unit: str) -> None:
    def run(size: int) -> None:
        with suppress(AdRefused):
            parse(f'<VAST version="4.2">{unit * (size // len(unit))}</VAST>'.encode())

    assert grows(run, 30 * SIZE) <= MOST
