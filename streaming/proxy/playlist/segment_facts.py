"""What is compared of a segment, to tell where a stream's programme lies and where its ads do."""

from typing import Final, NamedTuple

from streaming.proxy.playlist.playlist import Playlist, Segment
from streaming.proxy.playlist.segment_names import SegmentName, parse_name

#: Characters kept of a name; hosts have at most 253, and what differs further behind is the same place.
_MAX_TEXT: Final = 200


class SegmentFacts(NamedTuple):
    """What is compared of a segment."""

    name: SegmentName
    duration_s: float
    is_border: bool  # a discontinuity stands before it
    is_encrypted: bool
    packager: str
    decimals: int
    has_ad_word: bool
    is_own_part: bool

    @property
    def host(self) -> str:
        """The host, cut to what is compared."""
        return self.name.host[:_MAX_TEXT]

    @property
    def folder(self) -> str:
        """Host and folders, cut to what is compared."""
        return f"{self.name.host}{self.name.directory}"[:_MAX_TEXT]

    @property
    def series(self) -> str:
        """What numbered siblings share, cut to what is compared."""
        return f"{self.name.stem}#{self.name.ending}"[:_MAX_TEXT]

    @property
    def traits(self) -> dict[str, str]:
        """What a live stream's programme and ads may differ in, by name."""
        return {
            "host": self.host,
            "folder": self.folder,
            "series": self.series,
            "encrypted": str(self.is_encrypted),
            "packager": self.packager,
            "decimals": str(self.decimals),
            "ad-word": str(self.has_ad_word),
        }

    @property
    def places(self) -> tuple[str, str]:
        """Where ads like this would lie: on a host that has nothing else, or in a folder of one that has."""
        host, first = self.name.shelf
        return f"host {host}"[:_MAX_TEXT], f"shelf {host}/{first}"[:_MAX_TEXT]


def facts_of(
    playlist: Playlist, segment: Segment, *, has_ad_word: bool = False, is_own_part: bool = False
) -> SegmentFacts:
    """What is compared of ``segment``."""
    return SegmentFacts(
        parse_name(segment.address),
        segment.duration_s,
        segment.discontinuity,
        bool(segment.keys),
        f"{bool(segment.title):d}{bool(segment.map_value):d}",
        decimals_of(playlist, segment),
        has_ad_word,
        is_own_part,
    )


def decimals_of(playlist: Playlist, segment: Segment) -> int:
    """How many decimals its duration is written with."""
    number = segment.uri_line - 1
    while number > segment.first and playlist.lines[number].tag != "#EXTINF":
        number -= 1
    return len(playlist.lines[number].value.partition(",")[0].partition(".")[2])
