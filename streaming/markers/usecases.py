"""Which openings and endings are known, from chapters and from sound, and what that needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from streaming.ingest.model import Asset
from streaming.markers import chapters, matching
from streaming.markers.fingerprint import Points
from streaming.markers.model import AssetSound, Mark, MarkKind, MarkSource


@dataclass(frozen=True, slots=True)
class MarkableEpisode:
    """An episode, and which marks a program may change or set."""

    episode_id: str
    kinds: frozenset[MarkKind]
    marked: frozenset[MarkKind] = frozenset()
    """Of these, those it has: only another video of its own changes them."""


class MarkedEpisodes(Protocol):
    """The catalogue, as far as marks must know it."""

    async def around(self, episode_id: str, most: int) -> Sequence[MarkableEpisode]:
        """The episode and those of its release that are nearest to it, itself first; empty where it is gone."""
        ...

    async def mark(self, episode_id: str, found: Mapping[MarkKind, Mark | None]) -> None:
        """Note what was found, ``None``: nothing (any more); what people decided stays."""
        ...


class AssetSounds(Protocol):
    """The fingerprints of assets."""

    async def of(self, asset_ids: Sequence[str]) -> Mapping[str, AssetSound]:
        """Those that were made, by asset."""
        ...

    async def keep(self, sound: AssetSound) -> None:
        """Twice is once; of an asset that is gone it is forgotten."""
        ...


def found_marks(wanted: MarkableEpisode, asset: Asset, sounds: Mapping[str, AssetSound]) -> dict[MarkKind, Mark | None]:
    """Where the opening and the ending of ``asset`` are; ``sounds``: those of it and of others of its release, by asset.

    Chapters first.  Takes some milliseconds for each of ``sounds``.
    """
    called = chapters.marks(asset.chapters)
    found: dict[MarkKind, Mark | None] = {}
    for kind in wanted.kinds:
        if kind in called:
            start_ms, stop_ms = called[kind]
            found[kind] = _mark(start_ms, stop_ms, asset, MarkSource.CHAPTERS, 1.0)
        elif asset.id in sounds:
            found[kind] = _heard(kind, asset, sounds)
        else:
            found[kind] = None
    return found


def _heard(kind: MarkKind, asset: Asset, sounds: Mapping[str, AssetSound]) -> Mark | None:
    parts: dict[str, Points] = {
        name: sound.head if kind is MarkKind.OPENING else sound.tail for name, sound in sounds.items()
    }
    agreed = matching.agreed(matching.all_shared(parts, asset.id))
    if agreed is None:
        return None
    begin_ms = 0 if kind is MarkKind.OPENING else sounds[asset.id].tail_start_ms
    return _mark(agreed.start_ms + begin_ms, agreed.stop_ms + begin_ms, asset, MarkSource.SOUND, agreed.confidence)


def _mark(start_ms: int, stop_ms: int, asset: Asset, source: MarkSource, confidence: float) -> Mark | None:
    """As far as it lies within the video."""
    stop_ms = min(stop_ms, asset.duration_ms or 0)
    return Mark(start_ms, stop_ms, source, confidence) if start_ms < stop_ms else None
