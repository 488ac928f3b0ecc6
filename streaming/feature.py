"""The streaming features put together, in the order that the API page has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streaming.ads.feature
import streaming.ingest.feature
import streaming.keys.feature
import streaming.keys.licences.feature
import streaming.keys.packagers.feature
import streaming.keys.speke.feature
import streaming.live.feature
import streaming.live.llhls.feature
import streaming.live.recordings.feature
import streaming.markers.feature
import streaming.origin.feature
import streaming.player_settings.feature
import streaming.proxy.feature
import streaming.uploads.feature
from kernel.feature import Feature, Process
from kernel.rtc.adapters.server import SharedPortServer
from streaming.ingest.encoding import Encoding
from streaming.ingest.usecases import ProtectionDefaults
from streaming.keys.licences.model import LicenceServers
from streaming.live.adapters.rights import WatchingRights
from streaming.live.adapters.serving import LiveServing
from streaming.live.llhls.adapters.dvr import DvrFolder, DvrLimits
from streaming.live.llhls.adapters.station import LiveHls
from streaming.live.mediamtx.model import MediaServer
from streaming.live.recordings.adapters.files import LocalRecordings
from streaming.live.recordings.adapters.recorder import LiveRecorder
from streaming.live.recordings.model import DISK_RESERVE_BYTES, RecordingLimits
from streaming.origin.access.token import Keyring
from streaming.origin.adapters.grant_folder import GrantFolder
from streaming.origin.adapters.revocations import Revocations
from streaming.origin.adapters.serving import Origin
from streaming.origin.leases.model import StreamLimits
from streaming.origin.steering.adapters.memories import CachedMemories
from streaming.origin.steering.adapters.probes import EdgeProbes
from streaming.origin.steering.model import Edge
from streaming.origin.steering.usecases import Steering
from streaming.proxy.adapters.external_assets import SourcePrefetch
from streaming.proxy.adapters.serving import Proxy


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming:
    """What streaming shares between all requests of a process, and what it declares."""

    origin: Origin
    proxy: Proxy
    live_hls: LiveHls
    live: LiveServing
    feature: Feature


def build(
    process: Process,
    *,
    edge_secret: str,
    grants_dir: Path,
    source_networks: Sequence[str],
    uploads_dir: Path,
    max_upload_bytes: int,
    upload_quota_bytes: int,
    protection: ProtectionDefaults,
    encoding: Encoding,
    licence_servers: LicenceServers,
    stream_limits: StreamLimits,
    rtc: SharedPortServer,
    live_viewers: int,
    live_max_kbps: int,
    recordings_dir: Path,
    recording_limits: RecordingLimits,
    dvr_dir: Path,
    dvr_limits: DvrLimits,
    node_url: str = "",
    mediamtx: MediaServer | None = None,
    edges: Sequence[Edge] = (),
    redirects_to_bucket: bool = False,
) -> Streaming:
    """Streaming over its process.

    ``edge_secret`` is what nginx shows when it asks whether a token is good (empty: it asks from this machine),
    ``grants_dir`` where it finds what it needs to ask about no more.
    ``source_networks`` are private networks, in CIDR notation, that sources and ad servers may be in.  ``protection`` is how new media are
    encrypted where nobody chooses, ``encoding`` what is made of them, ``licence_servers`` who makes licences for them.  ``stream_limits``: what one account may watch
    at a time.  ``rtc`` carries live channels, to ``live_viewers`` at a time, each of at most ``live_max_kbps``, and is
    recorded in ``recordings_dir`` within ``recording_limits``; viewers may seek back within ``dvr_limits``, to what lies in ``dvr_dir``.
    ``node_url``: where other nodes reach this one by HTTP, for live channels that it carries; empty: nowhere.
    ``mediamtx``: where people are sent for channels that are more than a node of ours carries.
    ``edges``: from where players may fetch media; none: from this server.
    ``redirects_to_bucket``: whether viewers fetch segments there themselves.
    """
    proxy = streaming.proxy.feature.build(process, networks=source_networks)
    stream_keys = Keyring.of(process.derive_keys("stream-token"))
    recordings = LocalRecordings(recordings_dir)
    recorder = LiveRecorder(process.container, recordings, recording_limits, reserve_bytes=DISK_RESERVE_BYTES)
    live_hls = LiveHls(
        process.clock,
        stream_keys,
        WatchingRights(process.container).ensure,
        edge_secret=edge_secret,
        on_segment=recorder.segment if recording_limits.quota_bytes else None,
        dvr=DvrFolder(dvr_dir, dvr_limits) if dvr_limits.window_s else None,
    )
    revocations = Revocations(process.bus)
    revocations.subscribe(live_hls.revoked)
    probes = EdgeProbes(edges)
    origin = Origin(
        process.container,
        process.media,
        stream_keys,
        SourcePrefetch(process.container, proxy),
        GrantFolder(grants_dir, process.media),
        revocations,
        Steering(edges, probes, CachedMemories(process.cache), process.clock),
        edge_secret=edge_secret,
        redirects_to_bucket=redirects_to_bucket,
    )
    live = streaming.live.feature.build(
        process,
        rtc,
        viewers=live_viewers,
        max_kbps=live_max_kbps,
        sinks=[live_hls],
        hls=live_hls,
        recorder=recorder,
        node_url=node_url,
    )
    feature = Feature.merged(
        [
            streaming.ingest.feature.declare(protection, encoding),
            streaming.markers.feature.FEATURE,
            streaming.uploads.feature.declare(
                uploads_dir, max_upload_bytes=max_upload_bytes, quota_bytes=upload_quota_bytes
            ),
            streaming.origin.feature.declare(origin, process.media, stream_limits, probes, process.clock),
            streaming.player_settings.feature.FEATURE,
            streaming.keys.feature.declare(
                process, clearkey=licence_servers.clearkey
            ),  # before the media, because a key is below them
            streaming.keys.licences.feature.declare(licence_servers),
            streaming.keys.packagers.feature.FEATURE,
            streaming.keys.speke.feature.FEATURE,
            streaming.live.feature.declare(live, process, mediamtx),
            streaming.live.recordings.feature.declare(live, recordings, recording_limits),
            streaming.ads.feature.declare(process, origin.keyring, source_networks),
            streaming.proxy.feature.declare(proxy),
            streaming.live.llhls.feature.declare(live_hls, live.hls.node_of),
            streaming.origin.feature.MEDIA,  # after the proxy's, because its path takes everything
        ]
    )
    return Streaming(origin=origin, proxy=proxy, live=live, live_hls=live_hls, feature=feature)
