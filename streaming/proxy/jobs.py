"""Regular work on sources."""

import structlog

from kernel.errors import AniError
from kernel.scope import Container
from kernel.storage import Storage
from streaming.proxy.sealing import SealBroken, Sealer
from streaming.proxy.slates.adapters.store import remove_old
from streaming.proxy.usecases import Sources

log = structlog.get_logger()


async def remove_old_slates(container: Container) -> None:
    """Slates are made when they are needed, and for as many lengths as sources have segments: without an end they would fill the disk."""
    async with container.scope(write=False) as scope:
        storage = scope.port(Storage)
    if removed := await remove_old(storage):
        log.info("old slates removed", count=removed)


class Resealing:
    """Brings credentials under the present secret key, so that a former one may go."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    async def seal_anew(self, container: Container) -> None:
        """One round over all sources; writes only what was sealed with a former key."""
        async with container.scope(write=False) as scope:
            sealed = await scope.port(Sources).sealed_headers()
        for source_id, before in sealed.items():
            if not self._sealer.is_outdated(before):
                continue
            try:
                after = self._sealer.seal_headers(self._sealer.open_headers(before))
            except SealBroken:
                log.warning("the credentials of a source are under a secret key that is gone", source_id=source_id)
                continue
            try:
                async with container.scope(write=True) as scope:
                    await scope.port(Sources).replace_headers(source_id, before, after)
            except AniError as error:  # somebody changed the source at that moment: it is under the new key then
                log.info("credentials not sealed anew", source_id=source_id, reason=error.message)
