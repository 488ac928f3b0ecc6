"""How far back viewers may seek: what is listed, what lies where, and what is gone."""

import pytest

from streaming.live.llhls import model
from streaming.live.llhls.fmp4.fragment import Sample
from streaming.live.llhls.fmp4.init_section import AUDIO_TIMESCALE, opus_init
from streaming.live.llhls.playlist import media_playlist
from streaming.live.llhls.rendition import Cut, Rendition
from streaming.live.llhls.segment import Segment
from streaming.live.llhls.window import DvrWindow, SegmentArchive

FRAME = AUDIO_TIMESCALE // 10
SEGMENT_S = 2


class Shelf(SegmentArchive):
    """Keeps at once, but for what it is told to fail with."""

    def __init__(self, window: DvrWindow) -> None:
        self.window = window
        self.kept: dict[tuple[str, int], bytes] = {}
        self.fails: tuple[str, ...] = ()
        """For these renditions."""
        self.lost = 0
        """The last that was."""

    def keep(self, rendition: str, segment: Segment) -> None:
        assert segment.body is not None
        if rendition in self.fails:
            self.lost = segment.msn
        else:
            self.kept[rendition, segment.msn] = segment.body
            self.window.kept_bytes += len(segment.body)
            segment.is_kept = True

    def drop(self, rendition: str, segment: Segment) -> None:
        self.window.kept_bytes -= len(self.kept.pop((rendition, segment.msn), b""))


class Stage:
    """Renditions of one broadcast that go on side by side, a segment at a time."""

    def __init__(self, *, window_s: float = 600, max_bytes: int = 10**9, names: tuple[str, ...] = ("opus",)) -> None:
        self.window = DvrWindow(window_s, max_bytes)
        self.shelf = Shelf(self.window)
        self.renditions = [
            Rendition(name, AUDIO_TIMESCALE, first_msn=100, window=self.window, archive=self.shelf) for name in names
        ]
        self.at = 0

    def play(self, seconds: int, *, size: int = 5, discontinuity: bool = False) -> "Stage":
        for _ in range(seconds // SEGMENT_S):
            for rendition in self.renditions:
                rendition.cut(Cut(self.at, discontinuity=discontinuity, init=opus_init()))
                for index in range(SEGMENT_S * 10):
                    rendition.add(Sample(self.at + index * FRAME, FRAME, bytes(size)))
            self.at += SEGMENT_S * AUDIO_TIMESCALE
            discontinuity = False
        return self

    def listed_s(self, index: int = 0) -> float:
        return sum(each.duration for each in self.renditions[index].segments) / AUDIO_TIMESCALE

    def text(self, *, delta: bool = False) -> str:
        return media_playlist(self.renditions[0], [], epoch_ms=1.79e12, delta=delta)


def test_what_is_older_than_memory_is_listed_and_lies_in_the_archive() -> None:
    stage = Stage().play(300)
    [rendition] = stage.renditions
    assert stage.listed_s() == pytest.approx(300, abs=2.1)
    bodies = [each.body is not None for each in rendition.segments if each.is_complete]
    assert bodies == sorted(bodies), "the old ones are on the disk, the new ones in memory"
    assert sum(bodies) * SEGMENT_S <= model.WINDOW_S
    assert {each.msn for each in rendition.segments if each.body is None and each.is_complete} <= {
        msn for _, msn in stage.shelf.kept
    }


def test_the_window_has_an_end_and_what_left_it_can_be_had_for_as_long_again() -> None:
    stage = Stage(window_s=120).play(600)
    [rendition] = stage.renditions
    assert stage.listed_s() == pytest.approx(120, abs=4)
    first = rendition.segments[0].msn
    assert rendition.segment(first - 55) is not None
    assert ("opus", first - 55) in stage.shelf.kept
    assert rendition.segment(first - 65) is None
    assert len(stage.shelf.kept) * SEGMENT_S == pytest.approx(240, abs=6), "nothing is left behind"


def test_a_delta_update_of_a_long_playlist_is_as_short_as_one_of_a_short_one() -> None:
    short, long = Stage(window_s=40).play(600), Stage(window_s=600).play(600)
    full, delta = long.text(), long.text(delta=True)
    skipped = int(delta.split("SKIPPED-SEGMENTS=")[1].split("\n")[0])
    assert skipped == full.count("#EXTINF") - delta.count("#EXTINF") > 250
    assert delta.count("\n") == short.text(delta=True).count("\n")
    assert full.endswith(delta.split("#EXT-X-PROGRAM-DATE-TIME", 1)[1])
    assert full.split("#EXT-X-MAP")[0] == delta.split("#EXT-X-SKIP")[0]


def test_discontinuities_stay_in_the_window_and_are_counted_when_they_leave() -> None:
    stage = Stage(window_s=100).play(20).play(60, discontinuity=True)
    assert stage.text().count("#EXT-X-DISCONTINUITY\n") == 1
    stage.play(200)
    assert "#EXT-X-DISCONTINUITY\n" not in stage.text()
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1\n" in stage.text()


def test_a_disk_too_small_makes_the_window_shorter_and_is_never_exceeded_for_long() -> None:
    stage = Stage(window_s=600)
    stage.play(40, size=500)
    rate = stage.shelf.window.kept_bytes / 40
    stage.window.max_bytes = round(rate * 200)
    worst = 0
    for _ in range(300):
        stage.play(SEGMENT_S, size=500)
        worst = max(worst, stage.window.kept_bytes)
    assert worst < 1.1 * stage.window.max_bytes
    assert stage.listed_s() == pytest.approx(100, abs=15), "the other half has left the playlist"


def test_the_window_is_never_shorter_than_what_players_need() -> None:
    stage = Stage(window_s=600, max_bytes=1).play(300)
    assert stage.listed_s() == pytest.approx(model.WINDOW_S, abs=3)


@pytest.mark.parametrize("fails", [("video", "opus"), ("video",), ("opus",)], ids=" and ".join)
def test_playlists_have_no_hole_where_segments_could_not_be_kept_and_begin_together(fails: tuple[str, ...]) -> None:
    stage = Stage(names=("video", "opus")).play(100)
    stage.shelf.fails = fails
    stage.play(20)
    stage.shelf.fails = ()
    stage.play(100)
    for rendition in stage.renditions:
        numbers = [each.msn for each in rendition.segments]
        assert numbers == list(range(stage.shelf.lost + 1, numbers[-1] + 1))
        for each in rendition.segments:
            assert each.body is not None or (rendition.name, each.msn) in stage.shelf.kept or not each.is_complete


def test_the_bandwidth_is_that_of_the_largest_segment_listed() -> None:
    stage = Stage(window_s=100).play(20).play(2, size=5000).play(60)
    [rendition] = stage.renditions
    largest = rendition.bandwidth_bps
    assert largest > 5000 * 8 * 10
    stage.play(100)
    assert rendition.bandwidth_bps < largest / 10


def test_at_its_end_memory_is_let_go_of_and_everything_can_still_be_had() -> None:
    stage = Stage().play(300)
    [rendition] = stage.renditions
    rendition.end()
    rendition.release()
    assert not any(each.body for each in rendition.segments)
    assert {each.msn for each in rendition.segments} == {msn for _, msn in stage.shelf.kept}
