"""What promos bind for themselves."""

from kernel.feature import Feature
from streaming.ads.jobs import forgetting
from streaming.ads.promos import routes
from streaming.ads.promos.repository import SqlPromoCounts, SqlPromos
from streaming.ads.promos.usecases import PromoCounts, Promos

FEATURE = Feature(
    ports={Promos: lambda scope: SqlPromos(scope.uow), PromoCounts: lambda scope: SqlPromoCounts(scope.uow)},
    routers=[routes.router],
    periodic_tasks=[forgetting("forget_promo_impressions", PromoCounts)],
)
