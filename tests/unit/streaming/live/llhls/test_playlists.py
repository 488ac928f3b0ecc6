"""Parts, segments and playlists of one rendition (rfc8216bis §3, §4, §6.2)."""

import pytest

from streaming.live.llhls import model
from streaming.live.llhls.fmp4.fragment import Sample
from streaming.live.llhls.fmp4.init_section import AUDIO_TIMESCALE, opus_init
from streaming.live.llhls.model import ReloadNotPossible
from streaming.live.llhls.playlist import media_playlist, multivariant_playlist, next_part
from streaming.live.llhls.reload import Reload, is_there, parse
from streaming.live.llhls.rendition import Cut, Rendition

EPOCH_MS = 1_790_000_000_000.0
FRAME = 960
"""20 ms: 17 in a part of 0.34 s, 100 in a segment."""


class Sound:
    """A rendition of equal frames, cut every two seconds."""

    def __init__(self, name: str = "opus", first_msn: int = 7) -> None:
        self.changes: list[tuple[int, int]] = []
        self.rendition = Rendition(
            name, AUDIO_TIMESCALE, first_msn=first_msn, on_part=lambda each: self.changes.append(each.edge())
        )
        self.rendition.cut(Cut(0, init=opus_init()))
        self.at = 0

    def play(self, frames: int, *, cut_every: int = 100, data: bytes = b"sound") -> "Sound":
        for _ in range(frames):
            if self.at and self.at % cut_every == 0:
                self.rendition.cut(Cut(self.at * FRAME))
            self.rendition.add(Sample(self.at * FRAME, FRAME, data))
            self.at += 1
        return self

    def text(self, *, delta: bool = False) -> str:
        return media_playlist(self.rendition, [], epoch_ms=EPOCH_MS, delta=delta)


def test_the_whole_playlist_of_a_segment_and_a_half() -> None:
    sound, other = Sound().play(140), Sound("aac").play(20)
    text = media_playlist(sound.rendition, [other.rendition], epoch_ms=EPOCH_MS)
    assert (
        text
        == """\
#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:4
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.05,CAN-SKIP-UNTIL=24
#EXT-X-PART-INF:PART-TARGET=0.35
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="opus/init7.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:20.000Z
#EXT-X-PART:DURATION=0.34000,URI="opus/7.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.34000,URI="opus/7.1.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.34000,URI="opus/7.2.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.34000,URI="opus/7.3.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.34000,URI="opus/7.4.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.30000,URI="opus/7.5.m4s",INDEPENDENT=YES
#EXTINF:2.00000,
opus/7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:22.000Z
#EXT-X-PART:DURATION=0.34000,URI="opus/8.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.34000,URI="opus/8.1.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="opus/8.2.m4s"
#EXT-X-RENDITION-REPORT:URI="aac.m3u8",LAST-MSN=7,LAST-PART=0
"""
    )


def test_a_segment_is_its_parts_one_after_another() -> None:
    sound = Sound().play(101)
    segment = sound.rendition.segment(7)
    assert segment is not None
    assert segment.body == b"".join(part.data for part in segment.parts)
    assert segment.is_complete


def test_each_change_is_told_once_and_the_end_of_a_segment_comes_with_its_last_part() -> None:
    sound = Sound().play(101)
    assert sound.changes == [(7, 0), (7, 1), (7, 2), (7, 3), (7, 4), (7, 5)]
    assert "opus/7.m4s" in sound.text()


def test_the_last_segments_list_their_parts_and_segments_go_after_the_window() -> None:
    sound = Sound().play(100 * 40)
    listed = sound.rendition.segments
    text = sound.text()
    assert sum(each.duration for each in listed) <= (model.WINDOW_S + 2) * AUDIO_TIMESCALE
    first_with_parts = int(text.split("#EXT-X-PART:")[1].split('URI="opus/')[1].split(".")[0])
    assert first_with_parts == listed[-1].msn - model.PARTS_LISTED_SEGMENTS + 1
    assert sound.rendition.part(first_with_parts - 2, 0) is not None  # still there for who asks late
    assert sound.rendition.part(first_with_parts - 8, 0) is None
    assert f"#EXT-X-MEDIA-SEQUENCE:{listed[0].msn}\n" in text


def test_what_left_the_playlist_can_be_had_for_as_long_again_and_then_memory_is_free() -> None:
    sound = Sound().play(100 * 100)
    first = sound.rendition.segments[0].msn
    assert sound.rendition.segment(first - 10) is not None
    assert sound.rendition.segment(7) is None
    assert len(sound.rendition._by_number) <= model.KEPT_S // 2 + 2
    assert sound.rendition.init_section(7) is not None  # still in use


def test_memory_has_a_bound_whatever_the_bit_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streaming.live.llhls.rendition.MAX_MEMORY_BYTES", 2_000_000)
    sound = Sound().play(100 * 20, data=bytes(5000))
    kept = [each.body for each in sound.rendition._by_number.values() if each.body]
    assert sum(map(len, kept)) <= 2_000_000
    assert sound.rendition.segments


def test_a_discontinuity_is_marked_and_counted_when_it_leaves() -> None:
    sound = Sound().play(50)
    sound.rendition.cut(Cut(50 * FRAME, discontinuity=True))
    sound.play(20)
    assert "opus/7.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME" in sound.text()
    sound.play(100 * 30)
    assert "#EXT-X-DISCONTINUITY\n" not in sound.text()
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1\n" in sound.text()


def test_a_delta_update_leaves_out_what_is_older_than_can_skip_until() -> None:
    sound = Sound().play(100 * 30)
    full, delta = sound.text(), sound.text(delta=True)
    skipped = int(delta.split("SKIPPED-SEGMENTS=")[1].split("\n")[0])
    assert skipped == full.count("#EXTINF") - delta.count("#EXTINF") > 0
    assert delta.count("#EXTINF") * 2 >= model.SKIP_UNTIL_S
    # Everything of the list itself is the same, and what is left is the end of the full one.
    assert delta.split("#EXT-X-SKIP")[0] == full.split("#EXT-X-MAP")[0]
    assert full.endswith(delta.split("#EXT-X-PROGRAM-DATE-TIME", 1)[1])


def test_a_short_playlist_has_nothing_to_skip() -> None:
    sound = Sound().play(200)
    assert sound.text(delta=True) == sound.text()


def test_the_end_is_marked_and_hints_at_nothing() -> None:
    sound = Sound().play(150)
    sound.rendition.end()
    text = sound.text()
    assert text.endswith("#EXTINF:1.00000,\nopus/8.m4s\n#EXT-X-ENDLIST\n")
    assert "PRELOAD-HINT" not in text


def test_samples_that_came_before_a_late_cut_begin_the_next_segment() -> None:
    sound = Sound().play(105)
    sound.rendition.cut(Cut(103 * FRAME))  # a key frame of the picture, which takes longer
    sound.play(1)
    first = sound.rendition.segment(8)
    second = sound.rendition.segment(9)
    assert first is not None
    assert second is not None
    assert (first.duration, second.start) == (3 * FRAME, 103 * FRAME)


def test_the_multivariant_playlist_has_one_picture_with_each_sound() -> None:
    opus, aac, video = Sound("opus").play(40), Sound("aac").play(40), Sound("video").play(40)
    text = multivariant_playlist(video.rendition, [opus.rendition, aac.rendition])
    assert text.count("#EXT-X-STREAM-INF") == text.count("\nvideo.m3u8") == 2
    assert text.count("#EXT-X-MEDIA:TYPE=AUDIO") == 2


class TestReload:
    """§6.2.5.2, on segment 7 of six parts and two parts of segment 8."""

    @pytest.fixture
    def rendition(self) -> Rendition:
        return Sound().play(140).rendition

    def test_the_next_part_is_the_one_hinted_at(self, rendition: Rendition) -> None:
        assert next_part(rendition) == (8, 2)

    @pytest.mark.parametrize(
        ("msn", "part", "there"),
        [
            (None, None, True), (3, None, True), (7, None, True), (8, None, False), (9, None, False),
            (7, 5, True), (7, 6, True), (7, 99, True),  # past the end of 7: the first part of 8
            (8, 0, True), (8, 1, True), (8, 2, False), (8, 4, False), (9, 0, False), (9, 2, False),
        ],
    )  # fmt: skip
    def test_what_is_there_and_what_is_waited_for(
        self, rendition: Rendition, msn: int | None, part: int | None, there: bool
    ) -> None:
        assert is_there(rendition, Reload(msn, part)) is there

    @pytest.mark.parametrize(("msn", "part"), [(10, None), (10, 0), (8, 5), (9, 3), (99, None)])
    def test_too_far_ahead_is_refused(self, rendition: Rendition, msn: int, part: int | None) -> None:
        with pytest.raises(ReloadNotPossible):
            is_there(rendition, Reload(msn, part))

    def test_a_part_past_the_end_waits_for_the_first_of_the_next_segment(self) -> None:
        sound = Sound().play(100)
        sound.rendition.cut(Cut(100 * FRAME))
        sound.play(1)
        assert sound.rendition.edge() == (7, 5)
        assert not is_there(sound.rendition, Reload(7, 6))
        sound.play(20)
        assert is_there(sound.rendition, Reload(7, 6))

    def test_after_the_end_everything_is_answered(self, rendition: Rendition) -> None:
        rendition.end()
        assert is_there(rendition, Reload(99, 3))

    @pytest.mark.parametrize(
        "query",
        [
            {"_HLS_part": "1"}, {"_HLS_msn": "-1"}, {"_HLS_msn": "x"}, {"_HLS_msn": ""}, {"_HLS_msn": "9" * 16},
            {"_HLS_msn": "1", "_HLS_part": "1.5"}, {"_HLS_msn": "²"}, {"_HLS_skip": "NO"},
        ],
        ids=str,
    )  # fmt: skip
    def test_what_is_no_directive_is_refused(self, query: dict[str, str]) -> None:
        with pytest.raises(ReloadNotPossible):
            parse(query)

    def test_directives_are_read_among_other_parameters(self) -> None:
        query = {"_HLS_msn": "8", "_HLS_part": "0", "_HLS_skip": "v2", "CMCD": "bl=100"}
        assert parse(query) == Reload(8, 0, delta=True)
