"""Segments of a rendition and their parts (rfc8216bis §3.1).  Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """A partial segment (§4.4.4.9)."""

    data: bytes
    duration: int
    """In ticks."""
    independent: bool
    """Whether a frame in it depends on no other."""


@dataclass(slots=True)
class Segment:
    """A media segment, complete or growing."""

    msn: int
    """Media sequence number."""
    start: int
    """In ticks since the broadcast began."""
    discontinuity: bool
    init_number: int
    parts: list[Part] = field(default_factory=list)
    """Empty again once they are far from the end."""
    duration: int = 0
    """Of its parts, in ticks."""
    size_bytes: int = 0
    part_count: int = 0
    is_complete: bool = False
    """Whether nothing more is added."""
    body: bytes | None = None
    """All of it, once it is complete, and as long as it is in memory."""
    is_kept: bool = False
    """Whether it is in the archive as well."""
    listing: str = ""
    """How the playlist lists it once it has no parts there; put together once."""

    @property
    def end(self) -> int:
        """In ticks since the broadcast began, as far as it goes now."""
        return self.start + self.duration
