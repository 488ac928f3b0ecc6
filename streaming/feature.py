"""The streaming features put together, in the order that the API page has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streaming.ingest.feature
import streaming.keys.feature
import streaming.keys.licences.feature
import streaming.keys.packagers.feature
import streaming.keys.speke.feature
import streaming.origin.feature
import streaming.proxy.feature
import streaming.uploads.feature
from kernel.feature import Feature, Process
from streaming.ingest.usecases import ProtectionDefaults
from streaming.keys.licences.model import LicenceServers
from streaming.origin.adapters.serving import Origin
from streaming.origin.token import Keyring
from streaming.proxy.adapters.external_assets import SourcePrefetch
from streaming.proxy.adapters.serving import Proxy


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming:
    """What streaming shares between all requests of a process, and what it declares."""

    origin: Origin
    proxy: Proxy
    feature: Feature


def build(
    process: Process,
    *,
    edge_secret: str,
    source_networks: Sequence[str],
    uploads_dir: Path,
    max_upload_bytes: int,
    upload_quota_bytes: int,
    protection: ProtectionDefaults,
    licence_servers: LicenceServers,
) -> Streaming:
    """Streaming over its process.

    ``edge_secret`` is what nginx shows when it asks whether a token is good (empty: it asks from this machine).
    ``source_networks`` are private networks, in CIDR notation, that sources may be in.  ``protection`` is how new media are
    encrypted where nobody chooses, ``licence_servers`` who makes licences for them.
    """
    proxy = streaming.proxy.feature.build(process, networks=source_networks)
    origin = Origin(
        process.container,
        process.storage,
        Keyring.of(process.derive_keys("stream-token")),
        SourcePrefetch(process.container, proxy),
        edge_secret=edge_secret,
    )
    feature = Feature.merged(
        [
            streaming.ingest.feature.declare(protection),
            streaming.uploads.feature.declare(
                uploads_dir, max_upload_bytes=max_upload_bytes, quota_bytes=upload_quota_bytes
            ),
            streaming.origin.feature.declare(origin, process.storage),
            streaming.keys.feature.declare(
                process, clearkey=licence_servers.clearkey
            ),  # before the media, because a key is below them
            streaming.keys.licences.feature.declare(licence_servers),
            streaming.keys.packagers.feature.FEATURE,
            streaming.keys.speke.feature.FEATURE,
            streaming.proxy.feature.declare(proxy),
            streaming.origin.feature.MEDIA,  # after the proxy's, because its path takes everything
        ]
    )
    return Streaming(origin=origin, proxy=proxy, feature=feature)
