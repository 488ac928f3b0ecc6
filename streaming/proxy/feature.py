"""What the proxy binds for itself."""

from collections.abc import Sequence

from kernel.feature import Feature, Process
from kernel.jobs import PeriodicTask
from kernel.secrets.reencryption import Reencryption
from streaming.proxy import jobs, routes
from streaming.proxy.adapters.activity import ActivityStore
from streaming.proxy.adapters.serving import Proxy
from streaming.proxy.adapters.state_store import StateStore
from streaming.proxy.repository import SourceCredentials, SqlSources
from streaming.proxy.sealing import Sealer
from streaming.proxy.slates.adapters.store import SlateStore
from streaming.proxy.upstream.adapters.fetch import Fetcher
from streaming.proxy.usecases import Sources


def build(process: Process, *, networks: Sequence[str]) -> Proxy:
    """The proxy of a process; sources may be in private ``networks`` (CIDR), and in public ones anyway."""
    fetcher = Fetcher(networks=tuple(networks))
    return Proxy(
        process.container,
        fetcher,
        Sealer(process.derive_keys("proxy")),
        StateStore(process.cache),
        SlateStore(process.storage),
        ActivityStore(process.cache, fetcher),
    )


def declare(proxy: Proxy) -> Feature:
    """Everything of ``proxy``."""
    return Feature(
        ports={Sources: lambda scope: SqlSources(scope.uow)},
        routers=[routes.router, routes.media_router],
        periodic_tasks=[
            PeriodicTask("delete_old_slates", 86_400, jobs.remove_old_slates),
        ],
        reencryptions=[Reencryption("headers of sources", proxy.sealer.credentials, SourceCredentials)],
        mounts=[lambda app: routes.mount(app, proxy)],
    )
