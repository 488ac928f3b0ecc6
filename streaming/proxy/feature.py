"""What the proxy binds for itself; with it the origin plays registered sources, too."""

from collections.abc import Sequence

from kernel.feature import Feature, Process
from kernel.jobs import PeriodicTask
from kernel.reencryption import Reencryption
from kernel.scope import Scope
from kernel.storage import Storage
from streaming.origin.repository import Ladders, PublishedAssets
from streaming.origin.sidecar_subtitles import AddedSubtitles, SubtitledAssets
from streaming.origin.usecases import Assets
from streaming.proxy import jobs, routes
from streaming.proxy.adapters.activity import Activities
from streaming.proxy.adapters.serving import Proxy
from streaming.proxy.adapters.state_store import LiveStates
from streaming.proxy.inspection import SourcedAssets
from streaming.proxy.repository import SourceCredentials, SqlSources
from streaming.proxy.sealing import Sealer
from streaming.proxy.slates.adapters.store import Slates
from streaming.proxy.upstream.adapters.fetch import Fetcher
from streaming.proxy.usecases import Sources


def build(process: Process, *, networks: Sequence[str]) -> Proxy:
    """The proxy of a process; sources may be in private ``networks`` (CIDR), and in public ones anyway."""
    fetcher = Fetcher(networks=tuple(networks))
    return Proxy(
        process.container,
        fetcher,
        Sealer(process.derive_keys("proxy")),
        LiveStates(process.cache),
        Slates(process.storage),
        Activities(process.cache, fetcher),
    )


def declare(proxy: Proxy, storage: Storage) -> Feature:
    """Everything of ``proxy``."""
    ladders = Ladders(storage)

    def assets(scope: Scope) -> SubtitledAssets:
        published = PublishedAssets(scope.uow, ladders)
        return SubtitledAssets(SourcedAssets(published, scope.port(Sources), proxy), scope.port(AddedSubtitles))

    return Feature(
        ports={Sources: lambda scope: SqlSources(scope.uow), Assets: assets},
        routers=[routes.router, routes.media_router],
        periodic_tasks=[
            PeriodicTask("delete_old_slates", 86_400, jobs.remove_old_slates),
        ],
        reencryptions=[Reencryption("headers of sources", proxy.sealer.credentials, SourceCredentials)],
        mounts=[lambda app: routes.mount(app, proxy)],
    )
