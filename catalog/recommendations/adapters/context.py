"""The context of the use cases, out of a transaction."""

from catalog.recommendations.usecases import Choices, RecommendationsContext, Recommender, Tastes
from catalog.releases.usecases import Reader, Releases
from kernel.access import Actor
from kernel.scope import Scope


def context_of(scope: Scope, actor: Actor, reader: Reader) -> RecommendationsContext:
    """What the use cases of recommendations work with in the transaction of ``scope``, at this moment."""
    return RecommendationsContext(
        tastes=scope.port(Tastes),
        choices=scope.port(Choices),
        recommender=scope.port(Recommender),
        releases=scope.port(Releases),
        actor=actor,
        reader=reader,
        now=scope.clock.now(),
    )
