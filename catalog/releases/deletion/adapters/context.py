"""The context of what is done with deleted releases."""

from catalog.releases.deletion.usecases import DeletedReleases, DeletionContext
from catalog.releases.usecases import EpisodeIds, Releases
from kernel.scope import Scope


def context_of(scope: Scope) -> DeletionContext:
    """What the use cases work with in the transaction of ``scope``, at this moment."""
    return DeletionContext(
        releases=scope.port(Releases),
        episodes=scope.port(EpisodeIds),
        deleted=scope.port(DeletedReleases),
        now=scope.clock.now(),
    )
