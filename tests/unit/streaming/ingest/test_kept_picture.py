"""Which pictures are kept as they are, and where they are cut."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.ingest.kept_picture import MAX_SEGMENT_S, PictureScan, cuts, why_not
from streaming.ingest.picture.colour import Colour
from streaming.ingest.probe import VideoStream
from streaming.ingest.timing.timeline import Cut, Timeline

PICTURE = VideoStream(index=0, codec="h264", width=1280, height=720)
TIMES = Timeline(12_000, 12_000, picture_packets=360)
STREAM = "stream|width=1280|height=720|sample_aspect_ratio=1:1|pix_fmt=yuv420p|field_order=progressive"


def scan(*key_frames_s: float, stream: str = STREAM, more: tuple[str, ...] = ()) -> PictureScan:
    made = PictureScan()
    for at_s in key_frames_s:
        made.read(f"packet|pts_time={at_s:.6f}|dts_time={at_s:.6f}|flags=K__")
        made.read(f"packet|pts_time={at_s + 0.033:.6f}|dts_time={at_s + 0.033:.6f}|flags=___")
    for line in more:
        made.read(line)
    made.read(stream)
    return made


USUAL = scan(0, 2.1, 4.2, 6.1, 8.3, 10.2)


def test_it_is_cut_at_its_key_frames() -> None:
    assert cuts(USUAL.key_frames_s) == [0, 4.2, 8.3]
    assert cuts([0, 3.998, 3.9995, 7.9]) == [0, 3.9995]
    assert cuts([0.05, 9, 9.5, 12]) == [0.05, 9, 12]
    assert cuts([]) == []


def test_what_a_browser_sends_is_kept() -> None:
    assert why_not(USUAL, PICTURE, TIMES) is None
    assert why_not(USUAL, PICTURE, replace(TIMES, duration_ms=15_000)) is None, (
        "cut off, with sound that was there first"
    )
    assert (USUAL.packets, USUAL.reordered, USUAL.changes, USUAL.unreadable) == (12, False, False, False)


@pytest.mark.parametrize(
    ("found", "picture", "times", "reason"),
    [
        pytest.param(USUAL, {"codec": "hevc"}, {}, "HEVC", id="codec"),
        pytest.param(scan(0, stream=STREAM.replace("yuv420p", "yuv444p")), {}, {}, "yuv444p", id="chroma"),
        pytest.param(scan(0, stream=STREAM.replace("1:1", "4:3")), {}, {}, "stretched", id="pixels"),
        pytest.param(scan(0, stream=STREAM.replace("progressive", "tt")), {}, {}, "interlaced", id="fields"),
        pytest.param(USUAL, {"interlaced": True}, {}, "interlaced", id="interlaced"),
        pytest.param(USUAL, {"rotation": 90}, {}, "turned", id="turned"),
        pytest.param(USUAL, {"width": 1000}, {}, "cut", id="cropped"),
        pytest.param(
            scan(0, 4, 8, stream=STREAM.replace("1280", "1281")), {"width": 1281}, {}, "1281×720", id="odd-size"
        ),
        pytest.param(USUAL, {"colour": Colour(full_range=True)}, {}, "colours", id="full-range"),
        pytest.param(USUAL, {}, {"cuts": (Cut(1, 20_000),)}, "clock", id="jump"),
        pytest.param(USUAL, {}, {"restarts": True}, "clock", id="restart"),
        pytest.param(USUAL, {}, {"duration_ms": 15_001}, "sound goes on", id="sound-goes-on"),
        pytest.param(USUAL, {}, {"picture_begin_ms": 400}, "begins after", id="late-picture"),
        pytest.param(scan(0, 4.2), {}, {"picture_ms": 16_000, "duration_ms": 16_000}, "11.8 s", id="rare-key-frames"),
        pytest.param(scan(0, 8.5), {}, {}, "8.5 s", id="one-long-segment"),
        pytest.param(scan(), {}, {}, "cannot be read", id="nothing"),
        pytest.param(
            scan(0, 4, 8, more=("packet|pts_time=9.1|dts_time=9.0|flags=___",)), {}, {}, "order", id="reordered"
        ),
        pytest.param(
            scan(0, more=("packet|pts_time=9|dts_time=9|flags=K__|side_data|side_data_type=New Extradata",)),
            {},
            {},
            "format changes",
            id="another-format",
        ),
        pytest.param(scan(0, more=("packet|pts_time=inf|dts_time=inf|flags=K__",)), {}, {}, "times", id="endless"),
        pytest.param(scan(0, more=("packet|pts_time=N/A|dts_time=9|flags=K__",)), {}, {}, "times", id="no-time"),
    ],
)
def test_what_is_encoded_anew(found: PictureScan, picture: dict[str, Any], times: dict[str, Any], reason: str) -> None:
    said = why_not(found, replace(PICTURE, **picture), replace(TIMES, **times))
    assert said is not None
    assert reason in said


def test_one_that_begins_without_a_key_frame() -> None:
    made = PictureScan()
    made.read("packet|pts_time=0.0|dts_time=0.0|flags=___")
    assert made.unreadable


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50).map(sorted))
def test_no_segment_of_what_is_kept_is_long(key_frames_s: list[float]) -> None:
    made = scan(*key_frames_s)
    begins = cuts(made.key_frames_s)
    assert begins[0] == made.key_frames_s[0]
    assert begins == sorted(set(begins))
    times = replace(TIMES, picture_ms=101_000, duration_ms=101_000)
    if why_not(made, PICTURE, times) is None:
        assert max(b - a for a, b in zip(begins, [*begins[1:], 101.0], strict=True)) <= MAX_SEGMENT_S


@given(st.lists(st.text(max_size=60), max_size=8))
def test_no_line_breaks_it(lines: list[str]) -> None:
    made = PictureScan()
    for line in lines:
        made.read(line)
        made.read(f"packet|{line}")
    why_not(made, PICTURE, TIMES)
