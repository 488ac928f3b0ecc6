"""Marks: where the recap, the opening, the ending and the preview of an episode are, and who says so."""

from dataclasses import dataclass
from enum import Enum

from streaming.markers.fingerprint import Points


class MarkKind(Enum):
    """What a mark is of."""

    RECAP = "recap"
    OPENING = "opening"
    ENDING = "ending"
    PREVIEW = "preview"


class MarkSource(Enum):
    """Who says so; the first goes first."""

    CHAPTERS = "chapters"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of an episode; ``confidence`` from 0 to 1."""

    start_ms: int
    stop_ms: int
    source: MarkSource
    confidence: float


class SoundUnreadable(Exception):
    """The sound of a published asset could not be had or decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetSound:
    """The fingerprints of an asset's sound."""

    asset_id: str
    head: Points
    """From the beginning on: where openings and recaps are."""
    tail: Points
    """Where endings and previews are."""
    tail_start_ms: int
    """Where the first point of ``tail`` begins."""
    whole: Points | None = None
    """From beginning to end; ``None`` of a film that is too long to have a recap of another."""
