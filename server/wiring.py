"""What is bound to what: port → adapter, event → subscribers, job → handler, and what is mounted.

Features do not know each other; where one needs another, it declares a Protocol and this file says who fulfils it.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

import accounts.feature
import accounts.identity.postbox
import accounts.library.collections.usecases
import accounts.library.next_up.usecases
import accounts.library.progress.usecases
import accounts.library.push
import accounts.library.transfer.usecases
import accounts.personal.contributions
import accounts.personal.notifications
import accounts.teams.invitations.usecases
import accounts.teams.usecases
import catalog.feature
import catalog.moderation.proposals.ports
import catalog.moderation.reports.ports
import catalog.subtitles.usecases
import kernel.http.idempotency
import notify.audit.usecases
import notify.feature
import notify.notifications.repository
import notify.notifications.usecases
import notify.webhooks.usecases
import realtime.feature
import server.overview.routes
import streaming.feature
import streaming.ingest.usecases
import streaming.origin.sidecar_subtitles
import streaming.origin.usecases
import streaming.proxy.usecases
import streaming.uploads.usecases
from accounts.identity.events import RoleChanged, SessionRevoked, UserBanned, UserDeleted
from accounts.library.progress.model import ProgressRecorded
from catalog.releases.model import EpisodeDeleted, ReleaseDeleted
from kernel.events import Event
from kernel.feature import Feature, Process
from kernel.jobs import Listener, PeriodicTask
from kernel.mail import ConsoleMailer, Mailer, NoMailer, SmtpMailer
from kernel.outbox import Handler, Subscriber, Subscriptions
from kernel.pictures import Pictures, SqlPictures
from kernel.pictures import routes as picture_routes
from kernel.scope import Bindings
from kernel.storage import Storage
from notify.notifications.adapters import rules
from server.adapters import library, moderation, party, playback, push, subtitles, teams
from server.settings import MailBy, Settings
from streaming.ingest.model import AssetReady


def _mailer(settings: Settings) -> Mailer:
    match settings.mail:
        case MailBy.SMTP:
            return SmtpMailer(settings.smtp_url.get_secret_value(), sender=settings.mail_from)
        case MailBy.CONSOLE:
            return ConsoleMailer()
        case MailBy.NOBODY:
            return NoMailer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The adapters that outlive a request, by feature."""

    accounts: accounts.feature.Accounts
    notify: notify.feature.Notify
    streaming: streaming.feature.Streaming
    realtime: realtime.feature.RealtimeGateway


def build(process: Process, settings: Settings) -> Components:
    """Make the components of all features, in the order they need each other."""
    media = streaming.feature.build(
        process,
        edge_secret=settings.edge_secret.get_secret_value(),
        source_networks=settings.proxy_networks,
        uploads_dir=settings.uploads_dir,
        max_upload_bytes=settings.max_upload_bytes,
        upload_quota_bytes=settings.upload_quota_bytes,
    )
    people = accounts.feature.build(
        process,
        accounts.identity.postbox.Postman(
            _mailer(settings),
            public_url=process.public_url,
            authors={"team_invitation": teams.TeamLetters(process.public_url)},
        ),
        sends_mail=settings.mail is not MailBy.NOBODY,
        providers=[provider.provider() for provider in settings.oidc_providers],
        on_access_change=media.origin.gate.forget_user,
    )
    return Components(
        accounts=people,
        notify=notify.feature.build(process, webhook_networks=settings.webhook_networks),
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
            )
        ),
    )


def job_listener(components: Components) -> Listener:
    """Who hears how jobs go on."""
    return push.JobOwners(components.realtime)


def declare(process: Process, components: Components) -> Feature:
    """What all features declare, and what joins two of them, as one."""
    return Feature.merged(
        [
            components.accounts.feature,
            components.notify.feature,
            catalog.feature.FEATURE,
            components.streaming.feature,
            realtime.feature.declare(components.realtime),
            Feature(
                ports=ports(components),
                subscribers=subscribers(components),
                former_subscribers=former_subscribers(components),
            ),
            _kernel(process),
        ]
    )


def _kernel(process: Process) -> Feature:
    def mount(app: web.Application) -> None:
        app.add_routes(picture_routes(process.container))

    return Feature(
        ports={Pictures: lambda scope: SqlPictures(scope.uow), Storage: lambda _: process.storage},
        routers=[server.overview.routes.router, server.overview.routes.job_router],
        periodic_tasks=[PeriodicTask("delete_expired_idempotency_keys", 3600, kernel.http.idempotency.forget_expired)],
        mounts=[mount],
    )


def ports(components: Components) -> Bindings:
    """Port of one feature → adapter over another."""
    return {
        accounts.library.progress.usecases.CatalogEpisodes: library.WatchedEpisodes,
        accounts.library.collections.usecases.CatalogReleases: library.PublishedReleases,
        accounts.library.next_up.usecases.Seasons: library.PublishedReleases,
        accounts.library.push.LibraryPush: lambda scope: push.SocketLibraryPush(scope, components.realtime),
        accounts.library.transfer.usecases.Catalogue: library.CatalogueWorks,
        accounts.personal.notifications.NotificationArchive: (
            lambda scope: notify.notifications.repository.SqlNotificationArchive(scope.uow)
        ),
        accounts.personal.contributions.Contributions: moderation.ContributionsOf,
        accounts.teams.usecases.People: teams.TeamPeople,
        accounts.teams.invitations.usecases.InvitationPost: teams.TeamPost,
        notify.notifications.usecases.Push: lambda scope: push.SocketPush(scope, components.realtime),
        catalog.subtitles.usecases.SubtitleFormats: lambda _: subtitles.WrittenFormats(),
        catalog.moderation.proposals.ports.TeamRights: moderation.TeamPermissions,
        catalog.moderation.proposals.ports.People: moderation.Nicknames,
        catalog.moderation.proposals.ports.TeamNames: moderation.NamesOfTeams,
        catalog.moderation.reports.ports.Subjects: moderation.ReportedElsewhere,
        streaming.ingest.usecases.Episodes: playback.KnownEpisodes,
        streaming.uploads.usecases.UploadTargets: playback.KnownEpisodes,
        streaming.origin.usecases.PlaybackRights: playback.CataloguePlaybackRights,
        streaming.origin.usecases.ResumePositions: playback.LibraryResumePositions,
        streaming.origin.sidecar_subtitles.AddedSubtitles: playback.AddedSubtitles,
        streaming.proxy.usecases.Episodes: playback.KnownEpisodes,
    }


def subscribers(components: Components) -> Subscriptions:
    """Event → who hears of it.  The names are what is stored: they stay when code moves (:func:`former_subscribers`)."""
    sockets = push.SocketsOfUsers(components.realtime)
    delete_uploads = Subscriber("delete_uploads_of_user", playback.delete_uploads_of_user)
    table: dict[type[Event], list[Subscriber]] = {
        AssetReady: [Subscriber("mark_episode_playable", playback.mark_episode_playable)],
        ReleaseDeleted: [Subscriber("delete_media_of_release", playback.delete_media_of_release)],
        EpisodeDeleted: [Subscriber("delete_media_of_episode", playback.delete_media_of_episode)],
        SessionRevoked: [
            Subscriber("end_streams_of_session", playback.end_streams_of_session),
            Subscriber("close_sockets_of_session", sockets.session_revoked),
        ],
        RoleChanged: [Subscriber("close_sockets_of_user", sockets.role_changed), delete_uploads],
        UserBanned: [delete_uploads],
        UserDeleted: [
            Subscriber("withdraw_proposals_of_user", moderation.withdraw_proposals_of_user),
            Subscriber("delete_chat_of_user", party.delete_chat_of_user),
            delete_uploads,
        ],
    }
    told = Subscriber("notify", rules.notify)
    for kind in rules.RULES:
        table.setdefault(kind, []).append(told)
    written_down = [
        Subscriber("record_audit", notify.audit.feature.record_audit),
        Subscriber("enqueue_webhooks", notify.webhooks.feature.enqueue_webhooks),
    ]
    for kind in Event.registry.values():
        if kind not in UNAUDITED:
            table.setdefault(kind, []).extend(written_down)
    return table


def former_subscribers(components: Components) -> dict[str, Handler]:
    """What 0.1 stored, module paths of its day → who handles it now.  May go once nobody upgrades from there."""
    sockets = push.SocketsOfUsers(components.realtime)
    return {
        "server.bridges.episode_got_media": playback.mark_episode_playable,
        "server.bridges.media_of_release_goes": playback.delete_media_of_release,
        "server.bridges.media_of_episode_goes": playback.delete_media_of_episode,
        "server.bridges.streams_end_with_login": playback.end_streams_of_session,
        "server.bridges.uploads_go_with_the_right": playback.delete_uploads_of_user,
        "server.bridges.what_a_user_said_goes": party.delete_chat_of_user,
        "server.bridges.audited": notify.feature.audit_and_enqueue,
        "server.moderation.author_is_gone": moderation.withdraw_proposals_of_user,
        "server.notices.told_to_people": rules.notify,
        "server.bridges.SocketsOfUsers.session_revoked": sockets.session_revoked,
        "server.bridges.SocketsOfUsers.role_changed": sockets.role_changed,
    }


UNAUDITED = {ProgressRecorded}
"""Positions come every few seconds from every player, and are nobody's business but the viewer's."""
