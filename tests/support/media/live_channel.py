"""A live channel that ads are taken out of: the channel, the proxy between, and a viewer who notices broken promises."""

from dataclasses import dataclass, field

from streaming.proxy.detect.detect import DetectionRules
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.tag_values import format_date
from streaming.proxy.strip.strip import AdPolicy, RenditionState, StreamState, StripOptions, StripResult, strip
from streaming.proxy.strip.writer import Slate

GAP = StripOptions(AdPolicy.REPLACE)
SLATE = StripOptions(
    AdPolicy.REPLACE,
    DetectionRules(own_prefix="/own/"),
    lambda duration_s, start_s: Slate(f"/own/{duration_s:.3f}@{start_s:.3f}.ts"),
)
DELETE = StripOptions(AdPolicy.DELETE)
#: 2026-01-01T00:00:00Z: when segment 0 begins.
EPOCH_S = 1_767_225_600.0
#: A window of low latency (rfc8216bis) with a break at its end.
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
