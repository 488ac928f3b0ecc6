"""The context of the collections' use cases."""

from accounts.library.collections.usecases import CatalogReleases, Collections, CollectionsContext
from accounts.library.progress.usecases import History
from accounts.library.push import LibraryPush
from kernel.scope import Scope


def context_of(scope: Scope) -> CollectionsContext:
    """What the collections' use cases work with in the transaction of ``scope``, at this moment."""
    return CollectionsContext(
        history=scope.port(History),
        collections=scope.port(Collections),
        releases=scope.port(CatalogReleases),
        push=scope.port(LibraryPush),
        now=scope.clock.now(),
    )
