"""The components of a process: what its features share between all requests, made from the settings in the order they need
each other.  What is bound to what is in ``wiring``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web

import accounts.feature
import catalog.feature
import kernel.http.idempotency
import kernel.jobs.queries
import notify.feature
import realtime.feature
import server.overview.jobs.routes
import server.overview.routes
import server.overview.storage.routes
import streaming.feature
from kernel.feature import Feature, Process
from kernel.images.pictures import Pictures, SqlPictures
from kernel.images.pictures import routes as picture_routes
from kernel.jobs import PeriodicTask
from kernel.outbound.mail import ConsoleMailer, Mailer, NoMailer, SmtpMailer
from kernel.rtc.adapters.server import SharedPortServer
from kernel.rtc.ports import RtcSettings
from kernel.rtc.turn import TurnSettings
from kernel.storage import LocalStorage, MediaStorage
from server.adapters import party
from server.settings import MailBy, Settings
from server.settings.storage import Delivery
from streaming.ingest.usecases import ProtectionDefaults
from streaming.live.llhls.adapters.dvr import DvrLimits
from streaming.live.recordings.model import RecordingLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The adapters that outlive a request, by feature."""

    accounts: accounts.feature.Accounts
    catalog: Feature
    notify: notify.feature.Notify
    streaming: streaming.feature.Streaming
    realtime: realtime.feature.RealtimeGateway
    rtc: SharedPortServer
    """The one UDP port, of voice and of live channels."""


def build(process: Process, settings: Settings) -> Components:
    """Make the components of all features, in the order they need each other."""
    licence_servers = settings.licence_servers(settings.url)
    rtc = SharedPortServer(
        RtcSettings(
            host=settings.rtc_host or settings.host,
            port=settings.rtc_port,
            public_addresses=tuple(settings.rtc_public_address),
            public_host=(urlsplit(settings.public_url).hostname or "") if settings.public_url else "",
            turn=TurnSettings(urls=settings.turn_urls, secret=settings.turn_secret.get_secret_value()),
        )
    )
    media = streaming.feature.build(
        process,
        edge_secret=settings.edge_secret.get_secret_value(),
        grants_dir=settings.grants_dir,
        source_networks=settings.proxy_networks,
        uploads_dir=settings.uploads_dir,
        max_upload_bytes=settings.max_upload_bytes,
        upload_quota_bytes=settings.upload_quota_bytes,
        protection=ProtectionDefaults(settings.protection, settings.aes128_rotation_segments, licence_servers.clearkey),
        encoding=settings.encoding,
        licence_servers=licence_servers,
        stream_limits=settings.stream_limits,
        rtc=rtc,
        live_viewers=settings.live_viewers,
        live_max_kbps=settings.live_max_kbps,
        node_url=settings.node_url,
        mediamtx=settings.mediamtx,
        edges=settings.media_edges,
        redirects_to_bucket=settings.s3_delivery is Delivery.REDIRECT,
        recordings_dir=settings.recordings_dir,
        recording_limits=RecordingLimits(
            quota_bytes=settings.recording_quota_bytes,
            max_duration=timedelta(hours=settings.recording_max_hours),
            kept_for=timedelta(days=settings.recording_days),
        ),
        dvr_dir=settings.live_dvr_dir,
        dvr_limits=DvrLimits(window_s=60 * settings.live_dvr_minutes, max_bytes=settings.live_dvr_bytes),
    )
    people = accounts.feature.build(
        process,
        providers=[provider.provider() for provider in settings.oidc_providers],
        on_access_change=media.origin.gate.forget_user,
    )
    return Components(
        accounts=people,
        catalog=catalog.feature.declare(
            process, search_index_path=settings.search_index_path, source_networks=settings.proxy_networks
        ),
        notify=notify.feature.build(
            process,
            _mailer(settings),
            sends_mail=settings.mail is not MailBy.NOBODY,
            webhook_networks=settings.webhook_networks,
        ),
        streaming=media,
        realtime=realtime.feature.build(
            realtime.feature.Ports(
                container=process.container,
                bus=process.bus,
                redis=process.redis,
                authenticate=people.identity.authenticator,
                session_roles=party.SessionRoles(process.container),
                episodes=party.PartyEpisodes(process.container),
                channels=party.PartyChannels(process.container, dvr_minutes=settings.live_dvr_minutes),
                progress=party.LibraryProgressSink(process.container),
                keys=process.derive_keys("party"),
                public_url=process.public_url,
                cors_origins=settings.cors_origins,
                throttle=process.lenient_throttle,
                address_connections=settings.address_connections,
                voice_capacity=settings.voice_capacity,
                rtc=rtc,
            )
        ),
        rtc=rtc,
    )


def kernel_feature(process: Process, rtc: SharedPortServer) -> Feature:
    """What belongs to no feature: pictures, storage, administration, answers kept for repeats, and the port for media."""

    def mount(app: web.Application) -> None:
        app.add_routes(picture_routes(process.container))

    return Feature(
        ports={
            Pictures: lambda scope: SqlPictures(scope.uow),
            LocalStorage: lambda _: process.storage,
            MediaStorage: lambda _: process.media,
        },
        routers=[
            server.overview.routes.router,
            server.overview.storage.routes.router,
            server.overview.jobs.routes.admin_router,
            server.overview.jobs.routes.router,
        ],
        periodic_tasks=[
            PeriodicTask("delete_expired_idempotency_keys", 3600, kernel.http.idempotency.forget_expired),
            PeriodicTask("forget_ended_jobs", 3600, kernel.jobs.queries.forget_ended),
        ],
        mounts=[mount],
        closers=[rtc.close],
    )


def _mailer(settings: Settings) -> Mailer:
    match settings.mail:
        case MailBy.SMTP:
            return SmtpMailer(settings.smtp_url.get_secret_value(), sender=settings.mail_from)
        case MailBy.CONSOLE:
            return ConsoleMailer()
        case MailBy.NOBODY:
            return NoMailer()
