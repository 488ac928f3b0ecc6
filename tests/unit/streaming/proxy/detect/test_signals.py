"""Explicit signals, dialect by dialect, and the binary messages in them."""

import base64
import re

import pytest

from streaming.proxy.detect import scte35
from streaming.proxy.detect.ad_intervals import AdIntervals
from streaming.proxy.detect.breaks import MAX_BREAK_S
from streaming.proxy.detect.detect import DetectionRules, DetectorMemory, detect
from streaming.proxy.detect.scte35 import Cue, Turn
from streaming.proxy.playlist.playlist import Playlist
from tests.unit.streaming.proxy.corpus import media
from tests.unit.streaming.proxy.detect.cases.case import Case
from tests.unit.streaming.proxy.detect.cases.signals import CASES
from tests.unit.streaming.proxy.detect.splices import (
    HEX_30,
    HEX_34,
    IN,
    OUT_30,
    segmentation_descriptor,
    splice_info_section,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: re.sub(r"\W+", "-", case.name))
def test_dialect(case: Case) -> None:
    playlist = Playlist.parse(media(case.body, msn=case.msn, vod=case.vod))
    assert detect(playlist, DetectionRules(heuristics=False)).ads == case.ads
    assert detect(playlist).ads == case.ads


def test_every_verdict_has_its_reasons() -> None:
    playlist = Playlist.parse(
        media("#EXT-X-CUE-OUT:20\n10 a.ts\n#EXT-X-CUE-OUT-CONT:10/20\n10 b.ts\n#EXT-X-CUE-IN\n10 p.ts")
    )
    assert detect(playlist).verdicts[1].reasons == ("cue-out", "cue-out-cont", "cue-in")


def test_a_break_without_end_or_length_is_capped() -> None:
    body = "#EXT-X-CUE-OUT\n" + "10 x.ts\n" * 200
    ads = detect(Playlist.parse(media(body, msn=50)), DetectionRules(heuristics=False)).ads
    assert len(ads) * 10 <= MAX_BREAK_S


def test_a_break_whose_start_left_the_window_goes_on() -> None:
    """No continuation tags: only the memory of earlier reloads says that these are ads."""
    names = [f"10 {number}.ts" for number in range(40)]
    memory, spans = DetectorMemory(), AdIntervals()
    found: set[int] = set()
    for first in range(20):
        window = [*names[first : first + 8]]
        if first <= 10 < first + 8:
            window.insert(10 - first, "#EXT-X-CUE-OUT:60")
        detection = detect(
            Playlist.parse(media("\n".join(window), msn=100 + first)), DetectionRules(heuristics=False), memory, spans
        )
        memory, spans = detection.memory, detection.spans
        found |= {first + index for index in detection.ads}
    assert sorted(found) == [10, 11, 12, 13, 14, 15]


def test_rules_of_an_operator() -> None:
    playlist = Playlist.parse(
        media(
            "10 https://c/show/1.ts\n10 https://ads.c/1.ts\n#EXT-X-CUE-OUT:10\n10 https://c/show/2.ts\n10 https://c/show/3.ts"
        )
    )
    assert detect(playlist, DetectionRules(heuristics=False, ad_addresses=("*://ads.c/*",))).ads == [1, 2]
    assert detect(
        playlist, DetectionRules(heuristics=False, ad_addresses=("*://ads.c/*",), programme_addresses=("*/show/*",))
    ).ads == [1]
    assert detect(playlist, DetectionRules(signals=False, heuristics=False)).ads == []


@pytest.mark.parametrize(
    ("message", "cue"),
    [
        (
            splice_info_section(5, b"\x00\x00\x00\x01\x7f\xef\xfe\x00\x00\x00\x00\xfe\x00\x29\x32\xe0\x00\x01\x01\x01"),
            Cue(Turn.OUT, 30.0),
        ),
        (splice_info_section(5, b"\x00\x00\x00\x01\x7f\x4f\xfe\x00\x00\x00\x00\x00\x01\x01\x01"), Cue(Turn.IN)),
        (splice_info_section(5, b"\x00\x00\x00\x01\xff"), Cue(Turn.OTHER)),  # cancelled
        (splice_info_section(0, b""), Cue(Turn.OTHER)),
        (splice_info_section(6, b"\x7f", segmentation_descriptor(0x34, 60)), Cue(Turn.OUT, 60.0, 2)),
        (splice_info_section(6, b"\xfe\x00\x00\x00\x00", segmentation_descriptor(0x35)), Cue(Turn.IN, None, 2)),
        (
            splice_info_section(6, b"\x7f", segmentation_descriptor(0x31) + segmentation_descriptor(0x30, 15)),
            Cue(Turn.OUT, 15.0, 3),
        ),
        (splice_info_section(6, b"\x7f", segmentation_descriptor(0x10, 600)), Cue(Turn.OTHER)),
        (splice_info_section(6, b"\x7f", segmentation_descriptor(0x34, cancelled=True)), Cue(Turn.OTHER)),
    ],
)
def test_binary_cues(message: bytes, cue: Cue) -> None:
    assert scte35.decode(base64.b64encode(message).decode()) == cue
    assert scte35.decode("0x" + message.hex()) == cue


def test_the_cues_used_in_the_cases_are_what_they_say() -> None:
    assert scte35.decode(OUT_30) == Cue(Turn.OUT, 30.0)
    assert scte35.decode(IN) == Cue(Turn.IN)
    assert scte35.decode(HEX_34) == Cue(Turn.OUT, None, 2)
    assert scte35.decode(HEX_30) == Cue(Turn.OUT, None, 3)


@pytest.mark.parametrize("text", ["", "0x", "0xFC", "/DA", "not base64!", "0x" + "FC" * 10_000, "0x00" * 20])
def test_what_is_no_cue(text: str) -> None:
    assert scte35.decode(text) is None
