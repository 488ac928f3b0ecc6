"""What statistics of libraries need of the catalogue."""

from collections.abc import Collection, Mapping

from typing_extensions import override

import catalog.releases.queries
from accounts.library.statistics.model import ReleaseFacts
from accounts.library.statistics.usecases import CatalogFacts
from catalog.releases.queries import MAX_VALUES
from kernel.feature import Feature
from kernel.scope import Scope


class PublishedFacts(CatalogFacts):
    """What libraries are counted by."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    @override
    async def of(self, release_ids: Collection[str]) -> Mapping[str, ReleaseFacts]:
        held, found = list(release_ids), dict[str, ReleaseFacts]()
        for first in range(0, len(held), MAX_VALUES):
            part = held[first : first + MAX_VALUES]
            for row in await catalog.releases.queries.published_facts(self._session, part):
                found[row.release_id] = ReleaseFacts(row.kind, row.year, row.genres)
        return found


JOINED = Feature(ports={CatalogFacts: PublishedFacts})
"""A part of ``server/wiring.py``."""
