"""What operators said, on each clock, for every rendition, and against everybody else."""

from datetime import UTC, datetime

import pytest

from streaming.proxy.detect.corrections import Clock, Correction
from streaming.proxy.detect.detect import DetectionRules, detect
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.strip.strip import AdPolicy, StreamState, StripOptions, strip
from tests.support.media.live_channel import EPOCH_S, Channel, Viewer
from tests.unit.streaming.proxy.corpus import media


def _said(is_ad: bool, clock: Clock, start: float, end: float) -> Correction:
    return Correction("1", is_ad, clock, start, end, "somebody", datetime(2026, 1, 1, tzinfo=UTC))


BREAK = "#EXT-X-CUE-OUT:20\n10 a.ts\n10 b.ts\n#EXT-X-CUE-IN\n10 c.ts\n10 d.ts"


@pytest.mark.parametrize(
    ("corrections", "ads"),
    [
        ((), [0, 1]),
        ((_said(False, Clock.MEASURED, 0, 10),), [1]),
        ((_said(True, Clock.MEASURED, 30, 40),), [0, 1, 3]),
        # A segment belongs where its middle is.
        ((_said(True, Clock.MEASURED, 24, 36),), [0, 1, 2, 3]),
        # The last word wins.
        ((_said(False, Clock.MEASURED, 0, 40), _said(True, Clock.MEASURED, 20, 30)), [2]),
        # Another clock's stretch is none of this playlist's.
        ((_said(False, Clock.NUMBERED, 0, 99), _said(False, Clock.DATED, 0, 1e11)), [0, 1]),
    ],
)
def test_a_complete_playlist_is_measured(corrections: tuple[Correction, ...], ads: list[int]) -> None:
    rules = DetectionRules(corrections=corrections, ad_addresses=())
    assert detect(Playlist.parse(media(BREAK, vod=True)), rules).ads == ads


def test_a_correction_goes_before_rules() -> None:
    rules = DetectionRules(ad_addresses=("*c.ts",), corrections=(_said(False, Clock.MEASURED, 0, 40),))
    assert detect(Playlist.parse(media(BREAK, vod=True)), rules).ads == []
    rules = DetectionRules(programme_addresses=("*",), corrections=(_said(True, Clock.MEASURED, 0, 10),))
    assert detect(Playlist.parse(media(BREAK, vod=True)), rules).ads == [0]


def test_an_operator_may_take_more_than_a_guess_may() -> None:
    policy = StripOptions(AdPolicy.DELETE, DetectionRules(corrections=(_said(True, Clock.MEASURED, 0, 30),)))
    stripped = strip(Playlist.parse(media("10 a.ts\n10 b.ts\n10 c.ts\n10 d.ts", vod=True)), policy)
    assert not stripped.refusal
    assert [s.uri for s in stripped.playlist.segments] == ["d.ts"]


@pytest.mark.parametrize("dates", [True, False], ids=["dated", "numbered"])
def test_a_live_stream_is_told_by_dates_or_else_by_numbers(dates: bool) -> None:
    """Said once, it holds as the window slides, and for a rendition that has no signals of its own."""
    channel = Channel("p" * 20, dates=dates, target=6)
    clock, start, end = (Clock.DATED, EPOCH_S + 60, EPOCH_S + 72) if dates else (Clock.NUMBERED, 1010.0, 1012.0)
    policy = StripOptions(AdPolicy.REPLACE, DetectionRules(corrections=(_said(True, clock, start, end),)))
    shared, viewers = StreamState(), {"v": Viewer(), "audio": Viewer()}
    for edge in range(5, 20):
        for name, viewer in viewers.items():
            result = strip(Playlist.parse(channel.playlist(edge, name)), policy, shared)
            shared = result.shared
            viewer.reads(result.playlist)
    for viewer in viewers.values():
        assert [number for number, name in sorted(viewer.numbers.items()) if name == "stand-in"] == [1010, 1011]
