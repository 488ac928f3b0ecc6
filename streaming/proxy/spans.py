"""Where the ads of a stream lie in time, so that a rendition without signals of its own (audio, subtitles, I-frames) is cut alike.

Renditions share a clock but not their segment borders.  With dates the clock is the date; a complete playlist is measured from its
beginning; a live one without dates leaves only the sequence numbers, which packagers keep in step.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from streaming.proxy.breaks import OpenBreak
from streaming.proxy.corrections import Clock, times_of
from streaming.proxy.lines import Playlist

#: Breaks remembered: a window of hours with a break every few minutes has fewer, and the oldest are the first to be useless.
_MAX_SPANS = 256
#: Sequence numbers remembered: windows of live playlists without dates are shorter by far.
_MAX_NUMBERS = 4096
#: Borders closer than this are one border: frames of audio and video never end together.
_SAME_BORDER_S = 0.5


@dataclass(frozen=True, slots=True)
class Spans:
    """Ad times: ``dated`` in seconds since the epoch, ``measured`` in seconds from the beginning, ``numbered`` by sequence number."""

    dated: tuple[tuple[float, float], ...] = ()
    measured: tuple[tuple[float, float], ...] = ()
    numbered: frozenset[int] = frozenset()
    #: The break that was running at the newest segment any rendition has shown, and the number after that segment.
    open_break: OpenBreak | None = None
    horizon_msn: int = -1

    def seen_until(self, next_msn: int, open_break: OpenBreak | None) -> "Spans":
        """What is known at the live edge, unless another rendition has shown more."""
        return replace(self, open_break=open_break, horizon_msn=next_msn) if next_msn >= self.horizon_msn else self

    def ads_in(self, playlist: Playlist, times: Sequence[float] | None = None) -> list[int]:
        """Indexes of the segments whose middle lies in an ad.  ``times``: see :meth:`with_ads`."""
        if not (self.dated or self.measured or self.numbered):
            return []
        clock, own = times_of(playlist)
        if clock is Clock.NUMBERED and times is None:
            return [segment.index for segment in playlist.segments if segment.msn in self.numbered]
        spans = self.dated if clock is Clock.DATED else self.measured
        starts = own if times is None or clock is not Clock.NUMBERED else times
        middles = ((s.index, starts[s.index] + s.duration_s / 2) for s in playlist.segments)
        return [index for index, middle in middles if any(start <= middle < end for start, end in spans)]

    def with_ads(self, playlist: Playlist, ads: Collection[int], times: Sequence[float] | None = None) -> "Spans":
        """The spans, and those of ``ads`` (indexes) in ``playlist``.

        ``times``: when its segments begin by the clock all renditions share, for a live playlist without dates; such a rendition
        may have numbers of its own, and then it is the time alone that compares.
        """
        if not ads:
            return self
        clock, own = times_of(playlist)
        known = self
        if clock is Clock.NUMBERED:
            newest = playlist.segments[-1].msn
            numbered = self.numbered | {playlist.segments[index].msn for index in ads}
            known = replace(self, numbered=frozenset(n for n in numbered if newest - n < _MAX_NUMBERS))
            if times is None:
                return known
            own = list(times)
        before = known.dated if clock is Clock.DATED else known.measured
        merged = _merged([*before, *((own[i], own[i] + playlist.segments[i].duration_s) for i in ads)])
        return replace(known, dated=merged) if clock is Clock.DATED else replace(known, measured=merged)


def _merged(spans: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + _SAME_BORDER_S:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged[-_MAX_SPANS:])
