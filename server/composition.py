"""The components of a process: what its features share between all requests, made from the settings in the order they need
each other.  What is bound to what is in ``wiring``.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

import accounts.feature
import catalog.feature
import kernel.http.idempotency
import notify.feature
import realtime.feature
import server.overview.routes
import streaming.feature
from kernel.feature import Feature, Process
from kernel.images.pictures import Pictures, SqlPictures
from kernel.images.pictures import routes as picture_routes
from kernel.jobs import PeriodicTask
from kernel.mail import ConsoleMailer, Mailer, NoMailer, SmtpMailer
from kernel.storage import Storage
from realtime.rtc.ports import RtcSettings
from realtime.rtc.turn import TurnSettings
from server.adapters import party
from server.settings import MailBy, Settings
from streaming.ingest.usecases import ProtectionDefaults


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The adapters that outlive a request, by feature."""

    accounts: accounts.feature.Accounts
    catalog: Feature
    notify: notify.feature.Notify
    streaming: streaming.feature.Streaming
    realtime: realtime.feature.RealtimeGateway


def build(process: Process, settings: Settings) -> Components:
    """Make the components of all features, in the order they need each other."""
    licence_servers = settings.licence_servers(settings.url)
    media = streaming.feature.build(
        process,
        edge_secret=settings.edge_secret.get_secret_value(),
        source_networks=settings.proxy_networks,
        uploads_dir=settings.uploads_dir,
        max_upload_bytes=settings.max_upload_bytes,
        upload_quota_bytes=settings.upload_quota_bytes,
        protection=ProtectionDefaults(settings.protection, settings.aes128_rotation_segments, licence_servers.clearkey),
        licence_servers=licence_servers,
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
                progress=party.LibraryProgressSink(process.container),
                keys=process.derive_keys("party"),
                public_url=process.public_url,
                cors_origins=settings.cors_origins,
                throttle=process.lenient_throttle,
                address_connections=settings.address_connections,
                voice_capacity=settings.voice_capacity,
                rtc=RtcSettings(
                    host=settings.host,
                    port=settings.rtc_port,
                    public_addresses=tuple(settings.rtc_public_address),
                    public_host=(urlsplit(settings.public_url).hostname or "") if settings.public_url else "",
                    turn=TurnSettings(urls=settings.turn_urls, secret=settings.turn_secret.get_secret_value()),
                ),
            )
        ),
    )


def kernel_feature(process: Process) -> Feature:
    """What belongs to no feature: pictures, storage, administration, and answers kept for repeats."""

    def mount(app: web.Application) -> None:
        app.add_routes(picture_routes(process.container))

    return Feature(
        ports={Pictures: lambda scope: SqlPictures(scope.uow), Storage: lambda _: process.storage},
        routers=[server.overview.routes.router, server.overview.routes.job_router],
        periodic_tasks=[PeriodicTask("delete_expired_idempotency_keys", 3600, kernel.http.idempotency.forget_expired)],
        mounts=[mount],
    )


def _mailer(settings: Settings) -> Mailer:
    match settings.mail:
        case MailBy.SMTP:
            return SmtpMailer(settings.smtp_url.get_secret_value(), sender=settings.mail_from)
        case MailBy.CONSOLE:
            return ConsoleMailer()
        case MailBy.NOBODY:
            return NoMailer()
