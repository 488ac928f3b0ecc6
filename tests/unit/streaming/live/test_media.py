"""The rules of forwarding: where a picture begins, what is missing, and where timestamps lie on our clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rtc.feedback import SenderReport
from kernel.rtc.rtp import RtpPacket
from streaming.live.media.key_frames import MAX_AGE_MS, MAX_PACKETS, PictureCache, begins_key_frame
from streaming.live.media.loss import FIRST_WAIT_MS, MAX_ASKS, MAX_GAP, REPEAT_MS, LossDetector
from streaming.live.media.run_clock import RunClock, timestamp_at
from streaming.live.model import Codec

KEY = b"\x78\x00\x04\x67\x42\xe0\x1f\x00\x02\x68\xce"
DELTA = b"\x41\x9a"


def packet(sequence: int, timestamp: int, payload: bytes = DELTA) -> RtpPacket:
    return RtpPacket(102, True, sequence & 0xFFFF, timestamp, 7, None, payload)


@pytest.mark.parametrize(
    ("codec", "payload", "begins"),
    [
        pytest.param(Codec.H264, KEY, True, id="parameter-sets-together"),
        pytest.param(Codec.H264, b"\x67\x42", True, id="parameter-set"),
        pytest.param(Codec.H264, b"\x7c\x85\x88", True, id="first-piece-of-idr"),
        pytest.param(Codec.H264, b"\x7c\x05\x88", False, id="another-piece-of-idr"),
        pytest.param(Codec.H264, b"\x7c\x81\x9a", False, id="first-piece-of-another"),
        pytest.param(Codec.H264, DELTA, False, id="delta"),
        pytest.param(Codec.H264, b"\x78\xff\xff\x41", False, id="a-size-that-lies"),
        pytest.param(Codec.VP8, b"\x10\x00\x00\x00", True, id="vp8"),
        pytest.param(Codec.VP8, b"\x90\x80\x81\x02\x00\x00", True, id="vp8-picture-id"),
        pytest.param(Codec.VP8, b"\x10\x01\x00\x00", False, id="vp8-delta"),
        pytest.param(Codec.VP8, b"\x00\x00\x00\x00", False, id="vp8-later-piece"),
    ],
)
def test_where_a_key_frame_begins(codec: Codec, payload: bytes, begins: bool) -> None:
    assert begins_key_frame(codec, payload) is begins


@given(st.sampled_from(Codec), st.binary(max_size=40))
def test_anything_is_a_key_frame_or_none(codec: Codec, payload: bytes) -> None:
    assert begins_key_frame(codec, payload) in (True, False)


def test_what_a_new_viewer_is_shown() -> None:
    cache = PictureCache(Codec.H264)
    assert not cache.add(packet(65_534, 1), 0)
    assert cache.packets() == []
    assert cache.add(packet(65_535, 2, KEY), 10)
    assert not cache.add(packet(1, 2, b"\x65\x88"), 10), "the same picture"
    cache.add(packet(0, 2), 11)
    cache.add(packet(2, 3), 20)
    assert ([one.sequence for one in cache.packets()], cache.whole) == ([65_535, 0, 1, 2], True)
    cache.add(packet(3, 4), 11 + MAX_AGE_MS)
    assert ([one.sequence for one in cache.packets()], cache.whole) == ([65_535, 0, 1], False), "the key frame alone"
    cache.add(packet(4, 5, KEY), 3_000)
    assert ([one.sequence for one in cache.packets()], cache.whole) == ([4], True)


def test_the_cache_is_bounded() -> None:
    cache = PictureCache(Codec.H264)
    cache.add(packet(0, 0, KEY), 0)
    for number in range(1, 3 * MAX_PACKETS):
        cache.add(packet(number, number), 1)
    assert len(cache.packets()) == 1
    for number in range(3 * MAX_PACKETS, 6 * MAX_PACKETS):
        cache.add(packet(number, 9, KEY), 1)
    assert cache.packets() == [], "a key frame too large to be kept"


def test_what_is_missing_is_asked_for_a_few_times() -> None:
    loss = LossDetector()
    for sequence in (65_534, 1):
        assert not loss.received(sequence, 0)
    assert loss.due(FIRST_WAIT_MS - 1) == ([], False)
    assert loss.due(FIRST_WAIT_MS) == ([65_535, 0], False)
    assert loss.due(FIRST_WAIT_MS + 1) == ([], False)
    loss.received(0, 20)
    asks = 1
    for step in range(1, MAX_ASKS + 1):
        asked, given_up = loss.due(FIRST_WAIT_MS + step * REPEAT_MS)
        asks += len(asked)
    assert (asks, given_up) == (MAX_ASKS, True)


def test_a_long_gap_wants_a_key_frame() -> None:
    loss = LossDetector()
    loss.received(0, 0)
    assert loss.received(MAX_GAP + 1, 0)
    assert loss.due(1_000) == ([], False)


def test_a_clock_is_mapped_and_not_trusted() -> None:
    clock = RunClock()
    first = clock.heard(SenderReport(7, -5_000_000.0, 0, 90_000), 1_000_000)
    assert first is not None
    assert first.wall_ms == 1_000_000
    later = clock.heard(SenderReport(8, -4_998_000.0, 0, 48_000), 1_002_040)
    assert later is not None
    assert later.wall_ms == 1_002_000, "by their clock's seconds, and not by when it came"
    assert clock.heard(SenderReport(7, 0.0, 0, 0), 1_004_000) is None, "set meanwhile"
    assert timestamp_at(first, 90_000, 1_001_000) == 180_000
