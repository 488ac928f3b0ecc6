"""What joins two features: port → adapter, event → subscribers.  What a feature binds for itself is in its ``feature.py``.

Features do not know each other; where one needs another, it declares a Protocol and this file says who fulfils it.
"""

import accounts.library.collections.usecases
import accounts.library.next_up.usecases
import accounts.library.progress.usecases
import accounts.library.push
import accounts.library.transfer.usecases
import accounts.personal.contributions
import accounts.personal.notifications
import accounts.personal.parties
import accounts.teams.usecases
import catalog.subtitles.usecases
import notify.audit.feature
import notify.notifications.repository
import notify.notifications.usecases
import notify.webhooks.feature
import realtime.feature
import streaming.ingest.usecases
import streaming.origin.ports
import streaming.proxy.usecases
import streaming.uploads.usecases
from accounts.identity.events import RoleChanged, SessionRevoked, UserBanned, UserDeleted
from accounts.library.progress.model import ProgressRecorded
from catalog.ratings.model import RatingChanged
from catalog.releases.episodes.model import EpisodeDeleted
from catalog.releases.events import ReleasePurged
from kernel.events import Event
from kernel.feature import Feature, Process
from kernel.jobs import Listener
from kernel.outbox.outbox import Subscriber, Subscriptions
from kernel.scope import Bindings
from notify.notifications.adapters import rules
from server.adapters import (
    ads,
    former_subscribers,
    grants,
    library,
    live,
    markers,
    moderation,
    party,
    playback,
    player_settings,
    push,
    statistics,
    subtitles,
    teams,
    watching,
)
from server.adapters.catalog import (
    franchises,
    merging,
    ratings,
    recommendations,
    schedule,
    splitting,
    staff,
    streams,
    watch_folder,
)
from server.composition import Components, kernel_feature
from streaming.ingest.model import AssetReady


def declare(process: Process, components: Components) -> Feature:
    """What all features declare, and what joins two of them, as one."""
    return Feature.merged(
        [
            components.accounts.feature,
            components.notify.feature,
            components.catalog,
            components.streaming.feature,
            realtime.feature.declare(components.realtime),
            ads.JOINED,
            ratings.JOINED,
            statistics.JOINED,
            franchises.JOINED,
            grants.JOINED,
            live.joined(components.streaming.live),
            markers.JOINED,
            merging.JOINED,
            moderation.JOINED,
            player_settings.JOINED,
            recommendations.JOINED,
            schedule.JOINED,
            splitting.JOINED,
            staff.JOINED,
            streams.joined(process.container, components.streaming.proxy),
            watch_folder.JOINED,
            watching.joined(components.realtime),
            Feature(ports=ports(components), subscribers=subscribers(components)),
            Feature(former_subscribers=former_subscribers.handlers(components.realtime)),
            kernel_feature(process, components.rtc),
        ]
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
        accounts.personal.parties.PartyArchive: party.PartiesOf,
        accounts.teams.usecases.People: teams.TeamPeople,
        notify.notifications.usecases.Push: lambda scope: push.SocketPush(scope, components.realtime),
        catalog.subtitles.usecases.SubtitleFormats: lambda _: subtitles.WrittenFormats(),
        streaming.ingest.usecases.IngestTargets: ads.IngestedVideos,
        streaming.uploads.usecases.UploadTargets: playback.KnownEpisodes,
        streaming.origin.ports.PlaybackRights: playback.CataloguePlaybackRights,
        streaming.origin.ports.ResumePositions: playback.LibraryResumePositions,
        streaming.origin.ports.SidecarSubtitles: playback.AddedSubtitles,
        streaming.proxy.usecases.SourceTargets: playback.KnownEpisodes,
    }


def subscribers(components: Components) -> Subscriptions:
    """Event → who hears of it.  The names are what is stored: they stay when code moves."""
    sockets = push.SocketsOfUsers(components.realtime)
    delete_uploads = Subscriber("delete_uploads_of_user", playback.delete_uploads_of_user)
    table: dict[type[Event], list[Subscriber]] = {
        AssetReady: [Subscriber("mark_episode_playable", playback.mark_episode_playable)],
        ReleasePurged: [Subscriber("delete_media_of_release", playback.delete_media_of_release)],
        EpisodeDeleted: [Subscriber("delete_media_of_episode", playback.delete_media_of_episode)],
        SessionRevoked: [Subscriber("close_sockets_of_session", sockets.session_revoked)],
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
    written_down = [notify.audit.feature.RECORDS, notify.webhooks.feature.ENQUEUES]
    for kind in Event.registry.values():
        if kind not in UNAUDITED:
            table.setdefault(kind, []).extend(written_down)
    return table


UNAUDITED = {ProgressRecorded, RatingChanged}
"""Positions and votes come all the time, and are nobody's business but the viewer's."""


def job_listener(components: Components) -> Listener:
    """Who hears how jobs go on."""
    return push.JobOwners(components.realtime)
