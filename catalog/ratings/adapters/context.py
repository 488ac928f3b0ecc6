"""The context of the ratings' use cases."""

from catalog.ratings.usecases import Ratings, RatingsContext, Viewing, Votes
from kernel.scope import Scope


def context_of(scope: Scope) -> RatingsContext:
    """What the ratings' use cases work with in the transaction of ``scope``, at this moment."""
    return RatingsContext(
        votes=scope.port(Votes), ratings=scope.port(Ratings), viewing=scope.port(Viewing), now=scope.clock.now()
    )
