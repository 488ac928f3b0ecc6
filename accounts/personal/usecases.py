"""Downloading and deleting everything that belongs to a user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.federation.model import LinkedIdentity
from accounts.federation.usecases import LinkedIdentities
from accounts.identity.errors import LastAdmin, UserNotFound, WrongPassword
from accounts.identity.events import UserDeleted
from accounts.identity.model import LoginSession, User, UserId
from accounts.identity.ports import AccessCache, LoginSessions, Users
from accounts.identity.sessions.usecases import end_all_sessions
from accounts.identity.usecases import me
from accounts.library.collections.usecases import Collections
from accounts.library.lists.model import ListItem
from accounts.library.lists.usecases import Lists
from accounts.library.progress.usecases import History
from accounts.library.scores import OwnScore, OwnScores
from accounts.library.statistics.model import Sharing
from accounts.library.statistics.usecases import Sharings
from accounts.library.sync import usecases
from accounts.library.sync.usecases import Changes
from accounts.personal.ads import AdExemptionArchive, AdExemptionHeld
from accounts.personal.calendars import CalendarAddress, CalendarAddresses
from accounts.personal.catalogue import CatalogueArchive, MergedRow, StaffActKept
from accounts.personal.live_channels import LiveChannelArchive, LiveChannelKept, LiveRecordingKept
from accounts.personal.notifications import NotificationArchive, ReceivedNotification, ToldEpisode
from accounts.personal.parties import PartyArchive, PartyInviteMade, PartyMessageSaid
from accounts.personal.player import PlayerSettingsArchive, PlayerSettingsHeld
from accounts.personal.recommendations import RecommendationArchive, RecommendationChoices
from accounts.personal.watching import LinkMeasured, StreamKept, UploadKept, WatchingArchive
from accounts.teams.invitations.model import Invitation
from accounts.teams.invitations.usecases import Invitations
from accounts.teams.usecases import Membership, People, Teams, end_account
from kernel.access import Actor
from kernel.images.pictures import Pictures


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Everything that is kept about one user."""

    user: User
    sessions: list[LoginSession]
    identities: list[LinkedIdentity]
    """Accounts at providers."""
    library: Changes
    list_items: Mapping[str, Sequence[ListItem]]
    """List → what is in it."""
    scores: Mapping[str, OwnScore]
    """Release → vote."""
    sharing: Sharing
    teams: list[Membership]
    invitations: list[Invitation]
    """To teams, sent by them."""
    notifications: Sequence[ReceivedNotification]
    recommendations: RecommendationChoices
    told_episodes: Sequence[ToldEpisode]
    calendars: Sequence[CalendarAddress]
    live_channels: Sequence[LiveChannelKept]
    live_recordings: Sequence[LiveRecordingKept]
    ad_exemption: AdExemptionHeld | None
    player_settings: PlayerSettingsHeld
    merged: Sequence[MergedRow]
    staff_acts: Sequence[StaffActKept]
    dismissals: Mapping[str, int]
    """Series left out of *continue watching* → since when, Unix ms."""
    muted: Sequence[str]
    """Kinds of notifications."""
    party_messages: Sequence[PartyMessageSaid]
    party_invites: Sequence[PartyInviteMade]
    streams: Sequence[StreamKept]
    links: Sequence[LinkMeasured]
    uploads: Sequence[UploadKept]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalContext:
    """What the use cases here work with: ports of one transaction, its moment, and who asks."""

    users: Users
    sessions: LoginSessions
    cache: AccessCache
    pictures: Pictures
    identities: LinkedIdentities
    history: History
    collections: Collections
    lists: Lists
    scores: OwnScores
    sharings: Sharings
    teams: Teams
    people: People
    invitations: Invitations
    notifications: NotificationArchive
    recommendations: RecommendationArchive
    calendars: CalendarAddresses
    live_channels: LiveChannelArchive
    ad_exemptions: AdExemptionArchive
    player_settings: PlayerSettingsArchive
    catalogue: CatalogueArchive
    parties: PartyArchive
    watching: WatchingArchive
    actor: Actor
    now: datetime


async def collect(context: PersonalContext) -> PersonalData:
    """Everything that is kept about the caller, but for contributions to the catalogue. Raises :class:`accounts.identity.errors.UserNotFound`."""
    user = await me(context.users, context.actor)
    whole = Changes(0, True, [], [], [], [])
    while whole.more:
        part = await usecases.changes(
            context.history, context.collections, context.lists, user_id=user.id, since=whole.revision
        )
        whole = Changes(
            part.revision,
            part.more,
            whole.progress + part.progress,
            whole.favorites + part.favorites,
            whole.items + part.items,
            whole.lists + part.lists,
        )
    items = await context.lists.items_of([row.id for row in whole.lists])
    return PersonalData(
        user,
        await context.sessions.live(user.id, context.now),
        await context.identities.of_user(user.id),
        whole,
        items,
        await context.scores.all_of(user.id),
        await context.sharings.of(user.id),
        await context.teams.of_user(user.id),
        await context.invitations.of_person(user.id),
        await context.notifications.of_user(user.id),
        await context.recommendations.of_user(user.id),
        await context.notifications.episodes_of_user(user.id),
        await context.calendars.of_user(user.id),
        await context.live_channels.of_user(user.id),
        await context.live_channels.recordings_of_user(user.id),
        await context.ad_exemptions.of_user(user.id),
        await context.player_settings.of_user(user.id),
        await context.catalogue.merged_rows(user.id),
        await context.catalogue.staff_acts(user.id),
        await context.history.dismissals(user.id),
        await context.notifications.muted_of_user(user.id),
        await context.parties.messages(user.id),
        await context.parties.invites(user.id),
        await context.watching.streams(user.id),
        await context.watching.links(user.id),
        await context.watching.uploads(user.id),
    )


async def delete_account(context: PersonalContext, *, proven: User) -> None:
    """End every session of the caller and delete the account with all it holds.

    Raises :class:`UserNotFound`, :class:`LastAdmin`, :class:`SoleOwner` of a team that others are in, and :class:`WrongPassword` when the password
    was changed since ``proven`` was read.
    """
    admins = await context.users.lock_admins()
    user = await context.users.lock(UserId(context.actor.user_id))
    if user is None:
        raise UserNotFound
    if user.password_hash != proven.password_hash:
        raise WrongPassword
    if admins == [UserId(user.id)]:
        raise LastAdmin
    for url in await end_account(context.teams, context.people, user.id, context.now):
        await context.pictures.remove(url)
    await end_all_sessions(context.sessions, context.cache, user.id, reason="deleted", now=context.now)
    user.record(UserDeleted(at=context.now, user_id=user.id))
    await context.pictures.remove(user.avatar_url)
    await context.users.remove(user)
