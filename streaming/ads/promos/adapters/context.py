"""The ports of one transaction, for what is done with promos."""

from kernel.scope import Scope
from streaming.ads.promos.usecases import PromoCounts, Promos, PromosContext
from streaming.ads.tickets import TicketOffice
from streaming.ads.usecases import Exempted, PromotedReleases


def context_of(scope: Scope) -> PromosContext:
    """What the use cases work with."""
    return PromosContext(
        campaigns=scope.port(Promos),
        views=scope.port(PromoCounts),
        releases=scope.port(PromotedReleases),
        exempted=scope.port(Exempted),
        office=scope.port(TicketOffice),
        now=scope.clock.now(),
    )
