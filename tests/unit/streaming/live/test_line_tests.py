"""What is measured of a line before going live, and what is made of it."""

import struct
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rtc.feedback import parse_feedback
from kernel.rtc.rtp import build_rtp
from streaming.live.media.arrivals import MAX_MISSING, Arrivals
from streaming.live.media.channel import EndReason
from streaming.live.media.line_report import (
    QUALITIES,
    Finding,
    LineReport,
    Measured,
    NetworkPath,
    Quality,
    Second,
    Verdict,
    assess,
)
from streaming.live.media.line_test import MAX_TEST_MS, TEST_MS, LineTest
from streaming.live.media.picture_size import picture_size
from streaming.live.media.publisher import Publisher
from streaming.live.model import ChannelId, Codec, LiveTrack, MediaKind
from tests.support.clocks import HandClock
from tests.unit.streaming.live.llhls.frames import KEY, NEXT, PPS, SPS, stap

MAX_KBPS = 8_000
GOOD = Measured(
    duration_ms=10_000,
    complete=True,
    seconds=[Second(video_kbps=2_400, audio_kbps=64, jitter_ms=4.0, round_trip_ms=30.0)] * 10,
    expected=3_000,
    frames=301,
    video_ms=10_000,
    key_frames_ms=[0.0, 2_000.0, 4_100.0, 6_000.0, 8_000.0],
    width_px=1280,
    height_px=720,
    video_codec="H264",
    audio_codec="opus",
    path=NetworkPath.DIRECT,
)


def found(**changes: Any) -> LineReport:
    return assess(replace(GOOD, **changes), max_kbps=MAX_KBPS)


def test_a_good_line() -> None:
    assert found() == LineReport(
        verdict=Verdict.GOOD,
        findings=(),
        quality=Quality(720, 30, 2_500),
        duration_ms=10_000,
        complete=True,
        video_kbps=2_400,
        audio_kbps=64,
        lowest_video_kbps=2_400,
        lost=0.0,
        unrepaired=0.0,
        jitter_ms=4,
        round_trip_ms=30,
        key_frame_interval_ms=2_100,
        frames_per_s=30,
        width_px=1280,
        height_px=720,
        video_codec="H264",
        audio_codec="opus",
        path=NetworkPath.DIRECT,
    )


def seconds(**changes: Any) -> list[Second]:
    return [replace(GOOD.seconds[0], **changes)] * 10


@pytest.mark.parametrize(
    ("changes", "findings", "verdict"),
    [
        pytest.param({"repaired": 90}, [Finding.LOSS], Verdict.FAIR, id="loss"),
        pytest.param({"repaired": 90, "lost": 90}, [Finding.LOSS], Verdict.POOR, id="much-loss"),
        pytest.param({"seconds": seconds(jitter_ms=80.0)}, [Finding.JITTER], Verdict.FAIR, id="jitter"),
        pytest.param({"seconds": seconds(round_trip_ms=420.0)}, [Finding.ROUND_TRIP], Verdict.FAIR, id="far"),
        pytest.param({"seconds": seconds(round_trip_ms=None)}, [], Verdict.GOOD, id="nobody-knows-how-far"),
        pytest.param({"path": NetworkPath.RELAY}, [Finding.RELAYED], Verdict.GOOD, id="relay"),
        pytest.param({"frames": 101}, [Finding.FEW_FRAMES], Verdict.FAIR, id="few-pictures"),
        pytest.param({"key_frames_ms": [0.0, 9_000.0]}, [Finding.RARE_KEY_FRAMES], Verdict.FAIR, id="rare-key-frames"),
        pytest.param({"key_frames_ms": [0.0]}, [Finding.RARE_KEY_FRAMES], Verdict.FAIR, id="one-key-frame"),
        pytest.param({"video_codec": "VP8"}, [Finding.CODEC], Verdict.GOOD, id="vp8"),
        pytest.param({"audio_codec": None}, [Finding.NO_SOUND], Verdict.FAIR, id="no-sound"),
        pytest.param({"complete": False}, [Finding.SHORT], Verdict.FAIR, id="ended-early"),
        pytest.param({"seconds": seconds(video_kbps=9_000)}, [Finding.OVER_LIMIT], Verdict.POOR, id="too-much"),
        pytest.param(
            {"complete": False, "over_limit": True}, [Finding.OVER_LIMIT], Verdict.POOR, id="ended-for-too-much"
        ),
        pytest.param(
            {"frames": 0, "video_ms": 0, "key_frames_ms": (), "video_codec": None},
            [Finding.NO_PICTURE],
            Verdict.POOR,
            id="sound-alone",
        ),
    ],
)
def test_what_is_wrong(changes: dict[str, Any], findings: list[Finding], verdict: Verdict) -> None:
    report = found(**changes)
    assert (list(report.findings), report.verdict) == (findings, verdict)


def test_nothing_came() -> None:
    report = assess(Measured(duration_ms=0, complete=False), max_kbps=MAX_KBPS)
    assert (report.findings, report.verdict, report.quality) == ((Finding.NO_MEDIA,), Verdict.POOR, None)
    assert (report.jitter_ms, report.round_trip_ms, report.key_frame_interval_ms, report.frames_per_s) == (
        None,
        None,
        None,
        0,
    )


@pytest.mark.parametrize(
    ("changes", "quality"),
    [
        pytest.param({"repaired": 90}, Quality(480, 30, 1_200), id="a-step-down"),
        pytest.param({"repaired": 300}, Quality(360, 30, 800), id="two-steps-down"),
        pytest.param({"seconds": seconds(video_kbps=4_800)}, Quality(1080, 30, 4_500), id="a-step-up"),
        pytest.param({"seconds": seconds(video_kbps=90)}, Quality(720, 30, 2_500), id="a-picture-that-stands-still"),
        pytest.param({"width_px": 720, "height_px": 1280}, Quality(720, 30, 2_500), id="upright"),
        pytest.param({"width_px": 160, "height_px": 120, "seconds": seconds(video_kbps=60)}, QUALITIES[0], id="small"),
        pytest.param({"width_px": 160, "height_px": 120, "repaired": 300}, QUALITIES[0], id="nothing-smaller"),
        pytest.param({"frames": 601}, Quality(720, 60, 3_750), id="sixty"),
        pytest.param({"width_px": None, "height_px": None}, None, id="unknown"),
    ],
)
def test_what_to_choose(changes: dict[str, Any], quality: Quality | None) -> None:
    assert found(**changes).quality == quality


def test_no_more_than_the_server_takes() -> None:
    large = replace(GOOD, width_px=2560, height_px=1440, frames=601)
    assert assess(large, max_kbps=3_000).quality == Quality(720, 30, 2_500)
    assert assess(large, max_kbps=100).quality == QUALITIES[0]


@given(
    st.lists(st.builds(Second, video_kbps=st.integers(0, 10**6), audio_kbps=st.integers(0, 10**4), jitter_ms=st.floats(0, 1e6), round_trip_ms=st.none())),
    st.integers(0, 10**5),
    st.integers(0, 10**5),
    st.lists(st.floats(0, 1e6)).map(sorted),
    st.none() | st.integers(1, 8192),
)  # fmt: skip
def test_anything_is_reported(
    each: list[Second], expected: int, frames: int, keys: list[float], side: int | None
) -> None:
    measured = Measured(
        duration_ms=1,
        complete=True,
        seconds=each,
        expected=expected,
        lost=expected,
        frames=frames,
        video_ms=frames,
        key_frames_ms=keys,
        width_px=side,
        height_px=side,
    )
    report = assess(measured, max_kbps=MAX_KBPS)
    assert report.quality is None or report.quality in QUALITIES or report.quality.frames_per_s == 60


class TestArrivals:
    """Loss, before and after what was lost is sent again."""

    def test_a_swap_is_no_loss(self) -> None:
        arrivals = Arrivals()
        for sequence, now_ms in ((65_534, 0), (0, 1), (65_535, 3), (1, 4)):
            arrivals.received(sequence, now_ms)
        assert (arrivals.expected, arrivals.lost, arrivals.repaired) == (4, 0, 0)

    def test_sent_again_and_never_there(self) -> None:
        arrivals = Arrivals()
        for sequence, now_ms in ((65_530, 0), (4, 1), (65_531, 80), (65_531, 90), (2, 90)):
            arrivals.received(sequence, now_ms)
        assert (arrivals.expected, arrivals.lost, arrivals.repaired) == (11, 7, 2)

    def test_what_it_keeps_is_bounded(self) -> None:
        arrivals = Arrivals()
        for sequence in range(0, 400_000, 20_000):
            arrivals.received(sequence & 0xFFFF, 0)
        assert len(arrivals._missing) <= MAX_MISSING
        assert arrivals.lost == arrivals.expected - 20

    @given(st.lists(st.integers(0, 65_535), max_size=60))
    def test_never_more_lost_than_sent(self, sequences: list[int]) -> None:
        arrivals = Arrivals()
        for index, sequence in enumerate(sequences):
            arrivals.received(sequence, float(index))
        assert 0 <= arrivals.lost + arrivals.repaired <= max(arrivals.expected, 0)


@pytest.mark.parametrize(
    ("codec", "payload", "size"),
    [
        pytest.param(Codec.H264, SPS, (1280, 720), id="alone"),
        pytest.param(Codec.H264, stap(b"\x09\xf0", SPS, PPS), (1280, 720), id="together"),
        pytest.param(Codec.H264, KEY, None, id="a-picture"),
        pytest.param(Codec.VP8, b"\x10\x50\x0d\x01\x9d\x01\x2a\x80\x02\xe0\x01", (640, 480), id="vp8"),
        pytest.param(Codec.VP8, b"\x10\x50\x0d\x01\x9d\x01\x2a\x80", None, id="vp8-cut-off"),
        pytest.param(Codec.OPUS, b"\x00", None, id="sound"),
    ],
)
def test_how_large_the_picture_is(codec: Codec, payload: bytes, size: tuple[int, int] | None) -> None:
    assert picture_size(codec, payload) == size


@given(st.sampled_from(Codec), st.binary(max_size=60))
def test_no_packet_breaks_it(codec: Codec, payload: bytes) -> None:
    picture_size(codec, payload)
    picture_size(codec, b"\x78\x00\x20\x67" + payload)


class Wire:
    """A path to a publisher that is always there."""

    def __init__(self) -> None:
        self.ready, self.failed = True, False
        self.remote_address: tuple[str, int] | None = ("192.0.2.7", 5)
        self.sent: list[bytes] = []

    def send_rtp(self, data: bytes) -> bool:
        return False

    def send_rtcp(self, data: bytes) -> bool:
        self.sent.append(data)
        return True

    async def close(self) -> None:
        self.failed = True


VIDEO = LiveTrack(kind=MediaKind.VIDEO, codec=Codec.H264, clock_rate=90_000, payload_type=102)
AUDIO = LiveTrack(kind=MediaKind.AUDIO, codec=Codec.OPUS, clock_rate=48_000, payload_type=111, channels=2)


class Bench:
    """A publisher and its test, with a clock that is moved by hand."""

    def __init__(self, clock: HandClock, *, max_kbps: int = MAX_KBPS) -> None:
        self.clock, self.wire = clock, Wire()
        self.over: list[LineReport] = []
        self.test = LineTest(ChannelId("c"), "owner", clock, lambda _test, _who, report: self.over.append(report))
        self.publisher = Publisher(self.test, clock, max_kbps=max_kbps, key=None, user_session=None)
        self.publisher.connected_by(self.wire, [VIDEO, AUDIO])
        self.test.publish(self.publisher)
        self.sequence = 0

    def wait(self, ms: int) -> None:
        for _ in range(ms // 20):
            self.clock.ms += 20
            self.test.step()

    def second(self, index: int, *, packet_bytes: int = 1_000, echoes_ms: float | None = 40.0) -> None:
        """25 pictures, and a key frame in every other second."""
        for picture in range(25):
            key = picture == 0 and index % 2 == 0
            for piece in (stap(SPS, PPS), KEY) if key else (NEXT + bytes(packet_bytes),):
                self.sequence += 1
                stamp = (index * 25 + picture) * 3_600
                self.publisher.on_rtp(build_rtp(102, piece != stap(SPS, PPS), self.sequence, stamp, 7, piece))
            self.publisher.on_rtp(build_rtp(111, False, index * 25 + picture, picture * 1_920, 8, bytes(100)))
            self.wait(40)
        if echoes_ms is not None:
            asked = [one for one in self.wire.sent if one[1] == 207]
            if asked:
                middle = int.from_bytes(asked[-1][14:18], "big")
                own = int.from_bytes(asked[-1][4:8], "big")
                passed = (int(self.clock.monotonic_ms() * 65.536) - middle) & 0xFFFFFFFF
                body = struct.pack("!LBBHLLL", 7, 5, 0, 3, own, middle, max(passed - int(echoes_ms * 65.536), 0))
                self.publisher.on_rtcp(struct.pack("!BBH", 0x80, 207, len(body) // 4) + body)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(1_780_000_000_000.0)


@pytest.fixture
def bench(clock: HandClock) -> Bench:
    return Bench(clock)


def test_ten_seconds_are_measured(bench: Bench) -> None:
    bench.wait(1_000)
    assert bench.over == [], "it waits for the first packet"
    for index in range(12):
        bench.second(index)
    [report] = bench.over
    assert report.complete
    assert report.duration_ms == pytest.approx(TEST_MS, abs=100)
    assert (report.width_px, report.height_px, report.frames_per_s) == (1280, 720, 25)
    assert report.video_kbps == pytest.approx(25 * 1_030 * 8 / 1000, rel=0.1)
    assert report.key_frame_interval_ms == pytest.approx(2_000, abs=50)
    assert report.round_trip_ms == pytest.approx(40, abs=2)
    assert (report.lost, report.path, report.video_codec, report.audio_codec) == (0.0, "direct", "H264", "opus")
    assert bench.test.publisher is None
    asked = [one for one in bench.wire.sent if parse_feedback(one).key_frame_wanted]
    assert 4 <= len(asked) <= 8, "every two seconds, as a broadcast does"


def test_nobody_came(bench: Bench) -> None:
    bench.wait(int(MAX_TEST_MS) + 100)
    [report] = bench.over
    assert report.findings == (Finding.NO_MEDIA,)


def test_who_sends_too_much_is_stopped(clock: HandClock) -> None:
    bench = Bench(clock, max_kbps=100)
    for index in range(9):
        bench.second(index)
    [report] = bench.over
    assert Finding.OVER_LIMIT in report.findings
    assert not report.complete


def test_who_goes_away_is_told_what_was_found(bench: Bench) -> None:
    for index in range(3):
        bench.second(index)
    bench.test.unpublish(EndReason.LEFT)
    bench.test.unpublish(EndReason.LEFT)
    [report] = bench.over
    assert report.findings == (Finding.SHORT,)
    assert report.quality is not None


def test_a_line_that_breaks(bench: Bench) -> None:
    for index in range(3):
        bench.second(index)
    bench.wire.failed = True
    bench.wait(2_000)
    assert [one.complete for one in bench.over] == [False]


def test_over_a_relay(bench: Bench) -> None:
    bench.test.knows_relays(["192.0.2.7"])
    bench.second(0)
    bench.test.unpublish(EndReason.LEFT)
    assert bench.over[0].path is NetworkPath.RELAY


@given(st.binary(max_size=80), st.integers(0, 0x7F))
def test_hostile_packets(data: bytes, payload_type: int) -> None:
    clock = HandClock(1_780_000_000_000.0)
    bench = Bench(clock)
    for sequence, number in enumerate((payload_type, 102, 111)):
        bench.publisher.on_rtp(build_rtp(number, True, sequence * 30_000 & 0xFFFF, 0, sequence, data))
    bench.test.unpublish(EndReason.LEFT)
    assert len(bench.over) == 1
