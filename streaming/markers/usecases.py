"""Which marks are known, from chapters and from sound, and what that needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from streaming.ingest.model import Asset
from streaming.markers import chapters, matching, montage
from streaming.markers.fingerprint import Points
from streaming.markers.model import AssetSound, Mark, MarkKind, MarkSource

EARLY_MS: Final = 150_000
"""By when a recap begins: at once, or after the opening.  Later it is the story that remembers."""
LATE_MS: Final = 60_000
"""How long before the end a preview may stop."""
OTHERS: Final = 2
"""Episodes that are asked whether they have a scene as well."""


@dataclass(frozen=True, slots=True)
class MarkableEpisode:
    """An episode, and which marks a program may change or set."""

    episode_id: str
    ordinal: float
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


def found_marks(
    wanted: MarkableEpisode, asset: Asset, sounds: Mapping[str, AssetSound], in_order: Sequence[str]
) -> dict[MarkKind, Mark | None]:
    """What is known of ``asset``; ``sounds``: those of it and of others of its release, by asset; ``in_order``: these assets by ordinal.

    Chapters first.  Takes some milliseconds for each of ``sounds``, and a second at most for the neighbours.
    """
    called = chapters.marks(asset.chapters)
    found: dict[MarkKind, Mark | None] = {}
    for kind in wanted.kinds:
        if kind in called:
            start_ms, stop_ms = called[kind]
            found[kind] = _mark(start_ms, stop_ms, asset, MarkSource.CHAPTERS, 1.0)
        elif asset.id in sounds:
            heard = _repeated if kind in {MarkKind.OPENING, MarkKind.ENDING} else _retold
            found[kind] = heard(kind, asset, sounds, in_order)
        else:
            found[kind] = None
    return found


def _repeated(kind: MarkKind, asset: Asset, sounds: Mapping[str, AssetSound], _: Sequence[str]) -> Mark | None:
    """What most others have, too."""
    parts: dict[str, Points] = {
        name: sound.head if kind is MarkKind.OPENING else sound.tail for name, sound in sounds.items()
    }
    agreed = matching.agreed(matching.all_shared(parts, asset.id))
    if agreed is None:
        return None
    begin_ms = 0 if kind is MarkKind.OPENING else sounds[asset.id].tail_start_ms
    return _mark(agreed.start_ms + begin_ms, agreed.stop_ms + begin_ms, asset, MarkSource.SOUND, agreed.confidence)


def _retold(kind: MarkKind, asset: Asset, sounds: Mapping[str, AssetSound], in_order: Sequence[str]) -> Mark | None:
    """Scenes of the episode before, or of the next one."""
    whole = {name: sounds[name].whole for name in in_order if name in sounds}
    heard = [name for name, points in whole.items() if points is not None]
    if asset.id not in heard:
        return None
    here = heard.index(asset.id)
    there = here - 1 if kind is MarkKind.RECAP else here + 1
    others = sorted(
        (each for each in range(len(heard)) if each not in {here, there}), key=lambda each: abs(each - here)
    )
    if not 0 <= there < len(heard) or not others:
        return None
    mine = sounds[asset.id]
    part, begin_ms = (mine.head, 0) if kind is MarkKind.RECAP else (mine.tail, mine.tail_start_ms)
    neighbour, *rest = (whole[heard[each]] for each in (there, *others[:OTHERS]))
    found = None if neighbour is None else montage.montage(part, neighbour, [each for each in rest if each is not None])
    if found is None:
        return None
    start_ms, stop_ms = found.start_ms + begin_ms, found.stop_ms + begin_ms
    placed = start_ms <= EARLY_MS if kind is MarkKind.RECAP else stop_ms >= (asset.duration_ms or 0) - LATE_MS
    return _mark(start_ms, stop_ms, asset, MarkSource.SOUND, found.confidence) if placed else None


def _mark(start_ms: int, stop_ms: int, asset: Asset, source: MarkSource, confidence: float) -> Mark | None:
    """As far as it lies within the video."""
    stop_ms = min(stop_ms, asset.duration_ms or 0)
    return Mark(start_ms, stop_ms, source, confidence) if start_ms < stop_ms else None
