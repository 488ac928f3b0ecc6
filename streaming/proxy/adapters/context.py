"""The context of the use cases of sources."""

from kernel.scope import Scope
from streaming.proxy.usecases import SourceContext, Sources, SourceTargets


def context_of(scope: Scope) -> SourceContext:
    """What the use cases of sources work with in the transaction of ``scope``, at this moment."""
    return SourceContext(sources=scope.port(Sources), targets=scope.port(SourceTargets), now=scope.clock.now())
