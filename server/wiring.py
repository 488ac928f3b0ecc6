"""What is bound to what: port → adapter, event → subscribers, job → handler, and what is mounted.

Features do not know each other; where one needs another, it declares a Protocol and this file says who fulfils it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from aiohttp import web

import accounts.federation.adapters.flow_cookie
import accounts.federation.adapters.provider_client
import accounts.federation.repository
import accounts.federation.routes
import accounts.federation.usecases
import accounts.identity.admin.routes
import accounts.identity.devices.repository
import accounts.identity.devices.routes
import accounts.identity.devices.usecases
import accounts.identity.jobs
import accounts.identity.otp.repository
import accounts.identity.otp.routes
import accounts.identity.otp.usecases
import accounts.identity.passwords.adapters.argon2_hasher
import accounts.identity.postbox
import accounts.identity.profile.routes
import accounts.identity.reauthentication.routes
import accounts.identity.recovery.routes
import accounts.identity.recovery.usecases
import accounts.identity.repository
import accounts.identity.routes
import accounts.identity.sessions.adapters.access_tokens
import accounts.identity.sessions.adapters.authenticator
import accounts.identity.sessions.adapters.refresh_cookie
import accounts.identity.usecases
import accounts.library.collections.repository
import accounts.library.collections.usecases
import accounts.library.lists.repository
import accounts.library.lists.routes
import accounts.library.lists.usecases
import accounts.library.next_up.usecases
import accounts.library.progress.repository
import accounts.library.progress.usecases
import accounts.library.push
import accounts.library.routes
import accounts.library.transfer.adapters.exporter
import accounts.library.transfer.jobs
import accounts.library.transfer.repository
import accounts.library.transfer.routes
import accounts.library.transfer.usecases
import accounts.personal.contributions
import accounts.personal.notifications
import accounts.personal.routes
import accounts.teams.invitations.jobs
import accounts.teams.invitations.routes
import accounts.teams.invitations.usecases
import accounts.teams.repository
import accounts.teams.routes
import accounts.teams.usecases
import catalog.moderation.comments.ports
import catalog.moderation.comments.repository
import catalog.moderation.comments.routes
import catalog.moderation.credits.repository
import catalog.moderation.credits.routes
import catalog.moderation.credits.usecases
import catalog.moderation.proposals.adapters.catalogue_targets
import catalog.moderation.proposals.jobs
import catalog.moderation.proposals.ports
import catalog.moderation.proposals.repository
import catalog.moderation.proposals.routes
import catalog.moderation.reports.ports
import catalog.moderation.reports.repository
import catalog.moderation.reports.routes
import catalog.releases.repository
import catalog.releases.routes
import catalog.releases.usecases
import catalog.subtitles.repository
import catalog.subtitles.routes
import catalog.subtitles.usecases
import catalog.translations.feature
import kernel.idempotency
import notify.audit.repository
import notify.audit.routes
import notify.audit.usecases
import notify.notifications.jobs
import notify.notifications.repository
import notify.notifications.routes
import notify.notifications.usecases
import notify.webhooks.adapters.http_sender
import notify.webhooks.jobs
import notify.webhooks.repository
import notify.webhooks.routes
import notify.webhooks.usecases
import realtime.feature
import streaming.ingest.jobs
import streaming.ingest.repository
import streaming.ingest.usecases
import streaming.origin.adapters.posters
import streaming.origin.adapters.serving
import streaming.origin.repository
import streaming.origin.routes
import streaming.origin.sidecar_subtitles
import streaming.origin.token
import streaming.origin.usecases
import streaming.proxy.adapters.activity
import streaming.proxy.adapters.serving
import streaming.proxy.adapters.state_store
import streaming.proxy.inspection
import streaming.proxy.jobs
import streaming.proxy.repository
import streaming.proxy.routes
import streaming.proxy.sealing
import streaming.proxy.slates.adapters.store
import streaming.proxy.upstream.adapters.fetch
import streaming.proxy.usecases
import streaming.uploads.jobs
import streaming.uploads.repository
import streaming.uploads.routes
import streaming.uploads.usecases
from accounts.identity.model import RoleChanged, SessionRevoked, UserBanned, UserDeleted
from accounts.library.progress.model import ProgressRecorded
from catalog.releases.model import EpisodeDeleted, ReleaseDeleted
from kernel.access import Standing
from kernel.events import Event
from kernel.http import Router
from kernel.jobs import JobHandler, Jobs, PeriodicTask, SqlJobs
from kernel.mail import ConsoleMailer, Mailer, NoMailer, SmtpMailer
from kernel.outbox import EventTable, Handler, Subscriber
from kernel.pictures import Pictures, SqlPictures
from kernel.pictures import routes as picture_routes
from kernel.scope import Bindings
from kernel.sealing import Box
from kernel.storage import Storage
from kernel.throttle import CacheThrottle, LenientThrottle
from server import bridges, library, moderation, notices, overview, routes, subtitles
from server.settings import MailBy, Settings
from streaming.ingest.model import AssetReady

if TYPE_CHECKING:
    from server.middleware import Authenticate
    from server.services import Services


def _mailer(settings: Settings) -> Mailer:
    match settings.mail:
        case MailBy.SMTP:
            return SmtpMailer(settings.smtp_url.get_secret_value(), sender=settings.mail_from)
        case MailBy.CONSOLE:
            return ConsoleMailer()
        case MailBy.NOBODY:
            return NoMailer()


class Parts:
    """What the features share between all requests of this process."""

    def __init__(self, services: Services) -> None:
        settings = services.settings
        self.hasher = accounts.identity.passwords.adapters.argon2_hasher.Argon2Hasher()
        self.throttle = CacheThrottle(services.cache, services.clock)
        self.lenient = LenientThrottle(self.throttle)
        self.tokens = accounts.identity.sessions.adapters.access_tokens.JwtAccessTokens(
            [
                accounts.identity.sessions.adapters.access_tokens.SigningKey.of(key)
                for key in settings.derive_keys("access-token")
            ],
            issuer=settings.url,
        )
        self.refresh_cookie = accounts.identity.sessions.adapters.refresh_cookie.RefreshCookie(settings.url)
        self.code_seal = accounts.identity.otp.usecases.HmacCodeSeal(settings.derive_keys("login-code"))
        self.device_page = accounts.identity.devices.routes.DevicePage(settings.url)
        self.authenticator = accounts.identity.sessions.adapters.authenticator.Authenticator(
            services.container, self.tokens, services.bus
        )
        self.oidc = accounts.federation.routes.OpenIdConnect(
            [provider.provider() for provider in settings.oidc_providers],
            accounts.federation.adapters.provider_client.ProviderClient(),
            accounts.federation.adapters.flow_cookie.FlowCookie(settings.derive_keys("oidc-flow"), settings.url),
            services.cache,
            settings.url,
        )
        self.postman = accounts.identity.postbox.Postman(
            _mailer(settings),
            public_url=settings.url,
            authors={"team_invitation": bridges.TeamLetters(settings.url)},
        )
        self.webhook_box = Box(settings.derive_keys("webhooks"))
        self.webhook_targets = notify.webhooks.adapters.http_sender.WebhookTargets(tuple(settings.webhook_networks))
        self.webhooks = notify.webhooks.jobs.Deliverer(
            notify.webhooks.adapters.http_sender.Sender(self.webhook_targets), self.webhook_box
        )
        self.ladders = streaming.origin.repository.Ladders(services.storage)
        self.origin = streaming.origin.adapters.serving.Origin(
            services.container,
            services.storage,
            streaming.origin.token.Keyring.of(settings.derive_keys("stream-token")),
            edge_secret=settings.edge_secret.get_secret_value(),
        )
        self.authenticator.on_change(self.origin.gate.forget_user)
        fetcher = streaming.proxy.upstream.adapters.fetch.Fetcher(networks=tuple(settings.proxy_networks))
        self.proxy = streaming.proxy.adapters.serving.Proxy(
            services.container,
            fetcher,
            streaming.proxy.sealing.Sealer(settings.derive_keys("proxy")),
            self.origin.gate,
            streaming.proxy.adapters.state_store.LiveStates(services.cache),
            streaming.proxy.slates.adapters.store.Slates(services.storage),
            streaming.proxy.adapters.activity.Activities(services.cache, fetcher),
        )
        self.origin.outside = streaming.proxy.inspection.SourcesAhead(services.container, self.proxy)

        self.realtime = realtime.feature.build(
            realtime.feature.Ports(
                container=services.container,
                bus=services.bus,
                redis=services.redis,
                authenticate=self.authenticator,
                session_roles=bridges.SessionRoles(services.container),
                episodes=bridges.PartyEpisodes(services.container),
                progress=library.LibraryProgressSink(services.container),
                keys=settings.derive_keys("party"),
                public_url=settings.url,
                cors_origins=settings.cors_origins,
                throttle=self.lenient,
                address_connections=settings.address_connections,
            )
        )

    def start(self, services: Services) -> None:
        """Begin what runs beside the requests; ``services.tasks`` ends it."""
        services.tasks.spawn(self.authenticator.listen(), name="access changes")


def ports(services: Services) -> Bindings:
    """Port → adapter."""
    parts = services.parts
    return {
        accounts.identity.usecases.Users: lambda scope: accounts.identity.repository.SqlUsers(
            scope.uow, parts.authenticator.announce
        ),
        accounts.identity.usecases.KnownUsers: lambda _: parts.authenticator,
        Standing: accounts.identity.repository.SqlStanding,
        accounts.identity.usecases.Sessions: lambda scope: accounts.identity.repository.SqlSessions(scope.uow),
        accounts.identity.usecases.PasswordHasher: lambda _: parts.hasher,
        accounts.identity.usecases.AccessTokens: lambda _: parts.tokens,
        accounts.identity.usecases.AccessCache: lambda scope: (
            accounts.identity.sessions.adapters.authenticator.AnnouncedAccess(scope.uow, parts.authenticator)
        ),
        accounts.federation.usecases.Identities: lambda scope: accounts.federation.repository.SqlIdentities(scope.uow),
        accounts.identity.recovery.usecases.LinkedAccounts: lambda scope: accounts.federation.repository.SqlIdentities(
            scope.uow
        ),
        accounts.federation.routes.OpenIdConnect: lambda _: parts.oidc,
        accounts.identity.usecases.Throttle: lambda _: parts.throttle,
        accounts.identity.recovery.usecases.Postbox: lambda scope: accounts.identity.postbox.SqlPostbox(
            scope.uow, carried=services.settings.mail is not MailBy.NOBODY
        ),
        accounts.identity.recovery.usecases.OneTimeTokens: lambda scope: accounts.identity.postbox.SqlOneTimeTokens(
            scope.uow
        ),
        accounts.identity.sessions.adapters.refresh_cookie.RefreshCookie: lambda _: parts.refresh_cookie,
        accounts.identity.otp.usecases.LoginCodes: lambda scope: accounts.identity.otp.repository.SqlLoginCodes(
            scope.uow
        ),
        accounts.identity.otp.usecases.CodeSeal: lambda _: parts.code_seal,
        accounts.identity.devices.usecases.DeviceLogins: lambda scope: (
            accounts.identity.devices.repository.SqlDeviceLogins(scope.uow)
        ),
        accounts.identity.devices.routes.DevicePage: lambda _: parts.device_page,
        notify.audit.usecases.AuditLog: lambda scope: notify.audit.repository.SqlAuditLog(scope.uow),
        accounts.library.progress.usecases.History: lambda scope: accounts.library.progress.repository.SqlHistory(
            scope.uow
        ),
        accounts.library.progress.usecases.Episodes: bridges.KnownEpisodes,
        accounts.library.collections.usecases.Shelves: lambda scope: accounts.library.collections.repository.SqlShelves(
            scope.uow
        ),
        accounts.library.collections.usecases.Releases: bridges.PublishedReleases,
        accounts.library.next_up.usecases.Seasons: bridges.PublishedReleases,
        accounts.library.push.News: lambda scope: library.SocketNews(scope, parts.realtime),
        accounts.library.lists.usecases.Lists: lambda scope: accounts.library.lists.repository.SqlLists(scope.uow),
        accounts.library.transfer.usecases.Imports: lambda scope: accounts.library.transfer.repository.SqlImports(
            scope.uow
        ),
        accounts.library.transfer.usecases.Catalogue: library.CatalogueWorks,
        accounts.library.transfer.adapters.exporter.ShelvedReleases: (
            lambda scope: accounts.library.transfer.repository.SqlShelvedReleases(scope.uow)
        ),
        notify.notifications.usecases.Notifications: (
            lambda scope: notify.notifications.repository.SqlNotifications(scope.uow)
        ),
        accounts.personal.notifications.NotificationArchive: (
            lambda scope: notify.notifications.repository.SqlNotificationArchive(scope.uow)
        ),
        notify.webhooks.usecases.Webhooks: lambda scope: notify.webhooks.repository.SqlWebhooks(scope.uow),
        notify.webhooks.usecases.Deliveries: lambda scope: notify.webhooks.repository.SqlDeliveries(scope.uow),
        notify.webhooks.usecases.Seal: lambda _: parts.webhook_box,
        notify.webhooks.usecases.Targets: lambda _: parts.webhook_targets,
        notify.notifications.usecases.Push: lambda scope: notices.SocketPush(scope, parts.realtime),
        accounts.teams.usecases.Teams: lambda scope: accounts.teams.repository.SqlTeams(scope.uow),
        accounts.teams.usecases.People: bridges.TeamPeople,
        accounts.teams.invitations.routes.InvitationLinks: lambda _: accounts.teams.invitations.routes.InvitationLinks(
            services.settings.url
        ),
        accounts.teams.invitations.usecases.InvitationPost: bridges.TeamPost,
        accounts.teams.invitations.usecases.Throttle: lambda _: parts.throttle,
        accounts.teams.invitations.usecases.Invitations: lambda scope: accounts.teams.repository.SqlInvitations(
            scope.uow
        ),
        catalog.releases.usecases.Releases: lambda scope: catalog.releases.repository.SqlReleases(scope.uow),
        catalog.releases.usecases.Episodes: lambda scope: catalog.releases.repository.SqlEpisodes(scope.uow),
        **catalog.translations.feature.FEATURE.ports,
        catalog.subtitles.usecases.Subtitles: lambda scope: catalog.subtitles.repository.SqlSubtitles(scope.uow),
        catalog.subtitles.usecases.SubtitleFormats: lambda _: subtitles.WrittenFormats(),
        catalog.moderation.proposals.ports.Proposals: lambda scope: (
            catalog.moderation.proposals.repository.SqlProposals(scope.uow)
        ),
        catalog.moderation.proposals.ports.Allowances: lambda scope: (
            catalog.moderation.proposals.repository.SqlAllowances(scope.uow)
        ),
        catalog.moderation.proposals.ports.Targets: catalog.moderation.proposals.adapters.catalogue_targets.CatalogueTargets,
        catalog.moderation.proposals.ports.TeamRights: moderation.TeamPermissions,
        catalog.moderation.proposals.ports.People: moderation.Nicknames,
        catalog.moderation.credits.usecases.Credits: lambda scope: catalog.moderation.credits.repository.SqlCredits(
            scope.uow
        ),
        catalog.moderation.proposals.ports.TeamNames: moderation.NamesOfTeams,
        catalog.moderation.comments.ports.Comments: lambda scope: catalog.moderation.comments.repository.SqlComments(
            scope.uow
        ),
        catalog.moderation.reports.ports.Reports: lambda scope: catalog.moderation.reports.repository.SqlReports(
            scope.uow
        ),
        catalog.moderation.reports.ports.Subjects: moderation.ReportedElsewhere,
        accounts.personal.contributions.Contributions: moderation.ContributionsOf,
        streaming.ingest.usecases.Assets: lambda scope: streaming.ingest.repository.SqlAssets(scope.uow),
        streaming.ingest.usecases.Episodes: bridges.KnownEpisodes,
        streaming.uploads.usecases.Uploads: lambda scope: streaming.uploads.repository.SqlUploads(scope.uow),
        streaming.uploads.usecases.UploadTargets: bridges.KnownEpisodes,
        streaming.uploads.usecases.UploadFiles: lambda _: streaming.uploads.repository.LocalUploads(
            services.settings.uploads_dir,
            services.settings.max_upload_bytes,
            services.settings.upload_quota_bytes,
        ),
        streaming.origin.usecases.PlaybackRights: bridges.CataloguePlaybackRights,
        streaming.origin.usecases.ResumePositions: library.LibraryResumePositions,
        streaming.origin.usecases.Sessions: lambda scope: streaming.origin.repository.SqlSessions(scope.uow),
        streaming.origin.usecases.Assets: lambda scope: streaming.origin.sidecar_subtitles.SubtitledAssets(
            streaming.proxy.inspection.SourcedAssets(
                streaming.origin.repository.PublishedAssets(scope.uow, parts.ladders),
                scope.port(streaming.proxy.usecases.Sources),
                parts.proxy,
            ),
            scope.port(streaming.origin.sidecar_subtitles.AddedSubtitles),
        ),
        streaming.origin.sidecar_subtitles.AddedSubtitles: subtitles.AddedSubtitles,
        streaming.proxy.usecases.Sources: lambda scope: streaming.proxy.repository.SqlSources(scope.uow),
        streaming.proxy.usecases.Episodes: bridges.KnownEpisodes,
        Jobs: lambda scope: SqlJobs(scope, services.jobs),
        Pictures: lambda scope: SqlPictures(scope.uow),
        Storage: lambda _: services.storage,
    }


def subscribers(services: Services) -> EventTable:
    """Event → who hears of it.  The names are what is stored: they stay when code moves (``FORMER_SUBSCRIBERS``)."""
    sockets = bridges.SocketsOfUsers(services.parts.realtime)
    delete_uploads = Subscriber("delete_uploads_of_user", bridges.delete_uploads_of_user)
    table: dict[type[Event], list[Subscriber]] = {
        AssetReady: [Subscriber("mark_episode_playable", bridges.mark_episode_playable)],
        ReleaseDeleted: [Subscriber("delete_media_of_release", bridges.delete_media_of_release)],
        EpisodeDeleted: [Subscriber("delete_media_of_episode", bridges.delete_media_of_episode)],
        SessionRevoked: [
            Subscriber("end_streams_of_session", bridges.end_streams_of_session),
            Subscriber("close_sockets_of_session", sockets.session_revoked),
        ],
        RoleChanged: [Subscriber("close_sockets_of_user", sockets.role_changed), delete_uploads],
        UserBanned: [delete_uploads],
        UserDeleted: [
            Subscriber("withdraw_proposals_of_user", moderation.withdraw_proposals_of_user),
            Subscriber("delete_chat_of_user", bridges.delete_chat_of_user),
            delete_uploads,
        ],
    }
    notify = Subscriber("notify", notices.notify)
    for kind in notices.TABLE:
        table.setdefault(kind, []).append(notify)
    written_down = [
        Subscriber("record_audit", bridges.record_audit),
        Subscriber("enqueue_webhooks", bridges.enqueue_webhooks),
    ]
    for kind in Event.registry.values():
        if kind not in UNAUDITED:
            table.setdefault(kind, []).extend(written_down)
    former: dict[str, Handler] = {
        **FORMER_SUBSCRIBERS,
        "server.bridges.SocketsOfUsers.session_revoked": sockets.session_revoked,
        "server.bridges.SocketsOfUsers.role_changed": sockets.role_changed,
    }
    return EventTable(table, former)


FORMER_SUBSCRIBERS: dict[str, Handler] = {
    "server.bridges.episode_got_media": bridges.mark_episode_playable,
    "server.bridges.media_of_release_goes": bridges.delete_media_of_release,
    "server.bridges.media_of_episode_goes": bridges.delete_media_of_episode,
    "server.bridges.streams_end_with_login": bridges.end_streams_of_session,
    "server.bridges.uploads_go_with_the_right": bridges.delete_uploads_of_user,
    "server.bridges.what_a_user_said_goes": bridges.delete_chat_of_user,
    "server.bridges.audited": bridges.audit_and_enqueue,
    "server.moderation.author_is_gone": moderation.withdraw_proposals_of_user,
    "server.notices.told_to_people": notices.notify,
}
"""What 0.1 stored, module paths of its day → who handles it now.  May go once nobody upgrades from there."""

UNAUDITED = {ProgressRecorded}
"""Positions come every few seconds from every player, and are nobody's business but the viewer's."""

JOBS: dict[str, JobHandler] = {
    "ingest": streaming.ingest.jobs.run,
    accounts.library.transfer.usecases.JOB: accounts.library.transfer.jobs.run,
}
"""Job kind → handler."""


def periodic_tasks(services: Services) -> list[PeriodicTask]:
    """What one process of the installation does every so many seconds."""
    return [
        PeriodicTask("deliver_letters", 2, services.parts.postman.deliver_letters),
        PeriodicTask("delete_expired_logins", 3600, accounts.identity.jobs.forget_expired),
        PeriodicTask("delete_expired_library_imports", 3600, accounts.library.transfer.jobs.forget_expired),
        PeriodicTask("delete_ended_invitations", 3600, accounts.teams.invitations.jobs.forget_ended),
        PeriodicTask("delete_expired_idempotency_keys", 3600, kernel.idempotency.forget_expired),
        PeriodicTask("delete_old_notifications", 3600, notify.notifications.jobs.forget_old),
        PeriodicTask("tidy_moderation", 86_400, catalog.moderation.proposals.jobs.tidy),
        PeriodicTask("sweep_media", 600, streaming.ingest.jobs.sweep),
        PeriodicTask("delete_expired_uploads", 600, streaming.uploads.jobs.remove_expired),
        PeriodicTask("delete_expired_streams", 3600, streaming.origin.adapters.serving.delete_expired_streams),
        PeriodicTask("reencrypt_sources", 3600, streaming.proxy.jobs.Resealing(services.parts.proxy.sealer).seal_anew),
        PeriodicTask("delete_old_slates", 86_400, streaming.proxy.jobs.remove_old_slates),
        PeriodicTask("deliver_webhooks", 1, services.parts.webhooks.deliver_due),
        PeriodicTask("reencrypt_webhooks", 3600, notify.webhooks.jobs.Resealing(services.parts.webhook_box).seal_anew),
        PeriodicTask("delete_old_webhook_deliveries", 3600, notify.webhooks.jobs.forget_old),
    ]


def routers(services: Services) -> list[Router]:
    """The JSON routes of every feature, in the order of the API page."""
    return [
        accounts.identity.routes.router,
        accounts.identity.recovery.routes.router,
        accounts.identity.profile.routes.router,
        accounts.identity.otp.routes.router,
        accounts.identity.reauthentication.routes.router,
        accounts.identity.devices.routes.router,
        accounts.federation.routes.router,
        accounts.identity.admin.routes.router,
        accounts.library.routes.router,
        accounts.library.lists.routes.router,
        accounts.library.transfer.routes.router,
        accounts.teams.routes.router,
        accounts.teams.invitations.routes.router,
        accounts.personal.routes.router,
        notify.notifications.routes.router,
        notify.webhooks.routes.router,
        notify.audit.routes.router,
        catalog.releases.routes.router,
        *catalog.translations.feature.FEATURE.routers,
        catalog.subtitles.routes.router,
        catalog.moderation.proposals.routes.router,
        catalog.moderation.comments.routes.router,
        catalog.moderation.reports.routes.router,
        catalog.moderation.credits.routes.router,
        streaming.uploads.routes.router,
        streaming.origin.routes.router,
        streaming.proxy.routes.router,
        streaming.proxy.routes.media_router,  # before the origin's, whose path takes everything
        streaming.origin.routes.media_router,
        services.parts.realtime.router,
        overview.router,
        routes.router,
    ]


def authenticate(services: Services) -> Authenticate:
    """How an access token becomes an actor."""
    return services.parts.authenticator


def mount(app: web.Application, services: Services) -> None:
    """What is not JSON over HTTP: media and Socket.IO."""
    streaming.origin.routes.mount(app, services.parts.origin)
    streaming.proxy.routes.mount(app, services.parts.proxy)
    streaming.uploads.routes.mount(app)
    app.add_routes(streaming.origin.adapters.posters.routes(services.storage))
    app.add_routes(picture_routes(services.container))

    gateway = services.parts.realtime

    async def realtime_runs(_app: web.Application) -> AsyncIterator[None]:
        await gateway.start()
        yield
        await gateway.stop()

    async def close_sockets(_app: web.Application) -> None:
        await gateway.stop()

    gateway.attach(app)
    app.cleanup_ctx.append(realtime_runs)
    # Already at shutdown, not only at cleanup: aiohttp waits for open websockets in between.
    app.on_shutdown.append(close_sockets)
