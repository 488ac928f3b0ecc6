"""Renditions whose segments have other borders and other numbers: cut by the time they share, and by nothing else."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from streaming.proxy.detect.detect import DetectionRules
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.tag_values import format_date
from streaming.proxy.strip.state_codec import dump, load
from streaming.proxy.strip.strip import AdPolicy, RenditionState, StreamState, StripOptions, strip
from tests.support.media.live_channel import DELETE, EPOCH_S, GAP, SLATE, Viewer

_TARGET_S = 6
#: Without guesses, which the names of these files invite.
PLAIN = StripOptions(AdPolicy.REPLACE, DetectionRules(heuristics=False))


@dataclass(frozen=True)
class Track:
    """Segments of one length, counted from a number of its own."""

    name: str
    segment_s: float
    first_msn: int
    cues: bool = False
    seams: bool = False

    def playlist(self, breaks: list[tuple[float, float]], edge_s: float, window_s: float, *, dates: bool) -> bytes:
        """What is finished ``edge_s`` into the stream.  A segment is called after what its middle is."""
        last = int(edge_s / self.segment_s)
        first = max(0, last - max(4, int(window_s / self.segment_s)))
        lines = ["#EXTM3U", f"#EXT-X-TARGETDURATION:{_TARGET_S}", f"#EXT-X-MEDIA-SEQUENCE:{self.first_msn + first}"]
        borders = {moment for span in breaks for moment in span} if self.seams else set()
        if self.seams:
            lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{sum(moment < first * self.segment_s for moment in borders)}")
        for index in range(first, last):
            start_s = index * self.segment_s
            lines += ["#EXT-X-DISCONTINUITY"] if start_s in borders else []
            if self.cues:
                lines += [f"#EXT-X-CUE-OUT:{end - begin}" for begin, end in breaks if begin == start_s]
                lines += ["#EXT-X-CUE-IN" for _, end in breaks if end == start_s]
            if dates:
                lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{format_date(EPOCH_S + start_s)}")
            kind = "a" if any(begin <= start_s + self.segment_s / 2 < end for begin, end in breaks) else "p"
            lines += [f"#EXTINF:{self.segment_s},", f"{self.name}/{kind}{index}.ts"]
        return ("\n".join(lines) + "\n").encode()


_VIDEO = Track("v", 6.0, 1000, cues=True)
_breaks = st.lists(st.tuples(st.integers(3, 9), st.integers(2, 6)), min_size=1, max_size=3)


def _spans(parts: list[tuple[int, int]]) -> list[tuple[float, float]]:
    spans, now = [], 0
    for programme, ads in parts:
        spans.append((6.0 * (now + programme), 6.0 * (now + programme + ads)))
        now += programme + ads
    return spans


@pytest.mark.parametrize("policy", [GAP, SLATE, DELETE], ids=["gap", "slate", "delete"])
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    parts=_breaks,
    segment_s=st.sampled_from([1.0, 2.0, 4.0, 5.0]),
    first_msn=st.sampled_from([0, 7, 1000, 1003, 90_000]),
)
def test_a_dated_rendition_of_other_borders_is_cut_at_the_same_moments(
    policy: StripOptions, parts: list[tuple[int, int]], segment_s: float, first_msn: int
) -> None:
    breaks = _spans(parts)
    sound = Track("audio", segment_s, first_msn)
    shared, states = StreamState(), {track.name: RenditionState(track.name) for track in (_VIDEO, sound)}
    viewers = {"v": Viewer(), "audio": Viewer()}
    for step in range(5, int(breaks[-1][1] / 6) + 12):
        for track in (_VIDEO, sound):
            raw = Playlist.parse(track.playlist(breaks, step * 6.0, 48, dates=True))
            result = strip(raw, policy, shared, states[track.name])
            assert not result.refusal
            shared, states[track.name] = result.shared, result.rendition
            if not result.stale:
                viewers[track.name].reads(result.playlist)
    for track in (_VIDEO, sound):
        shown = [viewers[track.name].numbers[n] for n in sorted(viewers[track.name].numbers)]
        programme = [name for name in shown if name != "stand-in"]
        # Every segment most of which is programme, each once, in order.
        indexes = [int(name[1:-3]) for name in programme]
        assert indexes == sorted(set(indexes))
        expected = [i for i in range(indexes[0], indexes[-1] + 1) if _is_programme(breaks, (i + 0.5) * track.segment_s)]
        assert indexes == expected


def _is_programme(breaks: list[tuple[float, float]], moment_s: float) -> bool:
    return not any(begin <= moment_s < end for begin, end in breaks)


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(parts=_breaks, segment_s=st.sampled_from([2.0, 3.0]), first_msn=st.sampled_from([0, 1003, 90_000]))
def test_without_dates_the_live_edges_are_one_moment(
    parts: list[tuple[int, int]], segment_s: float, first_msn: int
) -> None:
    """Durations are counted from there on, so what is cut stays within a segment of where it should be."""
    breaks = _spans(parts)
    sound = Track("audio", segment_s, first_msn)
    shared, states = StreamState(), {track.name: RenditionState(track.name) for track in (_VIDEO, sound)}
    actions: dict[int, bool] = {}
    for step in range(5, int(breaks[-1][1] / 6) + 12):
        for track in (_VIDEO, sound):
            raw = Playlist.parse(track.playlist(breaks, step * 6.0, 48, dates=False))
            result = strip(raw, GAP, shared, states[track.name])
            shared, states[track.name] = result.shared, result.rendition
            for segment in result.playlist.segments if track is sound else ():
                assert actions.setdefault(segment.msn, segment.gap) == segment.gap
    cut = {number - first_msn for number, is_gap in actions.items() if is_gap}
    assert cut
    for index in actions:
        moment_s = (index - first_msn + 0.5) * segment_s
        inside = any(begin + segment_s <= moment_s < end - segment_s for begin, end in breaks)
        outside = not any(begin - segment_s <= moment_s < end + segment_s for begin, end in breaks)
        assert not (inside and index - first_msn not in cut)
        assert not (outside and index - first_msn in cut)


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    parts=_breaks,
    segment_s=st.sampled_from([1.0, 2.0, 3.0]),
    first_msn=st.sampled_from([0, 1003, 90_000]),
    lag_s=st.sampled_from([0.0, 2.0, 5.0]),
)
def test_a_discontinuity_that_both_have_is_one_moment(
    parts: list[tuple[int, int]], segment_s: float, first_msn: int, lag_s: float
) -> None:
    """Sound comes later than the picture, and nothing says by how much but the numbers of the discontinuities."""
    breaks = _spans(parts)
    picture = Track("v", 6.0, 1000, cues=True, seams=True)
    sound = Track("audio", segment_s, first_msn, seams=True)
    shared, states = StreamState(), {track.name: RenditionState(track.name) for track in (picture, sound)}
    actions: dict[int, bool] = {}
    for step in range(5, int(breaks[-1][1] / 6) + 12):
        for track, edge_s in ((picture, step * 6.0), (sound, step * 6.0 - lag_s)):
            result = strip(
                Playlist.parse(track.playlist(breaks, edge_s, 48, dates=False)), PLAIN, shared, states[track.name]
            )
            shared, states[track.name] = result.shared, result.rendition
            assert load(dump(shared)) == shared
            for segment in result.playlist.segments if track is sound else ():
                assert actions.setdefault(segment.msn, segment.gap) == segment.gap
    # Of the first border nobody knows before it is there; from then on each is met to the segment.
    settled = {number: is_gap for number, is_gap in actions.items() if (number - first_msn) * segment_s >= breaks[0][1]}
    assert settled == {number: not _is_programme(breaks, (number - first_msn + 0.5) * segment_s) for number in settled}


def test_discontinuities_far_from_each_other_are_not_one() -> None:
    """Where a packager numbers each rendition's discontinuities by itself, durations go before them."""
    breaks = [(30.0, 42.0)]
    picture, sound = Track("v", 6.0, 1000, cues=True, seams=True), Track("audio", 3.0, 7, seams=True)
    misnumbered = Playlist.parse(sound.playlist([(6.0, 9.0), *breaks], 60.0, 60, dates=False))
    shared = strip(Playlist.parse(picture.playlist(breaks, 60.0, 60, dates=False)), PLAIN).shared
    result = strip(misnumbered, PLAIN, shared, RenditionState("audio"))
    assert [s.index * 3.0 for s in result.playlist.segments if s.gap] == [30.0, 33.0, 36.0, 39.0]


def test_numbers_alone_do_not_make_two_renditions_the_same() -> None:
    """The numbers overlap by chance, and the ad of one is the programme of the other."""
    breaks = [(30.0, 42.0)]
    sound = Track("audio", 6.0, 1003)
    shared = strip(Playlist.parse(_VIDEO.playlist(breaks, 60, 60, dates=True)), GAP).shared
    result = strip(Playlist.parse(sound.playlist(breaks, 60, 60, dates=True)), GAP, shared, RenditionState("audio"))
    assert [s.msn for s in result.playlist.segments if s.gap] == [1008, 1009]
    assert set(result.shared.own) == {"audio"}


def test_renditions_in_step_share_their_decisions() -> None:
    breaks = [(30.0, 42.0)]
    sound = Track("audio", 6.0, 1000)
    shared = strip(Playlist.parse(_VIDEO.playlist(breaks, 60, 60, dates=False)), DELETE).shared
    result = strip(Playlist.parse(sound.playlist(breaks, 60, 60, dates=False)), DELETE, shared, RenditionState("audio"))
    assert [s.uri for s in result.playlist.segments] == [f"audio/p{i}.ts" for i in (0, 1, 2, 3, 4, 7, 8, 9)]
    assert not result.shared.own


def test_a_guard_for_a_whole_playlist_of_ads_also_when_they_are_signed() -> None:
    body = b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-CUE-OUT\n#EXTINF:6,\na.ts\n#EXTINF:6,\nb.ts\n#EXT-X-ENDLIST\n"
    assert strip(Playlist.parse(body), StripOptions(AdPolicy.REPLACE)).refusal == "nothing would be left"


def test_addresses_we_know_may_not_take_the_larger_part_of_a_programme() -> None:
    body = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n" + "".join(
        f"#EXTINF:6,\nhttps://cdn.example.com/{'creative/x_ad/' if i % 2 else ''}{i}.ts\n" for i in range(10)
    )
    assert "30%" in strip(Playlist.parse(body + "#EXT-X-ENDLIST\n"), StripOptions(AdPolicy.REPLACE)).refusal
