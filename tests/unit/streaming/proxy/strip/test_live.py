"""Live playlists: generated channels, watched reload by reload through sliding windows, by several renditions in no fixed order.

What must hold whatever happens upstream: numbers never go back; a segment keeps its number, its place among the discontinuities and
its content; every rendition says the same; no ad is shown; what is kept can be deciphered.
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from streaming.proxy.detect.detect import DetectionRules
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.tag_values import format_date
from streaming.proxy.strip.strip import AdPolicy, RenditionState, StreamState, StripOptions, StripResult, strip
from streaming.proxy.strip.validate import effective_keys
from streaming.proxy.strip.writer import Slate

GAP = StripOptions(AdPolicy.REPLACE)
SLATE = StripOptions(
    AdPolicy.REPLACE,
    DetectionRules(own_prefix="/own/"),
    lambda duration_s, start_s: Slate(f"/own/{duration_s:.3f}@{start_s:.3f}.ts"),
)
DELETE = StripOptions(AdPolicy.DELETE)
EPOCH_S = 1_767_225_600.0


@dataclass
class Channel:
    """A channel of ``plan``: a letter a segment, ``p`` programme, ``a`` ad; what its packager is like is up to the flags."""

    plan: str
    discontinuities: bool = True
    continuations: bool = True
    ends: bool = True
    dates: bool = False
    encrypted: bool = False
    first_msn: int = 1000
    target: int = 6
    window: int = 8

    def playlist(self, edge: int, rendition: str = "v", *, window: int | None = None) -> bytes:
        """The window that ends with segment ``edge``."""
        size = window or self.window
        start = max(0, edge - size + 1)
        lines = ["#EXTM3U", "#EXT-X-VERSION:6", f"#EXT-X-TARGETDURATION:{self.target}"]
        lines += [f"#EXT-X-MEDIA-SEQUENCE:{self.first_msn + start}"]
        if self.discontinuities:
            lines += [f"#EXT-X-DISCONTINUITY-SEQUENCE:{sum(self._is_border(i) for i in range(start))}"]
        for index in range(start, edge + 1):
            lines += self._segment(index, rendition, restate_key=index == start)
        return ("\n".join(lines) + "\n").encode()

    def _is_border(self, index: int) -> bool:
        return self.discontinuities and index > 0 and self.plan[index] != self.plan[index - 1]

    def _segment(self, index: int, rendition: str, *, restate_key: bool) -> list[str]:
        lines: list[str] = []
        begins = self.plan[index] == "a" and (index == 0 or self.plan[index - 1] == "p")
        ends = self.plan[index] == "p" and index > 0 and self.plan[index - 1] == "a"
        if self._is_border(index):
            lines.append("#EXT-X-DISCONTINUITY")
        if begins:
            lines.append(f"#EXT-X-CUE-OUT:{self._break_length(index) * self.target}")
        elif self.plan[index] == "a" and self.continuations:
            elapsed = (index - self.plan.rindex("p", 0, index) - 1 if "p" in self.plan[:index] else index) * self.target
            lines.append(f"#EXT-X-CUE-OUT-CONT:{elapsed}/{self._break_length(index) * self.target}")
        if ends and self.ends:
            lines.append("#EXT-X-CUE-IN")
        if self.encrypted and (restate_key or index % 5 == 0):
            lines.append(f'#EXT-X-KEY:METHOD=AES-128,URI="key{index // 5}"')
        if self.dates:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{format_date(EPOCH_S + index * self.target)}")
        return [*lines, f"#EXTINF:{self.target},", f"{rendition}/{self.plan[index]}{index}.ts"]

    def _break_length(self, index: int) -> int:
        first = self.plan.rindex("p", 0, index) + 1 if "p" in self.plan[:index] else 0
        rest = self.plan[first:]
        return len(rest) - len(rest.lstrip("a"))


@dataclass
class Viewer:
    """Reads one rendition of the output, and complains when it breaks its promises."""

    numbers: dict[int, str] = field(default_factory=dict)  # output number → what is there
    places: dict[int, int] = field(default_factory=dict)  # output number → discontinuity sequence number
    last: tuple[int, int] = (-1, -1)
    tells_ads: bool = True

    def reads(self, output: Playlist) -> None:
        now = (output.media_sequence, output.discontinuity_sequence)
        assert now[0] >= self.last[0], "the media sequence went back"
        assert now[1] >= self.last[1], "the discontinuity sequence went back"
        self.last = now
        discontinuities = output.discontinuity_sequence
        for segment in output.segments:
            discontinuities += segment.discontinuity
            name = "stand-in" if segment.gap or segment.uri.startswith("/own/") else segment.uri.partition("/")[2]
            assert self.numbers.setdefault(segment.msn, name) == name, "a number stands for something else now"
            assert self.places.setdefault(segment.msn, discontinuities) == discontinuities, (
                "a segment moved between discontinuities"
            )
            assert not (self.tells_ads and name.startswith("a")), "an ad is shown"


class Proxy:
    """Keeps the state between reloads, as the real one does."""

    def __init__(self, policy: StripOptions) -> None:
        self.policy = policy
        self.shared = StreamState()
        self.renditions: dict[str, RenditionState] = {}

    def serve(self, data: bytes, rendition: str = "v") -> StripResult:
        result = strip(Playlist.parse(data), self.policy, self.shared, self.renditions.get(rendition))
        assert not result.refusal
        self.shared, self.renditions[rendition] = result.shared, result.rendition
        return result


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


LOW_LATENCY = b"""#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:4
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=24
#EXT-X-PART-INF:PART-TARGET=0.5
#EXT-X-MEDIA-SEQUENCE:300
#EXTINF:4,
p300.mp4
#EXTINF:4,
p301.mp4
#EXTINF:4,
p302.mp4
#EXTINF:4,
p303.mp4
#EXT-X-CUE-OUT:8
#EXT-X-PART:DURATION=2,URI="a304.1.mp4",INDEPENDENT=YES
#EXT-X-PART:DURATION=2,URI="a304.2.mp4"
#EXTINF:4,
a304.mp4
#EXT-X-PART:DURATION=2,URI="a305.1.mp4",BYTERANGE="10@0"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="a305.2.mp4"
#EXT-X-RENDITION-REPORT:URI="../w/live.m3u8",LAST-MSN=305,LAST-PART=0
"""


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
