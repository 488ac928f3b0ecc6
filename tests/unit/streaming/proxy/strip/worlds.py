"""Live channels of hours in virtual time: one truth of programme and breaks, seen through encoders that date and number it as they like."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.tag_values import format_date
from streaming.proxy.strip.state_codec import dump, load
from streaming.proxy.strip.strip import RenditionState, StreamState, StripOptions, strip
from tests.support.media.live_channel import EPOCH_S, Viewer

#: Whether a segment bears a date, by its index, that of the first in the window, and whether a break begins or ends there.
Dating = Callable[[int, int, bool], bool]
#: The date an encoder gives to a moment of the channel, in seconds, at one reload.
Dial = Callable[[float, int], float]


def true_dial(moment_s: float, _reload: int) -> float:
    return EPOCH_S + moment_s


@dataclass
class Encoder:
    """One rendition.  ``restart_s``: when it begins to number from 0; ``skips``: by how much numbers jump, and when."""

    name: str
    segment_s: float = 6.0
    first_msn: int = 1000
    cues: bool = False
    seams: bool = False
    dating: Dating = lambda _index, _first, _border: False
    dial: Dial = true_dial
    stated_s: float = 0.0  # what EXTINF says, if that is not the truth
    window_s: float = 60.0
    lag_s: float = 0.0
    every: int = 1  # asked for at every such reload only
    restart_s: float = float("inf")
    skips: tuple[float, int] = (float("inf"), 0)
    tolerance_s: float = 0.0  # how far from the border of a break it may be cut
    hidden: dict[int, bool] = field(default_factory=dict)  # by index
    shown_at: int = 0

    def msn(self, index: int) -> int:
        moment_s = index * self.segment_s
        if moment_s >= self.restart_s:
            return index - round(self.restart_s / self.segment_s)
        return self.first_msn + index + (self.skips[1] if moment_s >= self.skips[0] else 0)

    def playlist(self, breaks: list[tuple[float, float]], edge_s: float, reload: int) -> tuple[bytes, range]:
        """What is finished at ``edge_s``, and the indexes of its segments."""
        last = int((edge_s - self.lag_s) / self.segment_s + 1e-6)
        first = max(0, last - int(self.window_s / self.segment_s))
        if last * self.segment_s > self.restart_s:  # an encoder that restarts has lost its window
            first = max(first, round(self.restart_s / self.segment_s))
        if last * self.segment_s > self.skips[0]:
            first = max(first, round(self.skips[0] / self.segment_s))
        indexes = range(first, last)
        if not indexes:
            return b"", indexes
        begins = {round(begin / self.segment_s): end - begin for begin, end in breaks}
        ends = {round(end / self.segment_s) for _, end in breaks}
        borders = begins.keys() | ends
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:7", f"#EXT-X-MEDIA-SEQUENCE:{self.msn(first)}"]
        if self.seams:
            lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{sum(index < first for index in borders)}")
        for index in indexes:
            start_s = index * self.segment_s
            lines += ["#EXT-X-DISCONTINUITY"] if self.seams and index in borders else []
            if self.cues:
                lines += [f"#EXT-X-CUE-OUT:{begins[index]:g}"] if index in begins else []
                lines += ["#EXT-X-CUE-IN"] if index in ends else []
            if self.dating(index, first, index in borders):
                lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{format_date(self.dial(start_s, reload))}")
            kind = "a" if _is_ad(breaks, start_s + self.segment_s / 2) else "p"
            lines += [f"#EXTINF:{self.stated_s or self.segment_s:g},", f"{self.name}/{kind}{index}.ts"]
        return ("\n".join(lines) + "\n").encode(), indexes


def _is_ad(breaks: list[tuple[float, float]], moment_s: float) -> bool:
    return any(begin <= moment_s < end for begin, end in breaks)


@dataclass
class World:
    """A channel with a break of ``break_s`` in every ``period_s``."""

    encoders: list[Encoder]
    hours: float = 0.8
    period_s: float = 438.0
    break_s: float = 60.0
    reload_s: float = 30.0

    def run(self, policy: StripOptions, seed: int = 1) -> None:
        """Watch it, reload by reload, and complain of the first promise that is broken."""
        chance = random.Random(seed)
        count = int(self.hours * 3600 / self.period_s) + 1
        breaks = [((n + 1) * self.period_s - self.break_s, (n + 1) * self.period_s) for n in range(count)]
        shared = StreamState()
        states = {encoder.name: RenditionState(encoder.name) for encoder in self.encoders}
        viewers = {encoder.name: Viewer(tells_ads=encoder.tolerance_s == 0) for encoder in self.encoders}
        for reload in range(4, int(self.hours * 3600 / self.reload_s)):
            # The first leads, as the proxy has the picture do: nobody can follow what was not seen yet.
            followers = self.encoders[1:]
            chance.shuffle(followers)
            for encoder in (self.encoders[0], *followers):
                if reload % encoder.every:
                    continue
                data, indexes = encoder.playlist(breaks, reload * self.reload_s, reload)
                if not indexes:
                    continue
                result = strip(Playlist.parse(data), policy, shared, states[encoder.name])
                assert not result.refusal
                if result.stale:
                    continue
                shared, states[encoder.name] = result.shared, result.rendition
                if reload % 16 == 0:
                    shared = load(dump(shared))
                viewers[encoder.name].reads(result.playlist)
                for index, action in zip(indexes, result.actions, strict=True):
                    is_hidden = action.value != "keep"
                    assert encoder.hidden.setdefault(index, is_hidden) == is_hidden, "a segment changed its fate"
        for encoder in self.encoders:
            _judge(encoder, breaks)


def _judge(encoder: Encoder, breaks: list[tuple[float, float]]) -> None:
    assert len(encoder.hidden) > 20
    for index, is_hidden in encoder.hidden.items():
        middle_s = (index + 0.5) * encoder.segment_s
        near = {_is_ad(breaks, middle_s + sign * encoder.tolerance_s) for sign in (-1, 0, 1)}
        if near == {False}:
            assert not is_hidden, f"{encoder.name}: programme is hidden at {middle_s} s"
        elif near == {True}:
            assert is_hidden, f"{encoder.name}: an ad is shown at {middle_s} s"
