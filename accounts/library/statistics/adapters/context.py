"""The context of the statistics' use cases."""

from accounts.library.collections.usecases import Collections
from accounts.library.scores import OwnScores
from accounts.library.statistics.usecases import CatalogFacts, Owners, Sharings, StatisticsContext, WatchedTime
from kernel.scope import Scope


def context_of(scope: Scope) -> StatisticsContext:
    """What the statistics' use cases work with in the transaction of ``scope``, at this moment."""
    return StatisticsContext(
        collections=scope.port(Collections),
        watched=scope.port(WatchedTime),
        scores=scope.port(OwnScores),
        catalog=scope.port(CatalogFacts),
        owners=scope.port(Owners),
        sharings=scope.port(Sharings),
        now=scope.clock.now(),
    )
