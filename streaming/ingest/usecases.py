"""What can happen to assets, and what ingest needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from kernel.errors import AniError
from kernel.ids import is_id, new_id
from kernel.storage import MediaStorage
from streaming.ingest.model import Asset, AssetId, AssetNotFound, EpisodeUnknown, IngestInterrupted, Published
from streaming.keys.model import DEFAULT_ROTATION_SEGMENTS, Protection


class Assets(Protocol):
    """All assets."""

    def add(self, asset: Asset) -> None:
        """Keep a new asset."""
        ...

    async def get(self, asset_id: AssetId) -> Asset | None:
        """The asset in whatever state, or ``None``."""
        ...

    async def find(self, episode_id: str, fingerprint: str) -> Asset | None:
        """The asset made, or being made, of this very file."""
        ...

    async def current(self, episode_id: str) -> Asset | None:
        """The asset viewers of an episode get: the one that became ready last."""
        ...

    async def superseded(self, before: datetime) -> Sequence[Asset]:
        """Those that another packaging took the place of before that moment, a bounded number at once."""
        ...

    async def unstored(self) -> Sequence[Asset]:
        """Those that are whole, but for the storage that was away; a bounded number at once."""
        ...

    async def of_episodes(self, episode_ids: Sequence[str]) -> Sequence[Asset]:
        """All that were made for these episodes, in whatever state."""
        ...

    async def remove(self, asset: Asset) -> None:
        """Forget the asset; its files are the storage's."""
        ...


class IngestTargets(Protocol):
    """The catalogue, as far as ingest must know it."""

    async def exists(self, episode_id: str) -> bool:
        """Whether there is such an episode."""
        ...


class KeysOfMedia(Protocol):
    """The keys that media are encrypted with (``streaming.keys.usecases.ContentKeys``, as far as it is needed here)."""

    async def remove(self, content_id: str) -> None:
        """The asset is gone: so are its keys."""
        ...


@dataclass(frozen=True, slots=True)
class ProtectionDefaults:
    """What an operator set for new media; bound like a port."""

    mode: Protection = Protection.NONE
    rotation_segments: int = DEFAULT_ROTATION_SEGMENTS
    """With AES-128, segments to a key."""
    clearkey: bool = True
    """Whether playlists and manifests name ClearKey."""


SUPERSEDED_FOR: Final = timedelta(hours=13)
"""How long the former packaging of a film is kept: no stream lasts longer than 12 hours, and nobody in the middle of one is to
lose it."""


def marked(fingerprint: str, mode: Protection, tracks: str = "") -> str:
    """The fingerprint of a file protected in ``mode``, with its tracks changed by what is called ``tracks``.

    Each is an asset of its own, whose addresses never change.
    """
    if tracks:
        return f"{fingerprint}:{mode.value}:{tracks}"
    return fingerprint if mode is Protection.NONE else f"{fingerprint}:{mode.value}"


def file_mark(asset: Asset) -> str:
    """The fingerprint of its file, whatever it is protected with."""
    return asset.fingerprint.partition(":")[0]


def tracks_mark(asset: Asset) -> str:
    """What the last change of its tracks is called; empty where they are as its file has them."""
    return asset.fingerprint.partition(":")[2].partition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    assets: Assets
    targets: IngestTargets
    storage: MediaStorage
    keys: KeysOfMedia
    now: datetime


async def register(context: IngestContext, *, episode_id: str, fingerprint: str, source_name: str) -> Asset:
    """The asset of this file for this episode, new or known.

    Raises :class:`EpisodeUnknown`.
    """
    if not is_id(episode_id) or not await context.targets.exists(episode_id):
        raise EpisodeUnknown(episode_id=episode_id)
    asset = await context.assets.find(episode_id, fingerprint)
    if asset is None:
        asset = Asset.begin(AssetId(new_id()), episode_id, fingerprint, source_name, context.now)
        context.assets.add(asset)
    return asset


async def tracks_added_to(context: IngestContext, episode_id: str, mark: str) -> str:
    """:func:`tracks_mark` of the present video of an episode, where that is of the file ``mark``: given again, it keeps them."""
    present = await context.assets.current(episode_id) if is_id(episode_id) else None
    return tracks_mark(present) if present is not None and file_mark(present) == mark else ""


async def retry(context: IngestContext, asset_id: AssetId) -> Asset:
    """Start an asset again that failed or was left behind.  Raises :class:`AssetNotFound`."""
    asset = await _get(context, asset_id)
    if not asset.is_ready:
        asset.retry(context.now)
    return asset


async def complete(context: IngestContext, asset_id: AssetId, published: Published) -> Asset:
    """The files are in place, and other packagings of the same file are superseded.  Raises :class:`AssetNotFound`."""
    asset = await _get(context, asset_id)
    for other in await packagings(context, asset):
        asset.replaces = other.id
        other.supersede(context.now)
    asset.complete(published, context.now)
    return asset


async def restore(context: IngestContext, asset_id: AssetId) -> Asset:
    """A former packaging is what viewers get again.  Raises :class:`AssetNotFound`."""
    asset = await _get(context, asset_id)
    for other in await packagings(context, asset):
        asset.replaces = other.id
        other.supersede(context.now)
    asset.restore(context.now)
    return asset


async def packagings(context: IngestContext, asset: Asset) -> list[Asset]:
    """Others of the same file that are ready, the present one last."""
    others = [
        each
        for each in await context.assets.of_episodes([asset.episode_id])
        if each.is_ready and each.id != asset.id and file_mark(each) == file_mark(asset)
    ]
    return sorted(others, key=lambda each: (each.superseded_at is None, each.finished_at, each.id))


async def register_packaging(
    context: IngestContext, source: Asset, mode: Protection, *, tracks: str | None = None
) -> Asset:
    """The asset of the same file protected in ``mode``, new or known; ``tracks``: with them changed (:func:`marked`)."""
    mark = marked(file_mark(source), mode, tracks_mark(source) if tracks is None else tracks)
    asset = await context.assets.find(source.episode_id, mark)
    if asset is None:
        asset = Asset.begin(AssetId(new_id()), source.episode_id, mark, source.source_name, context.now)
        context.assets.add(asset)
    return asset


async def remove_superseded(context: IngestContext) -> int:
    """Remove packagings that nobody can be watching any more, with their keys; how many."""
    left = await context.assets.superseded(context.now - SUPERSEDED_FOR)
    for asset in left:
        await _remove(context, asset)
    return len(left)


async def fail(context: IngestContext, asset_id: AssetId, error: AniError) -> None:
    """The ingest ended without an asset, because of ``error``.  Raises :class:`AssetNotFound`."""
    (await _get(context, asset_id)).fail(error.code, error.message, context.now)


async def settle(context: IngestContext, asset_id: AssetId, published: Published | None) -> None:
    """End what a dead process left unfinished: ready when its files were already ``published``, failed otherwise."""
    asset = await context.assets.get(asset_id)
    if asset is None:
        return
    if published is not None:
        asset.complete(published, context.now)
    else:
        interrupted = IngestInterrupted()
        asset.fail(interrupted.code, interrupted.message, context.now)


async def remove_media(context: IngestContext, episode_ids: Sequence[str]) -> None:
    """The episodes are gone: remove their assets, with the files and keys of those."""
    for asset in await context.assets.of_episodes(episode_ids):
        await _remove(context, asset)


async def _remove(context: IngestContext, asset: Asset) -> None:
    await context.assets.remove(asset)
    await context.keys.remove(asset.id)
    await context.storage.delete(asset.id)


async def _get(context: IngestContext, asset_id: AssetId) -> Asset:
    asset = await context.assets.get(asset_id)
    if asset is None:
        raise AssetNotFound(asset_id=asset_id)
    return asset
