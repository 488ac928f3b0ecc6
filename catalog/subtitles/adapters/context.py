"""The context of the use cases of subtitles."""

from catalog.subtitles.usecases import SubtitleContext, Subtitles
from kernel.scope import Scope


def context_of(scope: Scope) -> SubtitleContext:
    """What the use cases of subtitles work with in the transaction of ``scope``, at this moment."""
    return SubtitleContext(subtitles=scope.port(Subtitles), now=scope.clock.now())
