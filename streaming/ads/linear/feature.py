"""What ads in streams bind for themselves."""

from kernel.feature import Feature
from streaming.ads.jobs import forgetting
from streaming.ads.linear import routes
from streaming.ads.linear.adapters.breaks import ScheduledBreaks
from streaming.ads.linear.repository import SqlAdEvents, SqlLinearAds
from streaming.ads.linear.usecases import AdEvents, LinearAds
from streaming.origin.access.token import Keyring
from streaming.origin.ports import AdBreaks


def declare(keyring: Keyring) -> Feature:
    """``keyring`` signs the streams of their videos."""
    return Feature(
        ports={
            LinearAds: lambda scope: SqlLinearAds(scope.uow),
            AdEvents: lambda scope: SqlAdEvents(scope.uow),
            AdBreaks: lambda scope: ScheduledBreaks(scope, keyring),
        },
        routers=[routes.router, routes.media_router],
        periodic_tasks=[forgetting("forget_ad_events", AdEvents)],
    )
