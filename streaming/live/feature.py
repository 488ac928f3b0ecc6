"""What live channels bind for themselves."""

from collections.abc import Sequence

from kernel.feature import Feature, Process
from kernel.rtc.adapters.server import SharedPortServer
from streaming.live import routes as channel_routes
from streaming.live.adapters.hls_addresses import HlsOutput
from streaming.live.adapters.line_test_store import LineTestStore
from streaming.live.adapters.places_store import PlacesStore
from streaming.live.adapters.serving import LiveServing, Recorder
from streaming.live.channels.repository import SqlChannels
from streaming.live.channels.usecases import Channels
from streaming.live.delivery import routes as place_routes
from streaming.live.line_tests import routes as line_test_routes
from streaming.live.mediamtx import routes as mediamtx_routes
from streaming.live.mediamtx.adapters.tokens import MediaTokens
from streaming.live.mediamtx.model import MediaServer
from streaming.live.model import LiveSinks
from streaming.live.sessions import routes as session_routes
from streaming.live.sinks import ManySinks


def build(
    process: Process,
    rtc: SharedPortServer,
    *,
    viewers: int,
    max_kbps: int,
    sinks: Sequence[LiveSinks],
    hls: HlsOutput,
    recorder: Recorder | None = None,
    node_url: str = "",
) -> LiveServing:
    """Live channels over the media port of the process; ``viewers`` a node, 0 for none; ``node_url``: where other nodes reach it.

    ``sinks`` take the packets as well; ``hls`` says where a channel that this node carries is as HLS; ``recorder`` writes down what goes on.
    """
    return LiveServing(
        container=process.container,
        bus=process.bus,
        rtc=rtc,
        sinks=ManySinks(sinks),
        viewers=viewers,
        max_kbps=max_kbps,
        hls=hls,
        line_tests=LineTestStore(process.cache),
        places=PlacesStore(process.cache),
        recorder=recorder,
        node_url=node_url,
        alone=process.redis is None,
    )


def declare(serving: LiveServing, process: Process, mediamtx: MediaServer | None) -> Feature:
    """See the module; ``mediamtx``: where publishers and viewers may be sent to."""
    tokens = MediaTokens(process.derive_keys("mediamtx") if mediamtx else [], issuer=process.public_url)
    return Feature(
        ports={Channels: lambda scope: SqlChannels(scope.uow)},
        routers=[
            *channel_routes.routers(serving),
            *session_routes.routers(serving),
            *line_test_routes.routers(serving),
            *place_routes.routers(serving),
            *mediamtx_routes.routers(mediamtx, tokens, process.clock),
        ],
        mounts=[session_routes.mount(serving)],
        closers=[serving.close],
    )
