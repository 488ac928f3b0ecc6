"""What features have stored, by what they let others read."""

from collections.abc import Mapping, Sequence

from typing_extensions import override

import kernel.storage.checks
import streaming.ingest.queries
import streaming.live.recordings.queries
from kernel.scope import Scope
from kernel.storage import LocalStorage, MediaStorage
from kernel.storage.checks import Check
from server.overview.storage.model import Amount
from server.overview.storage.usecases import Contents, StorageContext
from streaming.uploads.usecases import UploadFiles


class FeatureContents(Contents):
    """Of one transaction."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._session = scope.uow.session

    @override
    async def videos(self) -> Amount:
        return Amount(*await streaming.ingest.queries.totals(self._session))

    @override
    async def sizes(self, keys: Sequence[str]) -> Mapping[str, int]:
        found = await streaming.ingest.queries.of_ids(self._session, keys)
        return {key: asset.size_bytes or 0 for key, asset in found.items()}

    @override
    async def recordings(self) -> Amount:
        return Amount(*await streaming.live.recordings.queries.totals(self._session))

    @override
    async def uploads(self) -> Amount:
        return Amount(*await self._scope.port(UploadFiles).totals())

    @override
    async def last_check(self) -> Check | None:
        return await kernel.storage.checks.last(self._session)


def context_of(scope: Scope) -> StorageContext:
    """The ports of a transaction."""
    return StorageContext(
        media=scope.port(MediaStorage),
        local=scope.port(LocalStorage),
        contents=FeatureContents(scope),
        now=scope.clock.now(),
    )
