"""What ads in streams bind for themselves."""

from kernel.feature import Feature, Process
from streaming.ads.jobs import forgetting
from streaming.ads.linear import routes
from streaming.ads.linear.adapters.breaks import PlannedBreaks, ScheduledBreaks
from streaming.ads.linear.adapters.tags import TagAds
from streaming.ads.linear.repository import SqlAdEvents, SqlLinearAds
from streaming.ads.linear.usecases import AdEvents, LinearAds, TagPolicy
from streaming.ads.tickets import TicketOffice
from streaming.ads.vast.adapters.beacons import BeaconQueue
from streaming.ads.vast.adapters.client import AdClient
from streaming.origin.access.token import Keyring
from streaming.origin.ports import AdBreaks, BreakAssets


def declare(process: Process, keyring: Keyring, office: TicketOffice, client: AdClient) -> Feature:
    """``keyring`` signs the streams of their videos; ``client`` asks ad servers."""
    beacons = BeaconQueue(client)
    tags = TagAds(process.container, client, beacons, process.cache, office)
    breaks = ScheduledBreaks(process.container, keyring, tags)
    return Feature(
        ports={
            LinearAds: lambda scope: SqlLinearAds(scope.uow),
            AdEvents: lambda scope: SqlAdEvents(scope.uow),
            AdBreaks: PlannedBreaks,
            BreakAssets: lambda _: breaks,
            ScheduledBreaks: lambda _: breaks,
            TagAds: lambda _: tags,
            TagPolicy: lambda _: client,
        },
        routers=[routes.router, routes.media_router],
        background_tasks={"beacons of ads": beacons.run},
        periodic_tasks=[forgetting("forget_ad_events", AdEvents)],
    )
