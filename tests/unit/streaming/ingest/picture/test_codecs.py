"""Codecs beside H.264: what people ask for, and what becomes of the ladder."""

from fractions import Fraction

import pytest

from streaming.ingest import plan
from streaming.ingest.encoding import Encoding
from streaming.ingest.picture import codecs
from streaming.ingest.picture.codecs import VideoCodec
from streaming.ingest.surround import Surround
from streaming.ingest.timing.timeline import Timeline
from tests.unit.streaming.ingest.pictures import picture, source

LISTING = """ V..... = Video
 ------
 V....D libx264              libx264 H.264 / AVC
 A....D aac                  AAC
 V..... libsvtav1            SVT-AV1
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [("av1", "h264 av1"), ("AV1, hevc,av1,", "h264 hevc av1"), ("", "h264"), ("h264", "h264")],
)
def test_h264_is_always_there(text: str, names: str) -> None:
    assert [codec.value for codec in codecs.parse(text)] == names.split()


@pytest.mark.parametrize("text", ["vp9", "h264;av1", "x" * 1000, "h264,,-c"])
def test_others_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is none of h264, hevc, av1"):
        codecs.parse(text)


def test_what_an_ffmpeg_encodes() -> None:
    known = codecs.encoders(LISTING)
    assert known == {"libx264", "libsvtav1"}
    assert codecs.left_out(VideoCodec, known) == [
        "There are no HEVC renditions: this ffmpeg has no encoder for it (libx265)."
    ]


def test_the_ladder_comes_again_with_fewer_bits() -> None:
    film, time = source(picture(1280, 720)), Timeline.plain(10_000)
    plain = plan.make(film, time).rungs
    made = plan.make(film, time, encoding=Encoding(codecs=(VideoCodec.H264, VideoCodec.AV1))).rungs
    assert made[: len(plain)] == plain
    assert [(rung.name, rung.height) for rung in made[len(plain) :]] == [
        ("v720-av1", 720), ("v480-av1", 480), ("v360-av1", 360), ("v240-av1", 240),
    ]  # fmt: skip
    assert made[len(plain)].max_bps == plain[0].max_bps // 2


def test_beside_a_picture_that_is_kept_there_is_h264_alone() -> None:
    """Only that is cut where the kept one is."""
    film = source(picture(base_rate=Fraction(25)))
    made = plan.make(film, Timeline.plain(10_000), keep_picture=True, encoding=Encoding(codecs=tuple(VideoCodec)))
    assert {rung.codec for rung in made.rungs} == {VideoCodec.H264}


def test_another_encoding_is_another_asset() -> None:
    assert Encoding().mark == ""
    assert Encoding(Surround.OFF, (VideoCodec.H264, VideoCodec.AV1)).mark == ":off+av1"
