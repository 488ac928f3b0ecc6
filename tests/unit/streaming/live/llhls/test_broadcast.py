"""A broadcast over whatever publishers do: picture and sound without a hole, on one timeline."""

import dataclasses
import itertools

import pytest

from kernel.rtc.rtp import RtpPacket
from streaming.live.llhls import model
from streaming.live.llhls.broadcast import AAC, OPUS, VIDEO, Broadcast
from streaming.live.llhls.depacketising.h264 import PictureConfig
from streaming.live.llhls.depacketising.sps import parse_sps
from streaming.live.llhls.fmp4.fragment import Sample
from streaming.live.llhls.playlist import media_playlist
from streaming.live.llhls.segment import Segment
from streaming.live.llhls.slate import Slate
from streaming.live.model import ClockReference, Codec, LiveTrack, MediaKind
from tests.unit.streaming.live.llhls.frames import KEY, NEXT, PPS, SPS, packet, stap

SMALL_SPS = bytes.fromhex("6742c01fda0280bfe584000003000400000300523c60ca80")
PICTURE = LiveTrack(kind=MediaKind.VIDEO, codec=Codec.H264, clock_rate=90_000, payload_type=96)
SOUND = LiveTrack(kind=MediaKind.AUDIO, codec=Codec.OPUS, clock_rate=48_000, payload_type=97, channels=2)
SLATE = Slate(PictureConfig(parse_sps(SMALL_SPS), (SMALL_SPS,), (PPS,)), tuple(b"slate" for _ in range(20)))
WALL_MS = 1_790_000_000_000.0
FRAME_MS, SOUND_MS = 40, 20


class Stage:
    """A broadcast with a publisher whose clock starts anywhere, and time that goes on in steps of 20 ms."""

    def __init__(self) -> None:
        self.now_ms = 1000.0
        self.keys_asked = 0
        self.heard: list[Sample] = []
        self.broadcast = Broadcast(
            wall_offset_ms=WALL_MS, request_key_frame=self._asked, on_part=lambda _: None, on_sound=self.heard.append
        )
        self.broadcast.slate = SLATE
        self._key_wanted = True
        self._numbers = {PICTURE.kind: itertools.count(65_530), SOUND.kind: itertools.count(3)}
        self._epoch = {PICTURE.kind: 2**32 - 9000, SOUND.kind: 77}
        self.sps = SPS

    def _asked(self) -> None:
        self.keys_asked += 1
        self._key_wanted = True

    def publish(self, *tracks: LiveTrack) -> None:
        self._numbers = {PICTURE.kind: itertools.count(5), SOUND.kind: itertools.count(65_000)}
        self._epoch = {PICTURE.kind: 123_456, SOUND.kind: 2**32 - 48_000}
        self._key_wanted = True
        self.broadcast.publish(tracks, self.now_ms)

    def run(self, ms: int, *tracks: LiveTrack, answers_keys: bool = True, lose: frozenset[int] = frozenset()) -> None:
        """Let ``tracks`` come for so long; ``lose`` names pictures by their order in this run."""
        begin = self.now_ms
        pictures = itertools.count()
        while self.now_ms < begin + ms:
            if SOUND in tracks:
                self._send(SOUND, b"\xf8" + bytes(40))
            if PICTURE in tracks and (self.now_ms - begin) % FRAME_MS == 0:
                is_key = self._key_wanted and answers_keys
                self._key_wanted = self._key_wanted and not is_key
                payload = stap(self.sps, PPS, KEY) if is_key else NEXT
                self._send(PICTURE, payload, lost=next(pictures) in lose)
            self.now_ms += SOUND_MS
            self.broadcast.tick(self.now_ms)

    def _send(self, track: LiveTrack, payload: bytes, *, lost: bool = False) -> None:
        timestamp = self._epoch[track.kind] + round(self.now_ms * track.clock_rate / 1000)
        sent = packet(next(self._numbers[track.kind]), payload, timestamp=timestamp)
        if not lost:
            self.broadcast.take(track, sent, self.now_ms)

    def end(self) -> None:
        self.broadcast.end()

    def segments(self, name: str) -> list[Segment]:
        return list(self.broadcast.renditions[name].segments)


def check(stage: Stage) -> None:
    """What holds whatever happened: no hole, the same cuts in all renditions, and what the playlist promises of durations."""
    picture, sound = stage.segments(VIDEO), stage.segments(OPUS)
    for segments, per_s in ((picture, 90_000), (sound, 48_000)):
        for one, two in itertools.pairwise(segments):
            assert two.start == one.start + one.duration, "a hole"
            assert two.msn == one.msn + 1
        for segment in segments:
            assert segment.part_count
            assert round(segment.duration / per_s) <= model.TARGET_DURATION_S
            for part in segment.parts[:-1]:
                assert 0.85 * model.PART_TARGET_MS <= part.duration * 1000 / per_s <= model.PART_TARGET_MS
    for one, two in zip(picture, sound, strict=False):
        assert (one.msn, one.discontinuity) == (two.msn, two.discontinuity)
        assert abs(one.start / 90 - two.start / 48) <= 400  # sound that is out already stays where it is


def test_a_key_frame_is_asked_for_every_segment_and_begins_it() -> None:
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    stage.run(9000, PICTURE, SOUND)
    stage.end()
    check(stage)
    picture = stage.segments(VIDEO)
    assert [each.duration / 90_000 for each in picture[:-1]] == pytest.approx([2.04] * 4, abs=0.05)
    assert all(each.parts[0].independent for each in picture)
    assert not any(each.discontinuity for each in picture)
    assert 4 <= stage.keys_asked <= 6


def test_a_publisher_that_sends_no_key_frame_is_cut_at_the_target_duration() -> None:
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    stage.run(40, PICTURE, SOUND)
    stage.run(12_000, PICTURE, SOUND, answers_keys=False)
    stage.end()
    check(stage)
    assert [each.parts[0].independent for each in stage.segments(VIDEO)] == [True, False, False, False]


def test_after_a_loss_no_picture_is_shown_until_the_next_key_frame_which_is_asked_for() -> None:
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    stage.run(1000, PICTURE, SOUND)
    asked = stage.keys_asked
    stage.run(3000, PICTURE, SOUND, lose=frozenset({3}))
    stage.end()
    assert stage.keys_asked > asked
    picture = stage.segments(VIDEO)
    assert not any(each.discontinuity for each in picture)
    for one, two in itertools.pairwise(picture):
        assert two.start == one.start + one.duration


def test_a_publisher_that_leaves_is_replaced_by_the_slate_and_silence_and_comes_back_without_a_hole() -> None:
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    stage.run(5000, PICTURE, SOUND)
    stage.broadcast.unpublish(stage.now_ms)
    stage.run(6000)
    assert stage.broadcast.shows_slate
    stage.publish(PICTURE, SOUND)
    stage.run(3000, PICTURE, SOUND)
    assert not stage.broadcast.shows_slate
    stage.end()
    check(stage)
    marks = [index for index, each in enumerate(stage.segments(VIDEO)) if each.discontinuity]
    assert len(marks) == 2
    begin = stage.segments(VIDEO)[0].start
    total_ms = sum(each.duration for each in stage.segments(VIDEO)) / 90 + begin / 90
    assert total_ms == pytest.approx(14_000, abs=100)
    sound_ms = sum(each.duration for each in stage.segments(OPUS)) / 48
    assert sound_ms == pytest.approx(14_000, abs=model.SILENCE_LAG_MS + 60)


def test_the_playlist_names_the_other_initialisation_section_after_the_discontinuity() -> None:
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    stage.run(2000, PICTURE, SOUND)
    stage.broadcast.unpublish(stage.now_ms)
    stage.run(2000)
    text = media_playlist(stage.broadcast.renditions[VIDEO], [], epoch_ms=stage.broadcast.epoch_wall_ms)
    first, second = (line for line in text.split("\n") if line.startswith("#EXT-X-MAP"))
    assert first != second
    assert f"#EXT-X-DISCONTINUITY\n{second}\n#EXT-X-PROGRAM-DATE-TIME" in text


def test_another_size_of_the_picture_is_a_discontinuity_with_its_own_section_in_all_renditions() -> None:
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    stage.run(3000, PICTURE, SOUND)
    stage.sps = SMALL_SPS
    stage._key_wanted = True
    stage.run(3000, PICTURE, SOUND)
    stage.end()
    check(stage)
    changed = [each for each in stage.segments(VIDEO) if each.discontinuity]
    assert len(changed) == 1
    section = stage.broadcast.renditions[VIDEO].init_section(changed[0].init_number)
    assert section is not None
    assert (section.width_px, section.height_px) == (640, 360)


def test_sound_alone_has_the_slate_for_a_picture() -> None:
    stage = Stage()
    stage.publish(SOUND)
    stage.run(5000, SOUND)
    stage.end()
    check(stage)
    assert stage.broadcast.shows_slate
    assert sum(each.duration for each in stage.segments(OPUS)) / 48 == pytest.approx(5000, abs=60)
    assert stage.keys_asked == 0


def test_a_picture_alone_has_silence() -> None:
    stage = Stage()
    stage.publish(PICTURE)
    stage.run(5000, PICTURE)
    stage.end()
    check(stage)
    assert {sample.data for sample in stage.heard} == {b"\xf8\xff\xfe"}
    assert sum(sample.duration for sample in stage.heard) / 48 == pytest.approx(5000 - model.SILENCE_LAG_MS, abs=60)


def test_a_picture_that_stops_for_long_gives_way_to_the_slate_and_returns_with_a_key_frame() -> None:
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    stage.run(2000, PICTURE, SOUND)
    stage.run(1500, SOUND)
    assert not stage.broadcast.shows_slate
    stage.run(2000, SOUND)
    assert stage.broadcast.shows_slate
    stage.run(2000, PICTURE, SOUND)
    assert not stage.broadcast.shows_slate


def test_a_publisher_whose_picture_never_comes_begins_with_the_slate() -> None:
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    stage.run(model.START_WAIT_MS - 100, SOUND)
    assert not stage.broadcast.started
    stage.run(1000, SOUND)
    assert stage.broadcast.shows_slate
    assert stage.heard


def test_discontinuous_transmission_is_filled_with_silence() -> None:
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    for _ in range(5):
        stage.run(200, PICTURE, SOUND)
        stage.run(400, PICTURE)
    stage.end()
    check(stage)
    assert sum(sample.duration for sample in stage.heard) / 48 == pytest.approx(3000, abs=model.SILENCE_LAG_MS + 60)


def test_sound_and_picture_lie_where_the_clock_of_the_publisher_puts_them() -> None:
    """The sound is 100 ms older than its arrival says, as behind a slow encoder."""
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    at = stage._epoch[SOUND.kind] + round(stage.now_ms * 48)
    stage.broadcast.refer(SOUND, ClockReference(rtp_timestamp=at & 0xFFFFFFFF, wall_ms=WALL_MS + stage.now_ms + 100))
    at = stage._epoch[PICTURE.kind] + round(stage.now_ms * 90)
    stage.broadcast.refer(PICTURE, ClockReference(rtp_timestamp=at & 0xFFFFFFFF, wall_ms=WALL_MS + stage.now_ms))
    stage.run(1000, PICTURE, SOUND)
    assert stage.broadcast.epoch_wall_ms == pytest.approx(WALL_MS + 1000)
    first = next(sample for sample in stage.heard if sample.data != b"\xf8\xff\xfe")
    assert first.start / 48 == pytest.approx(100, abs=21)


def test_garbage_and_codecs_that_are_not_packaged_change_nothing() -> None:
    stage = Stage()
    vp8 = dataclasses.replace(PICTURE, codec=Codec.VP8)
    stage.publish(vp8, SOUND)
    stage.broadcast.take(vp8, packet(1, b"\x10\x02\x00"), stage.now_ms)
    for payload in (b"", b"\xff" * 30, b"\x03\x00"):
        stage.broadcast.take(SOUND, RtpPacket(97, False, 9, 0, 1, None, payload), stage.now_ms)
    stage.run(3000, SOUND)
    stage.end()
    check(stage)


def test_all_renditions_end() -> None:
    stage = Stage()
    stage.publish(PICTURE, SOUND)
    stage.run(1000, PICTURE, SOUND)
    stage.end()
    assert all(stage.broadcast.renditions[name].ended for name in (VIDEO, OPUS, AAC))
