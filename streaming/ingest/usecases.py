"""What can happen to assets, and what ingest needs from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kernel.errors import AniError
from kernel.ids import is_id, new_id
from kernel.storage import Storage
from streaming.ingest.model import Asset, AssetId, AssetNotFound, EpisodeUnknown, IngestInterrupted, Published


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


async def register(
    assets: Assets, episodes: IngestTargets, *, episode_id: str, fingerprint: str, source_name: str, now: datetime
) -> Asset:
    """The asset of this file for this episode, new or known.

    Raises :class:`EpisodeUnknown`.
    """
    if not is_id(episode_id) or not await episodes.exists(episode_id):
        raise EpisodeUnknown(episode_id=episode_id)
    asset = await assets.find(episode_id, fingerprint)
    if asset is None:
        asset = Asset.begin(AssetId(new_id()), episode_id, fingerprint, source_name, now)
        assets.add(asset)
    return asset


async def retry(assets: Assets, asset_id: AssetId, now: datetime) -> Asset:
    """Start an asset again that failed or was left behind.  Raises :class:`AssetNotFound`."""
    asset = await _get(assets, asset_id)
    if not asset.is_ready:
        asset.retry(now)
    return asset


async def complete(assets: Assets, asset_id: AssetId, published: Published, now: datetime) -> Asset:
    """The files are in place.  Raises :class:`AssetNotFound`."""
    asset = await _get(assets, asset_id)
    asset.complete(published, now)
    return asset


async def fail(assets: Assets, asset_id: AssetId, error: AniError, now: datetime) -> None:
    """The ingest ended without an asset, because of ``error``.  Raises :class:`AssetNotFound`."""
    (await _get(assets, asset_id)).fail(error.code, error.message, now)


async def settle(assets: Assets, asset_id: AssetId, published: Published | None, now: datetime) -> None:
    """End what a dead process left unfinished: ready when its files were already ``published``, failed otherwise."""
    asset = await assets.get(asset_id)
    if asset is None:
        return
    if published is not None:
        asset.complete(published, now)
    else:
        interrupted = IngestInterrupted()
        asset.fail(interrupted.code, interrupted.message, now)


async def remove_media(assets: Assets, storage: Storage, episode_ids: Sequence[str]) -> None:
    """The episodes are gone: remove their assets, and the files of those."""
    for asset in await assets.of_episodes(episode_ids):
        await assets.remove(asset)
        await storage.delete(asset.id)


async def _get(assets: Assets, asset_id: AssetId) -> Asset:
    asset = await assets.get(asset_id)
    if asset is None:
        raise AssetNotFound(asset_id=asset_id)
    return asset
