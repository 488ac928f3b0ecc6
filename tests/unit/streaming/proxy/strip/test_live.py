"""Live playlists: generated channels, watched reload by reload through sliding windows, by several renditions in no fixed order.

What must hold whatever happens upstream: numbers never go back; a segment keeps its number, its place among the discontinuities and
its content; every rendition says the same; no ad is shown; what is kept can be deciphered.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from streaming.proxy.detect.detect import DetectionRules
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.strip.strip import AdPolicy, RenditionState, StreamState, StripOptions, StripResult, strip
from streaming.proxy.strip.validate import effective_keys
from streaming.proxy.strip.writer import Slate
from tests.support.media.live_channel import DELETE, GAP, LOW_LATENCY, SLATE, Channel, Proxy, Viewer

plans = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 14)), min_size=1, max_size=4).map(
    lambda parts: "".join("p" * programme + "a" * ads for programme, ads in parts) + "p" * 10
)
channels = st.builds(
    Channel,
    plans,
    discontinuities=st.booleans(),
    continuations=st.booleans(),
    ends=st.booleans(),
    dates=st.booleans(),
    encrypted=st.booleans(),
    window=st.integers(4, 12),
)


@pytest.mark.slow
@pytest.mark.parametrize("policy", [GAP, SLATE, DELETE], ids=["gap", "slate", "delete"])
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(channel=channels, data=st.data())
def test_promises_of_a_live_channel(policy: StripOptions, channel: Channel, data: st.DataObject) -> None:
    proxy = Proxy(policy)
    viewers = {name: Viewer() for name in ("v", "w", "audio")}
    edge = 3
    while edge < len(channel.plan):
        for name in data.draw(st.permutations(sorted(viewers))):
            lag = data.draw(st.integers(0, 1), label="lag")
            # Who stays away for a whole window, of a packager that says but once that there are ads, cannot know.
            if name == "v" or edge == 3 or data.draw(st.booleans(), label="polls"):
                raw = channel.playlist(max(3, edge - lag), name)
                result = proxy.serve(raw, name)
                if result.stale:
                    continue
                viewers[name].reads(result.playlist)
                _is_decipherable(Playlist.parse(raw), result)
        edge += data.draw(st.integers(1, 2), label="step")
    for first in viewers.values():
        for second in viewers.values():
            for number in first.numbers.keys() & second.numbers.keys():
                assert first.numbers[number] == second.numbers[number], "renditions disagree"


def _is_decipherable(upstream: Playlist, result: StripResult) -> None:
    before = {segment.uri: segment for segment in upstream.segments}
    for segment in result.playlist.segments:
        if segment.uri in before:
            assert effective_keys(segment) == effective_keys(before[segment.uri])


def test_a_window_of_nothing_but_ads_is_gaps_and_recovers() -> None:
    channel = Channel("p" * 6 + "a" * 20 + "p" * 10)
    proxy = Proxy(GAP)
    shown = [proxy.serve(channel.playlist(edge)) for edge in range(5, 36)]
    window_of_ads = shown[20].playlist
    assert all(segment.gap for segment in window_of_ads.segments)
    assert len(window_of_ads.segments) == 8
    assert [s.uri for s in shown[-1].playlist.segments] == [f"v/p{i}.ts" for i in range(28, 36)]
    recovered = channel.playlist(35).replace(
        b"#EXT-X-VERSION:6", b"#EXT-X-VERSION:8"
    )  # which gaps needed, and which stays
    assert proxy.serve(channel.playlist(35)).playlist.write() == recovered


def test_deleting_never_leaves_an_empty_window() -> None:
    channel = Channel("p" * 6 + "a" * 30 + "p" * 12)
    proxy = Proxy(DELETE)
    for edge in range(5, 48):
        output = proxy.serve(channel.playlist(edge)).playlist
        assert len(output.segments) >= 2


def test_joining_in_the_middle_of_a_break() -> None:
    channel = Channel("p" * 6 + "a" * 20 + "p" * 10, ends=False)
    output = Proxy(GAP).serve(channel.playlist(20)).playlist
    assert all(segment.gap for segment in output.segments)


def test_a_rendition_without_signals_follows_the_others() -> None:
    channel = Channel("p" * 6 + "a" * 3 + "p" * 8, dates=True)
    proxy = Proxy(GAP)
    proxy.serve(channel.playlist(10))
    bare = b"\n".join(line for line in channel.playlist(10, "audio").split(b"\n") if b"CUE" not in line)
    assert [s.gap for s in proxy.serve(bare, "audio").playlist.segments] == [s in (6, 7, 8) for s in range(3, 11)]


def test_a_rendition_for_which_no_slate_can_be_made_has_gaps_in_their_place() -> None:
    """What was decided for the picture holds for the sound: the same discontinuities, and no address where nothing is."""
    channel, picture, sound = Channel("ppppaaapppppp"), Viewer(), Viewer()
    shared, states = StreamState(), {"v": RenditionState("v"), "audio": RenditionState("audio")}
    for edge in range(4, 13):
        for name, policy, viewer in (("v", SLATE, picture), ("audio", GAP, sound)):
            result = strip(Playlist.parse(channel.playlist(edge, name)), policy, shared, states[name])
            assert not result.refusal
            shared, states[name] = result.shared, result.rendition
            viewer.reads(result.playlist)
            assert all(segment.gap == (segment.uri == "gap") for segment in result.playlist.segments)
    assert sound.numbers == picture.numbers
    assert sound.places == picture.places


def test_an_upstream_node_that_lags_is_not_believed() -> None:
    channel = Channel("p" * 30)
    proxy = Proxy(GAP)
    assert not proxy.serve(channel.playlist(20)).stale
    assert proxy.serve(channel.playlist(18)).stale
    assert not proxy.serve(channel.playlist(21)).stale


def test_an_upstream_that_counts_anew_does_not_turn_numbers_back() -> None:
    before = Channel("p" * 30, first_msn=5000, encrypted=True)
    after = Channel("q" * 30, first_msn=0, encrypted=True)
    proxy, viewer = Proxy(GAP), Viewer()
    for edge in range(5, 20):
        viewer.reads(proxy.serve(before.playlist(edge)).playlist)
    for edge in range(5, 20):
        raw = after.playlist(edge)
        result = proxy.serve(raw)
        viewer.reads(result.playlist)
        _is_decipherable(Playlist.parse(raw), result)
    names = [viewer.numbers[number] for number in sorted(viewer.numbers)]
    assert names == [f"p{i}.ts" for i in range(20)] + [f"q{i}.ts" for i in range(20)]


def test_parts_of_ads_become_gaps_in_their_places() -> None:
    output = Proxy(GAP).serve(LOW_LATENCY).playlist.write()
    assert output.endswith(b"""#EXT-X-PART:DURATION=2,URI="gap",INDEPENDENT=YES,GAP=YES
#EXT-X-PART:DURATION=2,URI="gap",GAP=YES
#EXT-X-GAP
#EXTINF:4,
gap
#EXT-X-PART:DURATION=2,URI="gap",GAP=YES
#EXT-X-RENDITION-REPORT:URI="../w/live.m3u8",LAST-MSN=305,LAST-PART=0
""")


def test_deleting_leaves_low_latency() -> None:
    """Blocking reloads and parts name upstream's sequence numbers, which are not the output's any more."""
    output = Proxy(DELETE).serve(LOW_LATENCY).playlist
    assert not {"#EXT-X-PART", "#EXT-X-PART-INF", "#EXT-X-SERVER-CONTROL", "#EXT-X-PRELOAD-HINT"} & output.tags
    assert [s.uri for s in output.segments] == ["p300.mp4", "p301.mp4", "p302.mp4", "p303.mp4"]


def test_an_event_playlist_only_grows() -> None:
    channel = Channel("p" * 4 + "a" * 3 + "p" * 8, first_msn=0)
    for policy in (GAP, SLATE, DELETE):
        proxy, viewer = Proxy(policy), Viewer()
        before: list[str] = []
        for edge in range(3, 15):
            raw = channel.playlist(edge, window=99).replace(b"#EXT-X-VERSION:6", b"#EXT-X-PLAYLIST-TYPE:EVENT")
            output = proxy.serve(raw).playlist
            viewer.reads(output)
            names = [segment.uri for segment in output.segments]
            assert names[: len(before)] == before
            before = names


def test_a_seam_behind_ads_that_have_left_the_window_stays() -> None:
    """A pod with a discontinuity within and none at its end: what follows our slates is another clock, also when it is all there is."""
    lines = [f"#EXTINF:6,\n{'a' if 4 <= n < 8 else 'p'}{n}.ts\n" for n in range(20)]
    lines[4] = "#EXT-X-CUE-OUT:24\n" + lines[4]
    lines[6] = "#EXT-X-DISCONTINUITY\n" + lines[6]
    lines[8] = "#EXT-X-CUE-IN\n" + lines[8]
    proxy, viewer = Proxy(SLATE), Viewer()
    for first in range(15):
        head = f"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:{100 + first}\n"
        head += f"#EXT-X-DISCONTINUITY-SEQUENCE:{int(first > 6)}\n"
        output = proxy.serve((head + "".join(lines[first : first + 5])).encode()).playlist
        viewer.reads(output)
        if first == 8:
            assert output.segments[0].discontinuity


_PREFETCHED = """#EXTM3U
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:7
#EXTINF:6,
p7.ts
{}#EXTINF:6,
x8.ts
#EXT-X-TWITCH-PREFETCH:https://cdn.example.com/x9.ts
#EXT-X-PREFETCH:x10.ts
"""


def test_what_is_announced_goes_with_the_break_that_runs() -> None:
    kept = Proxy(GAP).serve(_PREFETCHED.format("").encode()).playlist
    assert {"#EXT-X-TWITCH-PREFETCH", "#EXT-X-PREFETCH"} <= kept.tags
    cut = Proxy(GAP).serve(_PREFETCHED.format("#EXT-X-CUE-OUT:30\n").encode()).playlist
    assert {"#EXT-X-TWITCH-PREFETCH", "#EXT-X-PREFETCH"}.isdisjoint(cut.tags)
    by_rule = (
        Proxy(StripOptions(AdPolicy.REPLACE, DetectionRules(ad_addresses=("*x9*",))))
        .serve(_PREFETCHED.format("").encode())
        .playlist
    )
    assert "#EXT-X-TWITCH-PREFETCH" not in by_rule.tags


@pytest.mark.parametrize("stated", ["", "#EXT-X-VERSION:3\n", "#EXT-X-VERSION:11\n"])
def test_the_version_is_that_of_the_tags(stated: str) -> None:
    data = f"#EXTM3U\n{stated}#EXT-X-TARGETDURATION:6\n#EXTINF:6,\np.ts\n#EXT-X-CUE-OUT:6\n#EXTINF:6,\na.ts\n"
    assert Proxy(GAP).serve(data.encode()).playlist.version == max(8, 11 if "11" in stated else 0)
    in_mp4 = StripOptions(AdPolicy.REPLACE, SLATE.rules, lambda duration_s, start_s: Slate("/own/s.mp4", "/own/i.mp4"))
    assert Proxy(in_mp4).serve(data.encode()).playlist.version == max(6, 11 if "11" in stated else 0)


@pytest.mark.parametrize("options", [GAP, DELETE])
def test_the_version_that_gaps_needed_stays_once_they_left_the_window(options: StripOptions) -> None:
    """RFC 8216 section 7: what a player was told to understand is not taken back while it plays."""
    channel = Channel("ppppppppaapppppppppppppppppppp")
    proxy = Proxy(options)
    versions = [proxy.serve(channel.playlist(edge)).playlist.version for edge in range(5, len(channel.plan))]
    assert versions == sorted(versions)
    assert versions[-1] == (8 if options is GAP else 6)
