"""The ports of one transaction, for what is done with ads."""

from kernel.scope import Scope
from streaming.ads.linear.usecases import AdEvents, LinearAds, LinearContext, TagPolicy
from streaming.ads.tickets import TicketOffice
from streaming.ads.usecases import Exempted, PromotedReleases
from streaming.origin.ports import Assets


def context_of(scope: Scope) -> LinearContext:
    """What the use cases work with."""
    return LinearContext(
        campaigns=scope.port(LinearAds),
        views=scope.port(AdEvents),
        releases=scope.port(PromotedReleases),
        exempted=scope.port(Exempted),
        assets=scope.port(Assets),
        tags=scope.port(TagPolicy),
        office=scope.port(TicketOffice),
        now=scope.clock.now(),
    )
