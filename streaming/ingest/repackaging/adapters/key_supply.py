"""Packaging with the keys of the store."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from typing_extensions import override

from kernel.scope import Container
from kernel.storage import MediaStorage
from kernel.storage.download import on_this_machine
from streaming.ingest.engine import Finished, Progress
from streaming.ingest.ffmpeg.processes import Tools
from streaming.ingest.model import Asset
from streaming.ingest.packaging.protect import KeyPlace, KeySupply, ProtectionOrder
from streaming.ingest.repackaging.repackage import TrackRevision, repackage
from streaming.ingest.usecases import ProtectionDefaults
from streaming.keys.model import ContentKey, Protection
from streaming.keys.usecases import ContentKeys


class StoredKeys(KeySupply):
    """The keys of one asset, in transactions of their own."""

    def __init__(self, container: Container, asset_id: str) -> None:
        self._container = container
        self._asset_id = asset_id

    @override
    async def keys(self, places: Sequence[KeyPlace]) -> Mapping[KeyPlace, ContentKey]:
        async with self._container.scope(write=True) as scope:
            store = scope.port(ContentKeys)
            return {place: await store.get_or_make(self._asset_id, *place) for place in places}


async def order_for(container: Container, asset_id: str, mode: Protection) -> ProtectionOrder | None:
    """How to protect an asset in ``mode``; ``None``: not at all."""
    if mode is Protection.NONE:
        return None
    async with container.scope(write=False) as scope:
        defaults = scope.port(ProtectionDefaults)
    return ProtectionOrder(mode, StoredKeys(container, asset_id), defaults.rotation_segments, defaults.clearkey)


async def packaged_anew(
    container: Container,
    tools: Tools,
    source: Asset,
    asset_id: str,
    mode: Protection,
    staging: Path,
    on_progress: Progress | None = None,
    *,
    revision: TrackRevision | None = None,
) -> Finished:
    """Build asset ``asset_id`` in ``staging`` from another packaging of the same file, its tracks changed by ``revision``.

    Raises as :func:`repackage`.
    """
    async with container.scope(write=False) as scope:
        storage = scope.port(MediaStorage)
        keys = await scope.port(ContentKeys).of_content(source.id)
    order = await order_for(container, asset_id, mode)
    async with on_this_machine(storage, source.id) as folder:
        return await repackage(
            tools, source, folder, keys, staging, order, on_progress or (lambda _stage, _share: None), revision
        )
