"""The ports of one transaction, for what is done with posters."""

from catalog.releases.posters.usecases import PosterFiles, PosterRecords, PostersContext
from catalog.releases.usecases import Releases
from kernel.scope import Scope


def context_of(scope: Scope) -> PostersContext:
    """What the use cases work with."""
    return PostersContext(
        releases=scope.port(Releases),
        records=scope.port(PosterRecords),
        files=scope.port(PosterFiles),
        now=scope.clock.now(),
    )
