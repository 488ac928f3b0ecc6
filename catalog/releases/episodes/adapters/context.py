"""The context of the verbs of episodes, with which those of their releases work, too."""

from catalog.releases.episodes.usecases import EpisodeContext, Episodes
from catalog.releases.usecases import Releases
from kernel.scope import Scope


def context_of(scope: Scope) -> EpisodeContext:
    """What the verbs of episodes and releases work with in the transaction of ``scope``, at this moment."""
    return EpisodeContext(releases=scope.port(Releases), episodes=scope.port(Episodes), now=scope.clock.now())
