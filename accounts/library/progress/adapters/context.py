"""The context of the use cases that record progress."""

from accounts.library.progress.usecases import CatalogEpisodes, History, ProgressContext, WatchedShelves
from kernel.scope import Scope


def context_of(scope: Scope) -> ProgressContext:
    """What recording progress works with in the transaction of ``scope``, at this moment."""
    return ProgressContext(
        history=scope.port(History),
        episodes=scope.port(CatalogEpisodes),
        shelves=scope.port(WatchedShelves),
        now=scope.clock.now(),
    )
