"""Unsigned playlists of film sites, packagers and encoders, and what somebody who looks at them would call foreign.

A playlist is drawn as blocks: names, how many, how long each is, and whether a discontinuity stands before.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from streaming.proxy.playlist.playlist import Playlist
from tests.unit.streaming.proxy.corpus import media

#: Film sites cut at key frames, so that no two segments are as long; the cycle has no length that most segments share.
_UNEVEN = (4.17, 3.0, 5.88, 4.0, 2.71, 4.46, 3.54, 6.25)


@dataclass
class Block:
    """``name`` with ``{n}`` for the number and ``{h}`` for a hash of it."""

    name: str
    first: int
    count: int
    seconds: Sequence[float] = _UNEVEN
    is_ad: bool = False
    plain: bool = False  # no discontinuity before it
    step: int = 1
    tags: Sequence[str] = ()
    digits: int = 3  # of the durations

    def lines(self) -> list[str]:
        written = [*self.tags]
        for position in range(self.count):
            number = self.first + position * self.step
            hashed = hashlib.md5(f"{self.name}{number}".encode()).hexdigest()
            length = self.seconds[position % len(self.seconds)]
            written.append(f"{length:.{self.digits}f} {self.name.format(n=number, h=hashed)}")
        return written


@dataclass
class Scene:
    name: str
    blocks: Sequence[Block]
    msn: int | None = None
    vod: bool = True
    extra: Sequence[int] = field(default_factory=tuple)

    def playlist(self) -> Playlist:
        lines: list[str] = []
        for block in self.blocks:
            if lines and not block.plain:
                lines.append("#EXT-X-DISCONTINUITY")
            lines += block.lines()
        return Playlist.parse(media("\n".join(lines), msn=self.msn, vod=self.vod))

    @property
    def ads(self) -> list[int]:
        found: list[int] = []
        index = 0
        for block in self.blocks:
            found += range(index, index + block.count) if block.is_ad else []
            index += block.count
        return found


FIVE, SIX = (5.0,), (6.0,)
KEY, CLEAR = '#EXT-X-KEY:METHOD=AES-128,URI="enc.key"', "#EXT-X-KEY:METHOD=NONE"
_SHOW, HASHED = "e41f{n:06d}.ts", "/20250101/abcd/2000k/hls/{h}.ts"


def _ad(name: str, first: int, count: int, seconds: Sequence[float] = _UNEVEN[2:], **more: object) -> Block:
    return Block(name, first, count, seconds, is_ad=True, **more)  # type: ignore[arg-type]


ADS = [
    Scene(
        "the same stem, numbers from elsewhere",
        [Block(_SHOW, 0, 75), _ad("e41f0{n}.ts", 80511703, 7), Block(_SHOW, 75, 90), _ad("e41f0{n}.ts", 80511710, 7), Block(_SHOW, 165, 90)],
    ),
    Scene(
        "the same stem, lower numbers",
        [Block("s{n}.ts", 4000, 60), _ad("s{n}.ts", 1, 5), Block("s{n}.ts", 4060, 60)],
    ),
    Scene(
        "another stem in the same folder, among the programme's own discontinuities",
        [
            *(Block("ep_{n}.ts", 0, 10, FIVE), Block("ep_{n}.ts", 10, 10, FIVE), Block("ep_{n}.ts", 20, 10, FIVE)),
            *(_ad("sponsor_{n}.ts", 9000, 6, FIVE), Block("ep_{n}.ts", 30, 10, FIVE), Block("ep_{n}.ts", 40, 20, FIVE)),
        ],
    ),
    Scene(
        "another stem, no discontinuity at all",
        [Block("ep_{n}.ts", 0, 50, FIVE), _ad("sponsor_{n}.ts", 9000, 6, FIVE, plain=True), Block("ep_{n}.ts", 50, 60, FIVE, plain=True)],
    ),
    Scene(
        "hashed names in both, another folder, other lengths",
        [
            *(Block(HASHED, 0, 40, (4.0,)), _ad("/20240101/zz/1500k/hls/{h}.ts", 0, 6, (3.2, 3.3))),
            Block(HASHED, 40, 60, (4.0,)),
        ],
    ),
    Scene(
        "hashed names, another folder, other decimals",
        [Block(HASHED, 0, 40, digits=6), _ad("/20240101/zz/hls/{h}.ts", 0, 6, _UNEVEN[3:], digits=2), Block(HASHED, 40, 60, digits=6)],
    ),
    Scene(
        "two ads in a row, each of a folder of its own",
        [
            *(Block("/f/a{n}.ts", 0, 50), _ad("/x1/{h}.ts", 0, 3), _ad("/x2/{h}.ts", 0, 4)),
            Block("/f/a{n}.ts", 50, 70),
        ],
    ),
    Scene(
        "five short blocks through a long film",
        [
            part
            for number in range(5)
            for part in (Block("/f/a{n}.ts", number * 60, 60), _ad("/gg/b{n}.ts", 1 + number * 7, 6))
        ]
        + [Block("/f/a{n}.ts", 300, 60)],
    ),
    Scene(
        "clear ads in an encrypted film of hashed names",
        [
            *(Block(HASHED, 0, 40, tags=[KEY]), _ad("/ad8/{h}.ts", 0, 5, tags=[CLEAR])),
            Block(HASHED, 40, 60, tags=[KEY]),
        ],
    ),
    Scene(
        "absolute ads in a relative film",
        [Block("{n}.ts", 0, 50), _ad("https://cc.example.net/x/{n}.ts", 0, 5), Block("{n}.ts", 50, 60)],
    ),
    Scene(
        "a pre-roll of another host",
        [_ad("https://v.example.net/q/{n}.ts", 0, 4, FIVE), Block("https://cdn.example.com/f/s{n}.ts", 0, 100, SIX)],
    ),
    Scene(
        "a post-roll of another host",
        [Block("https://cdn.example.com/f/s{n}.ts", 0, 100, SIX), _ad("https://v.example.net/q/{n}.ts", 0, 4, FIVE)],
    ),
    Scene(
        "the creative of the middle runs first as well",
        [
            *(_ad("sp/x{n}.ts", 0, 4), Block("ep_{n}.ts", 0, 60), _ad("sp/x{n}.ts", 0, 4)),
            *(Block("ep_{n}.ts", 60, 80),),
        ],
    ),
    Scene(
        "the creative of the middle runs first as well, in the programme's folder",
        [_ad("x{n}.ts", 0, 4), Block("ep_{n}.ts", 0, 60), _ad("x{n}.ts", 0, 4), Block("ep_{n}.ts", 60, 80)],
    ),
    Scene(
        "numbers counted by tens",
        [Block("t{n}.ts", 0, 40, step=10), _ad("w{n}.ts", 7, 5), Block("t{n}.ts", 400, 60, step=10)],
    ),
    Scene(
        "a pre-roll of three makers",
        [
            *(_ad(f"https://h{n}.example.net/{{n}}.ts", 0, 3, FIVE) for n in range(3)),
            Block("https://cdn.example.com/f/s{n}.ts", 0, 100, SIX),
        ],
    ),
    Scene(
        "files that are called ads, and films of which none is called like another",
        [Block("m/{h}.ts", 0, 30, SIX), _ad("ad{n}.ts", 1, 3, SIX), Block("m/{h}.ts", 30, 40, SIX)],
    ),
    Scene(
        "a quality behind the number",
        [Block("seg_{n}_1080.ts", 1, 40), _ad("/promo9/{h}_1080.ts", 0, 5), Block("seg_{n}_1080.ts", 41, 60)],
    ),
    Scene(
        "first, in the middle and at last, of one host",
        [
            *(_ad("https://m.example.net/{h}.ts", 0, 3, FIVE), Block("https://c.example.com/f/{n}.ts", 0, 60, SIX)),
            *(_ad("https://m.example.net/{h}.ts", 9, 3, FIVE), Block("https://c.example.com/f/{n}.ts", 60, 60, SIX)),
            _ad("https://m.example.net/{h}.ts", 19, 3, FIVE),
        ],
    ),
    Scene(
        "two ads, the second numbered on from the first",
        [Block("v{n}.ts", 0, 40), _ad("a/x{n}.ts", 0, 3), _ad("a/x{n}.ts", 3, 3), Block("v{n}.ts", 40, 60)],
    ),
    Scene(
        "numbers that are times, ads of hashed folders",
        [Block("/c/{n}.ts", 1700000000000, 40, SIX, step=6000), _ad("/x/{h}/1.ts", 0, 3, FIVE), Block("/c/{n}.ts", 1700000240000, 40, SIX, step=6000)],
    ),
    Scene(
        "a discontinuity every so often, random names in dated folders",
        [
            *(Block(HASHED, 20 * n, 20, (2.085,)) for n in range(4)),
            _ad("/20250727/wRbp/hls/{h}.ts", 0, 9, (2.085, 3.0)),
            *(Block(HASHED, 80 + 20 * n, 20, (2.085,)) for n in range(4)),
        ],
    ),
    Scene(
        "parts of a film, an advertisement within the second",
        [Block("p1/a{n}.ts", 0, 50), Block("p2/b{n}.ts", 0, 30), _ad("zz/c{n}.ts", 0, 4), Block("p2/b{n}.ts", 30, 40), Block("p3/c{n}.ts", 0, 50)],
    ),
    Scene(
        "live: a block between two numbers",
        [Block("ch-{n}.ts", 500, 12, SIX), _ad("https://dai.example.net/c/{n}.ts", 0, 3, FIVE), Block("ch-{n}.ts", 512, 12, SIX)],
        msn=500,
        vod=False,
    ),
]  # fmt: skip

PROGRAMME = [
    Scene("a backup host with the same paths, hashed names", [
        Block("https://a.example.com/v/{h}.ts", 0, 50), Block("https://b.example.com/v/{h}.ts", 50, 5, FIVE), Block("https://a.example.com/v/{h}.ts", 55, 50)]),
    Scene("a backup path, names by time", [
        Block("/primary/20260101T{n:06d}.ts", 0, 50, SIX, step=6), Block("/backup/20260101T{n:06d}.ts", 300, 4, FIVE, step=6),
        Block("/primary/20260101T{n:06d}.ts", 324, 50, SIX, step=6)], 900, vod=False),
    Scene("an encoder that failed over and back, its numbers with it", [
        Block("s{n}.ts", 1000, 50, SIX), Block("s{n}.ts", 500, 10, SIX), Block("s{n}.ts", 1060, 50, SIX)], 1000, vod=False),
    Scene("an encoder that begins at nought again", [Block("s{n}.ts", 900, 30, SIX), Block("s{n}.ts", 0, 20, SIX)], 900, vod=False),
    Scene("an episode in parts, each with its discontinuity", [
        Block("s{n}.ts", 0, 12), Block("s{n}.ts", 12, 30), Block("s{n}.ts", 42, 5), Block("s{n}.ts", 47, 60)]),
    Scene("an episode in parts, each with its folder", [Block(f"p{n}/s{{n}}.ts", 0, 30) for n in range(5)]),
    Scene("an episode in parts, one much longer", [
        Block("p1/s{n}.ts", 0, 12, FIVE), Block("p2/s{n}.ts", 0, 90), Block("p3/s{n}.ts", 0, 12, FIVE)]),
    Scene("three shows after one another", [Block(f"show{n}/v{{n}}.ts", 0, 40) for n in range(3)]),
    Scene("the opening kept apart", [
        Block("common/opening_{n}.ts", 0, 15, FIVE), Block("ep7/v{n}.ts", 0, 200, SIX), Block("common/ending_{n}.ts", 0, 15, FIVE)]),
    Scene("a cold open, the opening, the rest", [
        Block("ep7/v{n}.ts", 0, 10, SIX), Block("common/opening_{n}.ts", 0, 15, FIVE), Block("ep7/v{n}.ts", 10, 200, SIX)]),
    Scene("one segment listed twice", [
        Block("s{n}.ts", 0, 20, SIX), Block("s{n}.ts", 19, 1, FIVE), Block("s{n}.ts", 20, 60, SIX)]),
    Scene("keys that rotate", [Block("s{n}.ts", n * 10, 10, SIX, plain=True, tags=[f'#EXT-X-KEY:METHOD=AES-128,URI="k{n}"']) for n in range(8)]),
    Scene("a clear lead", [Block("s{n}.ts", 0, 5, SIX), Block("s{n}.ts", 5, 60, SIX, tags=[KEY])]),
    Scene("another initialisation section", [
        Block("s{n}.m4s", 0, 30, SIX, tags=['#EXT-X-MAP:URI="i1.mp4"']), Block("s{n}.m4s", 30, 5, SIX, tags=['#EXT-X-MAP:URI="i2.mp4"']),
        Block("s{n}.m4s", 35, 30, SIX, tags=['#EXT-X-MAP:URI="i1.mp4"'])]),
    Scene("a nature film of the vast sea", [
        Block("https://c.example.com/a/s{n}.ts", 0, 40, SIX), Block("https://c.example.com/vast-sea/x{n}.ts", 0, 8, FIVE), Block("https://c.example.com/b/t{n}.ts", 0, 80, SIX)]),
    Scene("some numbers are missing", [
        Block("s{n}.ts", 0, 20, SIX), Block("s{n}.ts", 25, 3, SIX), Block("s{n}.ts", 31, 30, SIX)], 10, vod=False),
    Scene("one name for everything, ranges of bytes apart", [Block("film.ts", 0, 30), Block("film.ts", 0, 5, FIVE), Block("film.ts", 0, 60)]),
    Scene("folders by the hour", [
        Block(f"2026/01/01/{hour:02d}/seg_{{n}}.ts", hour * 10, 10, SIX, plain=hour % 2 == 0) for hour in range(9)]),
    Scene("hashed names without any border", [Block(HASHED, 0, 120)]),
    Scene("hashed names, discontinuities all the way", [Block(HASHED, n * 9, 9) for n in range(12)]),
    Scene("numbers by time that differ", [Block("{n}_x.ts", 1727238573 + n * 40, 10, (4.0,), step=4) for n in range(6)], 70, vod=False),
    Scene("a half that is another quality", [Block("720/s{n}.ts", 0, 40, SIX), Block("480/s{n}.ts", 40, 6, SIX), Block("720/s{n}.ts", 46, 40, SIX)]),
    Scene("live: a short film between two others, of another maker", [
        Block("https://a.example.com/v{n}.ts", 0, 40, SIX), Block("https://b.example.com/w{n}.ts", 0, 10, FIVE), Block("https://c.example.com/x{n}.ts", 0, 12, SIX)], 900, vod=False),
    Scene("a short film between two long ones, of another maker", [
        Block("https://a.example.com/v{n}.ts", 0, 140, SIX), Block("https://b.example.com/w{n}.ts", 0, 20, FIVE), Block("https://c.example.com/x{n}.ts", 0, 60, SIX)]),
    Scene("a backup host for three blocks, on other paths", [
        Block("https://a.example.com/s{n}.ts", 0, 50, SIX), *(Block("https://b.example.com/x/s{n}.ts", 50 + 4 * n, 4, FIVE) for n in range(3)),
        Block("https://a.example.com/s{n}.ts", 62, 50, SIX)]),
    Scene("words that only begin so", [
        Block("/ad-free/s{n}.ts", 0, 20, SIX), Block("/creative-commons/s{n}.ts", 0, 10, FIVE), Block("/main/t{n}.ts", 0, 120, SIX)]),
    Scene("clear, with a name of its own, and it says what it is", [
        Block("intro_{n}.ts", 0, 3, FIVE, tags=[CLEAR]), Block("s{n}.ts", 0, 80, SIX, tags=[KEY])]),
    Scene("one host that most clips come from", [
        Block("https://a.example.com/x/s{n}.ts", 0, 100, SIX), Block("https://b.example.com/y/s{n}.ts", 0, 30, SIX),
        Block("https://c.example.com/z/s{n}.ts", 0, 10, FIVE), Block("https://d.example.com/w/s{n}.ts", 0, 30, SIX)]),
    Scene("random names that begin with two letters", [
        Block("/f/{h}.ts", 0, 40, SIX), Block("/f/ad0921c3cb34.ts", 0, 1, FIVE), Block("/f/{h}.ts", 40, 40, SIX), Block("/f/AD1veWOf.ts", 0, 1, FIVE)]),
    Scene("a third and more, found little by little", [
        Block("s{n}.ts", 0, 20, SIX), *(Block(f"https://h{n}.example.com/v{{n}}.ts", 0, 4, FIVE) for n in range(2)), Block("s{n}.ts", 20, 10, SIX),
        *(Block(f"/x{n}/{{h}}.ts", 0, 4, FIVE) for n in range(3)), Block("s{n}.ts", 30, 5, SIX)]),
    Scene("live: hashed names, another path for a while", [
        Block("/p1/{h}.ts", 0, 20, SIX), Block("/p2/{h}.ts", 20, 4, SIX), Block("/p1/{h}.ts", 24, 20, SIX)], 10, vod=False),
    Scene("clips of many makers", [Block(f"https://h{n}.example.com/v{{n}}.ts", 0, 5 + n) for n in range(9)]),
]  # fmt: skip
