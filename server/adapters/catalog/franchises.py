"""What franchises need of libraries."""

from collections.abc import Collection, Mapping, Sequence

import accounts.library.next_up.usecases
from accounts.library.collections.model import ShelfName
from accounts.library.collections.usecases import Collections
from accounts.library.progress.usecases import History
from catalog.franchises.progress import NextEpisode, Seen
from catalog.franchises.usecases import Viewing
from kernel.feature import Feature
from kernel.scope import Scope


class FranchiseViewing:
    """How far somebody is in the releases of a franchise, and what to play next."""

    def __init__(self, scope: Scope) -> None:
        self._history = scope.port(History)
        self._collections = scope.port(Collections)
        self._seasons = scope.port(accounts.library.next_up.usecases.Seasons)

    async def seen(self, user_id: str, release_ids: Collection[str]) -> Mapping[str, Seen]:
        """By the history, and by the shelf each stands on."""
        watched = await self._history.watched_counts(user_id, release_ids)
        shelves = {
            release_id: item.shelf
            for release_id, item in (await self._collections.items(user_id, release_ids)).items()
            if not item.removed
        }
        return {
            release_id: Seen(
                episodes_watched=watched.get(release_id, 0),
                on_watched_shelf=shelves.get(release_id) is ShelfName.WATCHED,
                abandoned=shelves.get(release_id) is ShelfName.ABANDONED,
            )
            for release_id in {*watched, *shelves}
        }

    async def next_episode(self, user_id: str, release_ids: Sequence[str]) -> NextEpisode | None:
        """As "continue watching" has it, one release after the other."""
        entry = await accounts.library.next_up.usecases.next_of(
            self._history, self._seasons, user_id=user_id, release_ids=release_ids
        )
        return None if entry is None else NextEpisode(entry.kind, entry.release_id, entry.episode_id, entry.position_ms)


JOINED = Feature(ports={Viewing: FranchiseViewing})
"""A part of ``server/wiring.py``."""
