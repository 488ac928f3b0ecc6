"""Labelled playlists of every kind that guessing has to tell apart, drawn in the words of ``scenes``; and how they are scored.

A ``Case`` is a scene, where its list lies, and how it is looked at: whole, or live through windows that slide over it.  What no one
can know at the moment it is shown for the first time (the first pod of a host nobody has seen) is ``early`` and not counted as missed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.rewrite import resolver
from streaming.proxy.strip.state_codec import dump, load
from streaming.proxy.strip.strip import AdPolicy, RenditionState, StreamState, StripOptions, strip
from streaming.proxy.strip.timeline import SegmentAction
from tests.unit.streaming.proxy.corpus import media
from tests.unit.streaming.proxy.detect.scenes import CLEAR, HASHED, KEY, Block, Scene

BASE = "https://vod.example.tv/a/ep7/1080/index.m3u8"
LIVE_BASE = "https://live.example.tv/ch7/1080/index.m3u8"
FOUR, FIVE, SIX = (4.004,), (5.0,), (6.0,)
UNEVEN = (4.17, 3.0, 5.88, 4.0, 2.71)


def ad(name: str, first: int, count: int, seconds: Sequence[float] = FIVE, **more: object) -> Block:
    return Block(name, first, count, seconds, is_ad=True, **more)  # type: ignore[arg-type]


@dataclass
class Case:
    kind: str
    name: str
    blocks: Sequence[Block]
    base: str = BASE
    windows: Sequence[int] = ()  # empty: a complete list
    #: Indexes of segments that are ads, and that nobody can know when they are first seen.
    early: range = range(0)
    msn: int = 1000
    lines: Sequence[str] = field(default_factory=tuple)

    @property
    def ads(self) -> set[int]:
        return set(Scene("", self.blocks).ads)

    @cached_property
    def body(self) -> list[list[str]]:
        """The lines of each segment."""
        found: list[list[str]] = []
        for number, block in enumerate(self.blocks):
            lines = block.lines()
            pending = ["#EXT-X-DISCONTINUITY"] if number and not block.plain else []
            for line in lines:
                pending.append(line)
                if not line.startswith("#"):
                    found.append(pending)
                    pending = []
        return found

    def whole(self) -> Playlist:
        lines = [line for segment in self.body for line in segment]
        return located(media("\n".join(lines), vod=True), self.base)

    def window(self, edge: int, size: int) -> Playlist:
        """The last ``size`` segments before ``edge``, keys and maps stated again as packagers do."""
        body = self.body
        start = max(edge - size, 0)
        state: dict[str, str] = {}
        for segment in body[:start]:
            state |= {line.partition(":")[0]: line for line in segment if line.startswith(("#EXT-X-KEY", "#EXT-X-MAP"))}
        own = {line.partition(":")[0] for line in body[start] if line.startswith("#EXT-X-")}
        lines = [line for tag, line in state.items() if tag not in own]
        lines += [line for segment in body[start:edge] for line in segment]
        return located(media("\n".join(lines), msn=self.msn + start), self.base)


def located(data: bytes, base: str) -> Playlist:
    playlist = Playlist.parse(data)
    if hasattr(playlist, "locate"):  # the scores of before are of a program that had none
        playlist.locate(resolver(base, playlist, {}).absolute)
    return playlist


def watched(case: Case, size: int, policy: StripOptions, *, step: int = 1) -> dict[int, SegmentAction]:
    """The fate of each segment as first shown, through windows of ``size``, ``step`` segments a reload."""
    shared, rendition = StreamState(), RenditionState("v")
    actions: dict[int, SegmentAction] = {}
    count = len(case.body)
    for edge in [*range(min(size, count), count, step), count]:
        playlist = case.window(edge, size)
        result = strip(playlist, policy, shared, rendition)
        shared, rendition = load(dump(result.shared)), result.rendition  # as another node gets it
        for segment, action in zip(playlist.segments, result.actions, strict=True):
            number = segment.msn - case.msn
            assert actions.setdefault(number, action) is action, (
                f"{case.name}: {number} was {actions[number]}, is {action}"
            )
    return actions


@dataclass
class Tally:
    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def judged(case: Case) -> Iterator[tuple[str, set[int], set[int]]]:
    """For each way of looking: its name, what was hidden, and what should have been."""
    policy = StripOptions(AdPolicy.REPLACE)
    if not case.windows:
        result = strip(case.whole(), policy)
        yield "whole", {i for i, action in enumerate(result.actions) if action is not SegmentAction.KEEP}, case.ads
    for size in case.windows:
        actions = watched(case, size, policy)
        hidden = {i for i, action in actions.items() if action is not SegmentAction.KEEP}
        yield f"window {size}", hidden, case.ads - (set(case.early) - hidden)


# What is called a part of the programme: as a folder, as a file, at the beginning, within, at the end.
_WORDS = (
    *(
        "op",
        "OP1",
        "ed",
        "ED2",
        "NCOP",
        "nced1",
        "ncop-v2",
        "op1v2",
        "eyecatch",
        "eye_catch",
        "preview",
        "next-episode",
    ),
    *(
        "next_ep",
        "nextep",
        "yokoku",
        "jikai",
        "PV",
        "pv02",
        "avant",
        "avantitle",
        "intro",
        "outro",
        "opening",
        "ending",
    ),
    *(
        "credits",
        "recap",
        "prologue",
        "epilogue",
        "title-card",
        "teaser",
        "omake",
        "creditless",
        "themesong",
        "coldopen",
    ),
    *("%E4%BA%88%E5%91%8A", "open-v3", "close-v3", "c-part"),
)


def _show(first: int, count: int) -> Block:
    return Block("{n:04d}.ts", first, count, FOUR)


def _named(number: int, word: str) -> Case:
    where = (
        f"/shared/{word}/{{n:03d}}.ts",
        f"/shared/s2_{word}_{{n:03d}}.ts",
        f"https://static.example.tv/{word}/{{n:03d}}.ts",
    )
    length = ((22, FIVE), (4, FIVE), (1, (5.005,)), (6, FIVE))[number % 4]
    part = Block(where[number % 3], 0, length[0], length[1])
    scenes = ([part, _show(0, 300)], [_show(0, 40), part, _show(40, 260)], [_show(0, 300), part])
    return Case("programme by name", f"{word} {number % 3}", scenes[number // 2 % 3])


NAMED = [_named(number, word) for number, word in enumerate(_WORDS)]

OPENINGS = [
    Case("an opening by length", f"{name} {seconds}", blocks)
    for seconds, last in ((85.2, 1.2), (89.97, 1.97), (90.0, 2.0), (90.9, 2.9))
    for name, blocks in (
        ("first", [Block("/shared/op1x/{n:03d}.ts", 0, 23, (*(4.0,) * 22, last)), Block("{n:04d}.ts", 0, 330, (4.0,))]),
        ("within", [Block("{n:04d}.ts", 0, 30, (4.0,)), Block("https://media.example.tv/q8/{n:03d}.ts", 0, 23, (*(4.0,) * 22, last)), Block("{n:04d}.ts", 30, 300, (4.0,))]),
    )
]  # fmt: skip

_ENCRYPTED = [KEY]
TRAPS = [
    *(
        Case("another encoder for a while", f"{count} of {size}", [
            Block("https://live-a.example.net/ch7/seg_{n}.ts", 700, before, SIX), Block("https://live-b.example.net/z/ch7/chunk_{n}.ts", 1, count, SIX),
            Block("https://live-a.example.net/ch7/seg_{n}.ts", 700 + before + count, 30, SIX)], windows=(size,))
        for count, before, size in ((3, 12, 24), (5, 14, 26), (8, 10, 26), (4, 20, 8))
    ),
    Case("another encoder for a while", "a complete list", [
        Block("https://live-a.example.net/ch7/seg_{n}.ts", 700, 100, SIX), Block("https://b.example.org/r/chunk_{n}.ts", 1, 8, SIX),
        Block("https://live-a.example.net/ch7/seg_{n}.ts", 808, 100, SIX)]),
    Case("a station ident", "three times, one segment", [
        *(Block("{n:05d}.ts", 0, 60, SIX), Block("/idents/winter.ts", 0, 1, FIVE), Block("{n:05d}.ts", 60, 60, SIX), Block("/idents/winter.ts", 0, 1, FIVE)),
        *(Block("{n:05d}.ts", 120, 60, SIX), Block("/idents/winter.ts", 0, 1, FIVE), Block("{n:05d}.ts", 180, 60, SIX))]),
    Case("a station ident", "twice, two segments, a host of its own", [
        *(Block("{n:05d}.ts", 0, 60, SIX), Block("https://brand.example.tv/k1/{n}.ts", 0, 2, (4.0, 3.5)), Block("{n:05d}.ts", 60, 60, SIX)),
        *(Block("https://brand.example.tv/k1/{n}.ts", 0, 2, (4.0, 3.5)), Block("{n:05d}.ts", 120, 60, SIX))]),
    Case("a station ident", "four times in a film of hashed names", [
        part for n in range(4) for part in (Block(HASHED, 40 * n, 40, UNEVEN), Block("/20240808/lg/hls/{h}.ts", 7, 1, (5.0,)))] + [Block(HASHED, 200, 40, UNEVEN)]),
    Case("absolute among relative", "hashed names, other decimals", [
        Block("{h}.ts", 0, 100, SIX), Block("https://vod.example.tv/a/ep7/1080/{h}.ts", 100, 12, (4.3, 5.1), digits=6), Block("{h}.ts", 112, 100, SIX)]),
    Case("absolute among relative", "numbered, another folder of the same host", [
        Block("p1/{n}.ts", 0, 100, SIX), Block("https://vod.example.tv/a/ep7/1080/p1/{n}.ts", 300, 12, FIVE), Block("p1/{n}.ts", 112, 100, SIX)]),
    Case("absolute among relative", "by the root, and upwards", [
        Block("{h}.ts", 0, 80, SIX), Block("/a/ep7/1080/{h}.ts", 80, 6, (4.3, 5.1), digits=6), Block("{h}.ts", 86, 60, SIX),
        Block("../1080/{h}.ts", 150, 6, (4.3, 5.1), digits=6), Block("//vod.example.tv/a/ep7/1080/{h}.ts", 170, 6, (4.4, 5.1), digits=6), Block("{h}.ts", 200, 60, SIX)]),
    Case("live: programme", "an eyecatch in a channel of episodes", [
        *(Block("/e1/{n:04d}.ts", 0, 30, SIX), Block("/common/c9/{n}.ts", 0, 1, FIVE), Block("/e1/{n:04d}.ts", 30, 30, SIX)),
        *(Block("/common/c9/{n}.ts", 0, 1, FIVE), Block("/e1/{n:04d}.ts", 60, 30, SIX))], LIVE_BASE, (6, 12)),
    Case("live: programme", "an opening of 90 s, twice, no name", [
        *(Block("/e1/{n:04d}.ts", 0, 20, SIX), Block("/common/zz/{n:03d}.ts", 0, 15, SIX), Block("/e1/{n:04d}.ts", 20, 60, SIX)),
        *(Block("/e2/{n:04d}.ts", 0, 20, SIX), Block("/common/zz/{n:03d}.ts", 0, 15, SIX), Block("/e2/{n:04d}.ts", 20, 60, SIX))], LIVE_BASE, (6, 12, 20)),
    Case("live: programme", "it moves to another host for good", [
        Block("https://a.example.net/c/s{n}.ts", 0, 60, SIX), Block("https://b.example.org/d/t{n}.ts", 5, 90, SIX)], LIVE_BASE, (6, 12)),
    Case("live: programme", "shows of a folder each", [Block(f"/show{n}/v{{n}}.ts", 0, 25 + 5 * n, SIX) for n in range(6)], LIVE_BASE, (6, 12)),
    Case("live: programme", "back and forth between two hosts, numbers go on", [
        Block(f"https://{'ab'[n % 2]}.example.net/{'ch/s' if n % 2 else 'x/t'}{{n}}.ts", 20 * n, 20, SIX) for n in range(6)], LIVE_BASE, (6, 12)),
    Case("live: programme", "hashed names, an encoder restarted often", [Block("/live/{h}.ts", 14 * n, 14, SIX) for n in range(6)], LIVE_BASE, (6, 12)),
    Case("live: programme", "clear for a minute, the same encoder", [
        Block("seg_{n}.ts", 0, 30, SIX, tags=_ENCRYPTED), Block("seg_{n}.ts", 30, 10, SIX, tags=[CLEAR]), Block("seg_{n}.ts", 40, 30, SIX, tags=_ENCRYPTED)], LIVE_BASE, (6, 12)),
    Case("live: programme", "joined in a pod", [
        ad("https://ads9.example.org/r/{h}.ts", 0, 12), Block("seg_{n}.ts", 0, 100, SIX)], LIVE_BASE, (6, 10), range(12)),
]  # fmt: skip

FOUND = [
    Case("ads of about 90 s", "its folder says so", [_show(0, 100), ad("/ads/q1/{n}.ts", 0, 18), _show(100, 300)]),
    Case("ads of about 90 s", "clear between encrypted", [
        Block("{n:04d}.ts", 0, 100, FOUR, tags=_ENCRYPTED), ad("https://x.example.org/q1/{n}.ts", 0, 18, tags=[CLEAR]), Block("{n:04d}.ts", 100, 300, FOUR, tags=_ENCRYPTED)]),
    Case("ads of about 90 s", "three of half a minute", [
        _show(0, 100), *(ad(f"https://x.example.org/q{n}/{{n}}.ts", 0, 6) for n in range(3)), _show(100, 300)]),
    Case("ads of about 90 s", "a minute in one block", [_show(0, 100), ad("https://x.example.org/q1/{n}.ts", 0, 12), _show(100, 300)]),
    Case("own words that say nothing", "the film itself lies under /preview/", [
        Block("/preview/ep7/{n:04d}.ts", 0, 100, FOUR), ad("/preview/zz/{h}.ts", 0, 6), Block("/preview/ep7/{n:04d}.ts", 100, 200, FOUR)]),
    Case("own words that say nothing", "a season called ED", [
        Block("https://v.example.tv/ed/{n:04d}.ts", 0, 100, FOUR), ad("https://x.example.org/ed/{n}.ts", 900, 6), Block("https://v.example.tv/ed/{n:04d}.ts", 100, 200, FOUR)]),
    Case("own words that say nothing", "an advertisement called intro", [
        _show(0, 100), ad("https://x.example.org/ads/intro_{n}.ts", 0, 6), _show(100, 200)]),
    Case("equal lengths twice", "hashed names of one folder, constant film", [
        Block("/f/{h}.ts", 0, 80, (4.0,)), ad("/f/{h}.ts", 1000, 5, (4.17, 3.03, 5.88, 2.71, 3.21)), Block("/f/{h}.ts", 80, 80, (4.0,)),
        ad("/f/{h}.ts", 2000, 5, (4.17, 3.03, 5.88, 2.71, 3.21)), Block("/f/{h}.ts", 160, 80, (4.0,))]),
    Case("equal lengths twice", "hashed names, a folder for each", [
        Block("/f/{h}.ts", 0, 83, UNEVEN), ad("/g/{h}.ts", 1000, 4, (4.17, 3.03, 5.82, 2.75)), Block("/f/{h}.ts", 83, 81, UNEVEN),
        ad("/h/{h}.ts", 2000, 4, (4.17, 3.03, 5.82, 2.75)), Block("/f/{h}.ts", 164, 83, UNEVEN)]),
    Case("absolute among relative", "real ads all the same", [
        Block("{n:04d}.ts", 0, 60, SIX), ad("https://x.example.org/c/{n}.ts", 0, 6), Block("https://vod.example.tv/a/ep7/1080/{n:04d}.ts", 60, 60, SIX)]),
    Case("absolute among relative", "the ads are the relative ones", [
        Block("https://cdn.example.tv/f/{n:04d}.ts", 0, 60, SIX), ad("../x7/{n}.ts", 0, 6), Block("https://cdn.example.tv/f/{n:04d}.ts", 60, 60, SIX)]),
    Case("addresses of ad servers", "Google's before a short clip", [
        ad("https://redirector.googlevideo.com/videoplayback/id/a{n}/source/dclk_video_ads/seg.ts", 0, 6), Block("https://v.example.tv/m/segment{n}_2_av.ts", 0, 8, SIX)]),
    Case("addresses of ad servers", "a whole pod of DAI before a trailer", [
        ad("https://dai.google.com/linear/pods/v1/seg/{n}.ts", 0, 12), Block("https://v.example.tv/m/segment{n}_2_av.ts", 0, 10, SIX)]),
    Case("addresses of ad servers", "half of it, and cues besides", [
        ad("https://a.2mdn.net/x/{n}.ts", 0, 10), Block("{n}.ts", 0, 12, SIX), ad("/promo/{n}.ts", 0, 4, tags=["#EXT-X-CUE-OUT:20"]),
        Block("{n}.ts", 12, 2, SIX, tags=["#EXT-X-CUE-IN"])]),
    Case("addresses of ad servers", "MediaTailor's, written relative", [
        Block("/out/v1/{n:04d}.ts", 0, 10, SIX), ad("../../../../segment/0a1b2c3d4e5f60718293a4b5c6d7e8f901234567/cfg/b1/{n}/{n}", 0, 8, FIVE), Block("/out/v1/{n:04d}.ts", 10, 4, SIX)],
        base="https://0a1b.mediatailor.us-east-1.amazonaws.com/v1/manifest/0a1b/cfg/s/0.m3u8"),
    Case("addresses of ad servers", "MediaTailor's, from the root", [
        Block("https://o.example.tv/{n:04d}.ts", 0, 30, SIX), ad("/v1/segment/acc/cfg/5a6b/{n}/{n}", 0, 8, FIVE), Block("https://o.example.tv/{n:04d}.ts", 30, 30, SIX)],
        base="https://0a1b.mediatailor.eu-west-1.amazonaws.com/v1/master/x/0.m3u8"),
    *(
        Case("a lost cue-in", name, [
            Block(home, 300, 30, SIX), ad(away, 0, 5, SIX, tags=["#EXT-X-CUE-OUT"]), Block(home, 330 + skipped, 140, SIX)], LIVE_BASE, windows)
        for name, home, away, skipped, windows in (
            ("numbers go on", "c_{n}.ts", "https://ads.example.io/p/{n}.ts", 0, (20, 8, 4)),
            ("numbers skip", "c_{n}.ts", "https://ads.example.io/p/{n}.ts", 5, (20, 8, 4)),
            ("a folder on the same host", "c_{n}.ts", "/stitched/7/{h}.ts", 0, (20, 8)),
            ("hashed names", "/o/{h}.ts", "https://s.example.io/{h}.ts", 0, (20, 8, 4)),
            ("a complete list", "c_{n}.ts", "https://ads.example.io/p/{n}.ts", 0, ()),
        )
    ),
    Case("a lost cue-in", "two ads, a discontinuity between them", [
        Block("c_{n}.ts", 300, 30, SIX), ad("https://s.example.io/p/{n}.ts", 0, 5, SIX, tags=["#EXT-X-CUE-OUT"]), ad("https://s.example.io/q/{n}.ts", 0, 5, SIX),
        Block("c_{n}.ts", 330, 140, SIX)], LIVE_BASE, (20, 8, 4)),
    Case("a lost cue-in", "ads of the same encoder, no discontinuity: ten minutes at most", [
        Block("c_{n}.ts", 300, 30, SIX), ad("c_{n}.ts", 330, 100, SIX, tags=["#EXT-X-CUE-OUT"], plain=True), Block("c_{n}.ts", 430, 30, SIX, plain=True)], LIVE_BASE, (20,)),
    Case("states over reloads", "UPLYNK", [
        Block("https://x.uplynk.example/s/p/D{n:08d}.ts", 0, 30, FOUR, tags=["#UPLYNK-SEGMENT: p,00000000,segment"]),
        ad("https://x.uplynk.example/s/q/D{n:08d}.ts", 0, 20, FOUR, tags=["#UPLYNK-SEGMENT: q,00000000,ad"]),
        Block("https://x.uplynk.example/s/r/D{n:08d}.ts", 30, 30, FOUR, tags=["#UPLYNK-SEGMENT: r,00000000,segment"])], LIVE_BASE, (4, 8, 40)),
    Case("states over reloads", "ANVATO", [
        Block("s{n}.ts", 0, 30, FOUR, tags=["#ANVATO-SEGMENT-INFO: type=master"]), ad("t{n}.ts", 0, 20, FOUR, tags=["#ANVATO-SEGMENT-INFO: type=ad"]),
        Block("s{n}.ts", 50, 30, FOUR, tags=["#ANVATO-SEGMENT-INFO: type=master"])], LIVE_BASE, (4, 8, 40)),
    Case("states over reloads", "a range of Apple's class", [
        Block("ch-{n}.ts", 0, 20, (4.0,), tags=["#EXT-X-PROGRAM-DATE-TIME:2026-02-01T12:00:00.000Z"]),
        ad("ch-{n}.ts", 20, 15, (4.0,), plain=True, tags=['#EXT-X-DATERANGE:ID="x-1",CLASS="com.apple.scte35",START-DATE="2026-02-01T12:01:20.000Z",PLANNED-DURATION=60',
            "#EXT-X-PROGRAM-DATE-TIME:2026-02-01T12:01:20.000Z"]),
        Block("ch-{n}.ts", 35, 30, (4.0,), plain=True)], LIVE_BASE, (6, 30)),
    Case("states over reloads", "VAST tags", [
        Block("ch-{n}.ts", 0, 20, (4.0,)), ad("v/{n}.ts", 0, 10, (4.0,), tags=["#EXT-X-VAST-ID:7"]), Block("ch-{n}.ts", 20, 30, (4.0,))], LIVE_BASE, (4, 30)),
    Case("live pods", "clear, of another host, once", [
        Block("https://o.example/ch/seg_{n}.ts", 1000, 20, SIX, tags=[KEY]), ad("https://m-cdn.example.net/{h}/{n}.ts", 0, 4, (3.003,), tags=[CLEAR]),
        ad("https://m-cdn.example.net/{h}/{n}.ts", 10, 4, (3.003,)), Block("https://o.example/ch/seg_{n}.ts", 1020, 20, SIX, tags=[KEY])], LIVE_BASE, (6, 8, 12, 20)),
    Case("live pods", "a host whose name says it, once", [
        Block("channel1-{n}.ts", 515000, 20, (4.0,)), ad("https://adcontent.example-yo.com/000007/{h}/720p/part{n}.ts", 1, 5, (4.0,)),
        ad("https://adcontent.example-yo.com/000017/{h}/720p/part{n}.ts", 1, 5, (4.0,)), Block("channel1-{n}.ts", 515020, 20, (4.0,))], LIVE_BASE, (6, 12, 20)),
    *(
        Case("live pods", name, [
            part for n in range(4) for part in (Block(home, 40 * n + (skip * n), 40, SIX), ad(away, 100 * n, 10, (4.8,)))] + [Block(home, 160 + 4 * skip, 20, SIX)],
            LIVE_BASE, (6, 8, 12, 20), range(40, 50))
        for name, home, away, skip in (
            ("a host nobody has seen, four times", "seg_{n}.ts", "https://m.example.org/v1/{h}.ts", 0),
            ("numbered, a host nobody has seen, four times", "seg_{n}.ts", "https://m.example.org/v1/part{n}.ts", 0),
            ("hosts by the day, folders that stay", "/o/seg_{n}.ts", "https://m.example.org/stitch/{h}/{n}.ts", 0),
        )
    ),
    Case("live pods", "replaced: the programme's numbers skip, two creatives a pod", [
        part for n in range(4) for part in (Block("seg_{n}.ts", 50 * n, 40, SIX), ad(f"https://m.example.org/v/{n}a/{{n}}.ts", 0, 5, SIX), ad(f"https://m.example.org/v/{n}b/{{n}}.ts", 0, 5, SIX))]
        + [Block("seg_{n}.ts", 200, 20, SIX)], LIVE_BASE, (6, 12, 20), range(40, 50)),
    Case("live pods", "a folder of the same host, four times", [
        part for n in range(4) for part in (Block("seg_{n}.ts", 40 * n, 40, SIX), ad("/mix/{h}.ts", 100 * n, 5, FIVE))]
        + [Block("seg_{n}.ts", 160, 20, SIX)], LIVE_BASE, (6, 12, 20), range(40, 90)),
    Case("live pods", "known by cues first, and then without", [
        Block("seg_{n}.ts", 0, 30, SIX), ad("https://m.example.org/v/{h}.ts", 0, 5, FIVE, tags=["#EXT-X-CUE-OUT:25"]), Block("seg_{n}.ts", 30, 30, SIX, tags=["#EXT-X-CUE-IN"]),
        ad("https://m.example.org/v/{h}.ts", 100, 5, FIVE), Block("seg_{n}.ts", 60, 30, SIX)], LIVE_BASE, (6, 12)),
]  # fmt: skip

CASES = [*NAMED, *OPENINGS, *TRAPS, *FOUND]


def scores() -> tuple[dict[str, Tally], list[str]]:
    """By kind, and a line for each case that was judged wrongly."""
    tallies: dict[str, Tally] = {}
    mistakes: list[str] = []
    for case in CASES:
        tally = tallies.setdefault(case.kind, Tally())
        try:
            for way, hidden, wanted in judged(case):
                tally.right += len(hidden & case.ads)
                tally.wrong += len(hidden - case.ads)
                tally.missed += len(wanted - hidden)
                if hidden - case.ads or wanted - hidden:
                    mistakes.append(
                        f"{case.kind}: {case.name}, {way}: wrongly {sorted(hidden - case.ads)}, missed {sorted(wanted - hidden)}"
                    )
        except AssertionError as error:
            mistakes.append(f"BROKEN {error}")
    return tallies, mistakes


def main() -> None:
    """``python -m tests.unit.streaming.proxy.detect.labelled``."""
    tallies, mistakes = scores()
    total = Tally()
    for kind, tally in tallies.items():
        print(f"{kind:35} right {tally.right:5} wrong {tally.wrong:5} missed {tally.missed:5}")
        total.right += tally.right
        total.wrong += tally.wrong
        total.missed += tally.missed
    print(f"{len(CASES)} cases, precision {total.precision:.4f}, recall {total.recall:.4f}")
    print(*mistakes, sep="\n")


if __name__ == "__main__":
    main()
