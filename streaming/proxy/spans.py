"""Where the ads of a stream lie in time, so that a rendition without signals of its own (audio, subtitles, I-frames) is cut alike.

Renditions share a clock but not their segment borders.  With dates the clock is the date; a complete playlist is measured from its
beginning; a live one without dates leaves only the sequence numbers, which packagers keep in step.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from streaming.proxy.breaks import OpenBreak
from streaming.proxy.dateranges import segment_dates
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

    def ads_in(self, playlist: Playlist) -> list[int]:
        """Indexes of the segments whose middle lies in an ad."""
        if not (self.dated or self.measured or self.numbered):
            return []
        times, spans = self._clock(playlist)
        if times is None:
            return [segment.index for segment in playlist.segments if segment.msn in self.numbered]
        middles = ((s.index, times[s.index] + s.duration_s / 2) for s in playlist.segments)
        return [index for index, middle in middles if any(start <= middle < end for start, end in spans)]

    def with_ads(self, playlist: Playlist, ads: Collection[int]) -> "Spans":
        """The spans, and those of ``ads`` (indexes) in ``playlist``."""
        if not ads:
            return self
        times, spans = self._clock(playlist)
        if times is None:
            newest = playlist.segments[-1].msn
            numbered = {playlist.segments[index].msn for index in ads}
            return replace(self, numbered=frozenset(n for n in self.numbered | numbered if newest - n < _MAX_NUMBERS))
        merged = _merged([*spans, *((times[i], times[i] + playlist.segments[i].duration_s) for i in ads)])
        if times[0] == 0.0:
            return replace(self, measured=merged)
        return replace(self, dated=merged)

    def _clock(self, playlist: Playlist) -> tuple[list[float] | None, tuple[tuple[float, float], ...]]:
        if playlist.is_complete or playlist.playlist_type == "EVENT":
            times, now = [], 0.0
            for segment in playlist.segments:
                times.append(now)
                now += segment.duration_s
            return times, self.measured
        dates = segment_dates(playlist)
        return (dates, self.dated) if dates is not None else (None, ())


def _merged(spans: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    merged: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + _SAME_BORDER_S:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged[-_MAX_SPANS:])
