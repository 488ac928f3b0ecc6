"""The context of the use cases of assets."""

from kernel.scope import Scope
from kernel.storage import MediaStorage
from streaming.ingest.usecases import Assets, IngestContext, IngestTargets
from streaming.keys.usecases import ContentKeys


def context_of(scope: Scope) -> IngestContext:
    """What the use cases of assets work with in the transaction of ``scope``, at this moment."""
    return IngestContext(
        assets=scope.port(Assets),
        targets=scope.port(IngestTargets),
        storage=scope.port(MediaStorage),
        keys=scope.port(ContentKeys),
        now=scope.clock.now(),
    )
