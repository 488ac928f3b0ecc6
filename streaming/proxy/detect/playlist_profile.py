"""What is usual in a playlist, and which blocks differ from it by enough signs; the reasons stand in ``heuristics``."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from streaming.proxy.detect.candidate_blocks import block_borders, candidate_blocks, is_seam, total_length_s
from streaming.proxy.playlist.playlist import Playlist, Segment
from streaming.proxy.playlist.segment_facts import decimals_of
from streaming.proxy.playlist.segment_names import NameCount, SegmentName, count_of, parse_name
from streaming.proxy.playlist.uri_keywords import is_ad_name, own_parts, with_ad_words

#: More than this is not advertising any more but a misunderstanding: the most ad-laden hour of television has about a third.
MAX_SHARE = 0.30
#: All that stands before or after a programme: two pods.
_MAX_EDGE_S = 300.0
#: What is the programme must hold at least this share of the time, or nothing can be called foreign to it.
_MAIN_SHARE = 0.5
_THRESHOLD = 3.0
#: A habit of the packager is one that nearly all segments show.
_HABIT_SHARE = 0.7

#: Weights. Strong signs (2) are hard to come by innocently; the others only add up.
_WEIGHTS = {
    "foreign-host": 2.0,
    "numbering-sandwich": 2.0,
    "clear-between-encrypted": 2.0,
    "ad-word-in-address": 2.0,
    "named-ad": 1.0,
    "beside-known-ads": 2.0,
    "foreign-directory": 1.5,
    "folder-resumes": 1.5,
    "unlike-durations": 1.0,
    "unlike-packager": 1.0,
    "unlike-decimals": 1.0,
    "foreign-names": 1.0,
    "repeated-creative": 1.0,
    "repeated-lengths": 2.0,
    "ad-length": 0.5,
}
_STRONG = frozenset(
    [
        "foreign-host",
        "numbering-sandwich",
        "folder-resumes",
        "clear-between-encrypted",
        "ad-word-in-address",
        "beside-known-ads",
        "repeated-lengths",
    ]
)
#: Signs that nothing of the programme bears, whatever it is called and however long it is.
_AD_SIGNS = frozenset(["clear-between-encrypted", "ad-word-in-address", "beside-known-ads"])
#: Openings and endings of series last 90 s by the slots of Japanese television, less a few frames, or the second they fade in.
SONG_S = (85.0, 91.0)
#: What a station or a series shows of itself again and again; the shortest advertising that is sold and repeated is 15 s.
_IDENT_S = 10.5
#: So many lengths, three of them different, are not alike by chance.
_MIN_LENGTHS, _MIN_UNLIKE = 4, 3


@dataclass(frozen=True, slots=True)
class Suspect:
    """A block thought to be ads, with the signs and their sum."""

    start: int
    end: int
    signs: tuple[str, ...]
    score: float


class SegmentReadings:
    """What is read of each segment once, by index, however often the playlist is surveyed."""

    def __init__(self, playlist: Playlist) -> None:
        self.playlist = playlist

    @cached_property
    def names(self) -> list[SegmentName]:
        """What each address says, taken apart."""
        return [parse_name(segment.address) for segment in self.playlist.segments]

    @cached_property
    def decimals(self) -> list[int]:
        """Decimals with which each duration is written."""
        return [decimals_of(self.playlist, segment) for segment in self.playlist.segments]

    @cached_property
    def ad_words(self) -> set[int]:
        """Indexes of the segments with a word of advertising in their address."""
        return with_ad_words([segment.address for segment in self.playlist.segments])

    @cached_property
    def own_parts(self) -> set[int]:
        """Indexes of the segments that are called a part of the programme."""
        return own_parts([segment.address for segment in self.playlist.segments])


class PlaylistProfile:
    """What is usual in this playlist, measured in time, so that a foreign block can be told from it.  Blocks are places in ``open_``."""

    def __init__(self, readings: SegmentReadings, open_: Sequence[Segment], borders: Sequence[int]) -> None:
        playlist, self._readings = readings.playlist, readings
        self.segments = open_
        names = self._names = [readings.names[segment.index] for segment in open_]
        self._is_complete = playlist.is_complete
        self._total_s = total_length_s(open_)
        self._host = self._usual([name.host for name in names])
        self._directory = self._usual([name[:2] for name in names])
        self._series = self._usual([name.series for name in names])
        self._duration = self._usual([round(segment.duration_s, 1) for segment in open_])
        self._packager = self._usual([_packager(segment) for segment in open_])
        self._encrypted = self._usual([bool(segment.keys) for segment in open_])
        self._decimals = [readings.decimals[segment.index] for segment in open_]
        self._usual_decimals = self._usual(self._decimals, _HABIT_SHARE)
        self._count = self._counted()
        self._folder = _stretch([name[:2] == self._directory for name in names])
        self._home = _stretch([name.host == self._host for name in names])
        self._ad_shelves: set[tuple[str, str]] = set()
        self._ad_series: set[tuple[str, str]] = set()
        self._ad_addresses: set[str] = set()
        self._uses = Counter(segment.address for segment in open_ if segment.byterange is None)
        self._ad_words = {place for place, segment in enumerate(open_) if segment.index in readings.ad_words}
        ad_word_s = sum(open_[place].duration_s for place in self._ad_words)
        if ad_word_s > MAX_SHARE * self._total_s:
            self._ad_words = set()  # a word that is everywhere is a brand, not a sign
        if playlist.is_complete:  # of a live playlist one sees too little to tell an oddity from an insertion
            borders = sorted({*borders, *self._leaps()})
        self._blocks = candidate_blocks(playlist, open_, borders)
        self._addressed = Counter(self._addresses(*block) for block in self._blocks)
        self._timed = self._lengths_of_blocks()

    @classmethod
    def of(cls, readings: SegmentReadings, open_: Sequence[Segment]) -> "PlaylistProfile | None":
        """A survey, if there is anything to look at."""
        playlist, borders = readings.playlist, block_borders(open_)
        if len(open_) < 2 or total_length_s(open_) <= 0:
            return None
        if playlist.is_complete or candidate_blocks(playlist, open_, borders):
            return cls(readings, open_, borders)
        return None

    @cached_property
    def _own_parts(self) -> set[int]:
        """Places that are called parts of the programme; none where most is, for beside a film in "/preview/" lie its ads as well."""
        found = {place for place, segment in enumerate(self.segments) if segment.index in self._readings.own_parts}
        return (
            found if total_length_s(self.segments[place] for place in found) <= _MAIN_SHARE * self._total_s else set()
        )

    def _counted(self) -> NameCount | None:
        """The programme by its own numbers, if they run through all but what may be ads."""
        own = [place for place, name in enumerate(self._names) if name.series == self._series]
        # A second host may have the same numbers, and must not be taken for the first.
        at_home = [place for place in own if self._names[place][:2] == self._directory]
        count = count_of(self._names, at_home or own)
        counted_s = sum(segment.duration_s for place, segment in enumerate(self.segments) if count.holds(place))
        return count if counted_s >= (1 - MAX_SHARE) * self._total_s > 0 else None

    def _leaps(self) -> list[int]:
        """Where the programme's numbers leave off, or are back."""
        count = self._count
        if count is None:
            return []
        inside = [count.holds(index) for index in range(len(self._names))]
        return [index for index in range(1, len(inside)) if inside[index] != inside[index - 1]]

    def learn(self, ads: Sequence[tuple[Segment, SegmentName]]) -> None:
        """Note where ads are kept and how they are called, as far as the programme is not kept there or called so."""
        ad_names = [name for _, name in ads]
        self._ad_addresses = {segment.address for segment, _ in ads if segment.byterange is None}
        if self._count is not None:
            self._ad_series = {name.series for name in ad_names} - {self._series}
        if self._directory is not None:
            own = {name.shelf for name in self._names if name[:2] == self._directory}
            self._ad_shelves = {name.shelf for name in ad_names} - own

    def _usual(self, values: Sequence[object], share: float = _MAIN_SHARE) -> object | None:
        if len(set(values)) == 1:
            return values[0]
        shares: dict[object, float] = {}
        for value, segment in zip(values, self.segments, strict=True):
            shares[value] = shares.get(value, 0.0) + segment.duration_s
        value = max(shares, key=lambda candidate: shares[candidate], default=None)
        return value if value is not None and shares[value] > share * self._total_s else None

    def suspects(self) -> list[Suspect]:
        """The blocks that look like ads."""
        return [suspect for block in self._blocks if (suspect := self._judge(*block)) is not None]

    def _judge(self, start: int, end: int) -> Suspect | None:
        block = self.segments[start:end]
        length_s = total_length_s(block)
        if self._goes_on(start, end):
            return None
        signs = tuple(name for name, present in self._signs(start, end, length_s) if present)
        score = sum(_WEIGHTS[sign] for sign in signs)
        counted = [sign for sign in signs if sign != "ad-length"]
        if score < _THRESHOLD or len(counted) < 2 or not _STRONG.intersection(signs):
            return None
        edges = [index for index in (start, end) if 0 < index < len(self.segments)]
        if "numbering-sandwich" not in signs and not all(is_seam(self.segments, index) for index in edges):
            return None  # without discontinuities only the programme's own numbers can say that something was put in
        if "ad-word-in-address" not in signs and all(place in self._own_parts for place in range(start, end)):
            return None
        if _AD_SIGNS.isdisjoint(signs) and self._is_own(start, end, length_s):
            return None
        return Suspect(block[0].index, block[-1].index + 1, signs, score)

    def _signs(self, start: int, end: int, length_s: float) -> Iterable[tuple[str, bool]]:
        block, names = self.segments[start:end], self._names[start:end]
        # A second CDN has the files of the first at the same paths; a server of ads has not.
        is_mirror = bool(self._path) and all(name.directory == self._path for name in names)
        foreign_host = not is_mirror and self._host is not None and all(name.host != self._host for name in names)
        foreign_host = foreign_host and self._host_resumes(start, end)
        foreign_directory = self._directory is not None and all(name[:2] != self._directory for name in names)
        is_foreign = self._is_foreign(start, end)
        yield "foreign-host", foreign_host
        yield "foreign-directory", foreign_directory and not foreign_host and not is_mirror
        yield "beside-known-ads", self._is_beside_ads(start, end)
        yield "numbering-sandwich", is_foreign and self._is_sandwiched(start, end)
        yield "folder-resumes", foreign_directory and not is_mirror and self._folder_resumes(start, end)
        yield "clear-between-encrypted", self._encrypted is True and not any(segment.keys for segment in block)
        yield "ad-word-in-address", all(index in self._ad_words for index in range(start, end))
        yield "named-ad", bool(self._ad_words) and all(is_ad_name(name.stem) for name in names)
        body = block[:-1] or block  # the last segment of anything is shorter
        yield (
            "unlike-durations",
            self._duration is not None and all(round(s.duration_s, 1) != self._duration for s in body),
        )
        yield "unlike-packager", self._packager is not None and all(_packager(s) != self._packager for s in block)
        yield (
            "unlike-decimals",
            self._usual_decimals is not None
            and all(self._decimals[index] != self._usual_decimals for index in range(start, end)),
        )
        yield "foreign-names", is_foreign
        yield "repeated-lengths", self._repeats_lengths(start, end)
        yield "repeated-creative", all(self._uses[segment.address] > 1 for segment in block)
        # Advertising time is sold in multiples of 5 s.
        yield "ad-length", length_s >= 5 and abs(length_s - 5 * round(length_s / 5)) <= 0.5

    @property
    def _path(self) -> str:
        return self._directory[1] if isinstance(self._directory, tuple) else ""

    def _is_beside_ads(self, start: int, end: int) -> bool:
        names = self._names[start:end]
        return (
            (bool(self._ad_shelves) and all(name.shelf in self._ad_shelves for name in names))
            or (bool(self._ad_series) and all(name.series in self._ad_series for name in names))
            or all(segment.address in self._ad_addresses for segment in self.segments[start:end])
        )

    def _goes_on(self, start: int, end: int) -> bool:
        """The numbering runs on through the block: the same programme from a second host, or after an encoder restart."""
        names, count = self._names, self._count
        # Neighbours that are foreign themselves are no programme to go on with.
        before = start - 1 if start > 0 and (count is None or count.holds(start - 1)) else None
        after = end if end < len(names) and (count is None or count.holds(end)) else None
        if before is not None and names[before].is_followed_by(names[start]):
            return True
        if after is not None and names[end - 1].is_followed_by(names[after]):
            return True
        if count is not None:
            if any(count.holds(place) for place in range(start, end)):
                return True
            before, after = count.before[start], count.after[end - 1]
        if before is None or after is None:
            return False
        around = [names[before], *names[start:end], names[after]]
        numbers = [name.number for name in around if name.number is not None and name.series == around[0].series]
        return len(numbers) == len(around) and all(earlier < later for earlier, later in pairwise(numbers))

    def _is_own(self, start: int, end: int, length_s: float) -> bool:
        """Whether the block is a part of the programme that is kept elsewhere: an opening by its length, a badge, another encoder."""
        is_one = len({name[:2] for name in self._names[start:end]}) == 1
        if is_one and SONG_S[0] <= length_s <= SONG_S[1]:
            return True
        uses = self._addressed[self._addresses(start, end)]
        is_ident = length_s <= _IDENT_S and uses > 1
        if is_ident and all(self._uses[segment.address] == uses for segment in self.segments[start:end]):
            return True
        return self._stood_in(start, end)

    def _stood_in(self, start: int, end: int) -> bool:
        """The programme's numbers skip as many as the block has segments: it ran on unseen, and this was shown from elsewhere."""
        names, count = self._names, self._count
        before, after = start - 1 if start > 0 else None, end if end < len(names) else None
        if count is not None:
            before, after, step = count.before[start], count.after[end - 1], count.step
        else:
            step = 1
        if before is None or after is None or end - start < 2:
            return False
        if any(not names[place].is_followed_by(names[place + 1]) for place in range(start, end - 1)):
            return False  # not one encoder
        return names[before].is_followed_by(names[after], step * (end - start + 1))

    def _addresses(self, start: int, end: int) -> tuple[str, ...]:
        return tuple(segment.address for segment in self.segments[start:end])

    def _lengths_of_blocks(self) -> Counter[tuple[float, ...]]:
        """How many different blocks have just these lengths, as one creative has that is given a new name each time."""
        found: dict[tuple[float, ...], set[tuple[str, ...]]] = {}
        for start, end in self._blocks:
            if end - start >= _MIN_LENGTHS:
                found.setdefault(self._lengths(start, end), set()).add(self._addresses(start, end))
        return Counter({lengths: len(names) for lengths, names in found.items() if len(set(lengths)) >= _MIN_UNLIKE})

    def _lengths(self, start: int, end: int) -> tuple[float, ...]:
        return tuple(round(segment.duration_s, 3) for segment in self.segments[start:end])

    def _repeats_lengths(self, start: int, end: int) -> bool:
        lengths = self._lengths(start, end)
        blocks = self._timed[lengths]
        # What most of it is cut into is how the encoder works.
        return blocks > 1 and blocks * sum(lengths) <= MAX_SHARE * self._total_s

    def _is_foreign(self, start: int, end: int) -> bool:
        """Whether the block is named as nothing in the programme is: otherwise, or with numbers from elsewhere."""
        names, count = self._names, self._count
        if self._series is None:
            # No habit throughout, as in a film of parts; then that of the neighbours, if they have one.
            if start == 0 or end >= len(names) or not names[start - 1].is_followed_by(names[end]):
                return False
            return all(name.series != names[end].series for name in names[start:end])
        for index in range(start, end):
            name = names[index]
            if name.series != self._series:
                continue
            if count is None or (name[:2] == self._directory and count.spans(name.number)):
                return False
        return True

    def _is_sandwiched(self, start: int, end: int) -> bool:
        """The programme stops before the block at one number and goes on after it with the next."""
        if self._count is None:
            return start > 0 and end < len(self._names) and self._names[start - 1].is_followed_by(self._names[end])
        before, after = self._count.before[start], self._count.after[end - 1]
        if before is None or after is None:
            return False
        return self._names[before].is_followed_by(self._names[after], self._count.step)

    def _host_resumes(self, start: int, end: int) -> bool:
        """The block lies within the programme, or close to its beginning or end: between two programmes it may be a third."""
        if start in self._home and end - 1 in self._home:
            return True
        around = self.segments[: self._home.start] if end <= self._home.start else self.segments[self._home.stop + 1 :]
        return self._is_complete and total_length_s(around) <= _MAX_EDGE_S

    def _folder_resumes(self, start: int, end: int) -> bool:
        """The folder of a film stops and goes on.  A sign where numbers cannot say so; live, a packager may have failed over."""
        return self._count is None and self._is_complete and start in self._folder and end - 1 in self._folder


def _stretch(is_own: Sequence[bool]) -> range:
    """From the first of the programme to the last."""
    places = [place for place, own in enumerate(is_own) if own]
    return range(places[0], places[-1]) if places else range(0)


def _packager(segment: Segment) -> tuple[bool, bool]:
    """How the packager writes: each program has one habit of titles and initialisation sections."""
    return bool(segment.title), bool(segment.map_value)
