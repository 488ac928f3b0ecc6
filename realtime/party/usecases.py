"""The verbs of the watch party."""

from dataclasses import dataclass
from typing import Protocol

from kernel.access import Actor
from kernel.clock import Clock
from kernel.errors import Forbidden, NotFound, Unauthenticated
from kernel.ids import new_id
from realtime.party.admission.admission import Admission, Identity
from realtime.party.domain.command import Command
from realtime.party.domain.errors import ChannelNotWatchable, NotInParty, NotPermitted
from realtime.party.domain.events import StateChanged
from realtime.party.domain.model import (
    MAX_MEMBERS,
    Access,
    ControlMode,
    Member,
    MemberId,
    Party,
    PartyId,
    Role,
    Settings,
    Wait,
)
from realtime.party.domain.requests import (
    BanMember,
    Close,
    Disconnect,
    GiveRole,
    Join,
    Kick,
    Leave,
    Mute,
    Pardon,
    Report,
)
from realtime.party.domain.roles import Action, may
from realtime.party.domain.rules import accepted_version, new_party
from realtime.party.domain.tokens import Invite
from realtime.party.invites.usecases import Inviting
from realtime.party.ports import (
    ChannelInfo,
    ChatLine,
    EpisodeInfo,
    InviteLine,
    Json,
)
from realtime.party.replica.chat_replica import CHAT_KEPT
from realtime.party.replica.context import PartyContext
from realtime.party.replica.registry import PartyNotFound, PartyRegistry
from realtime.party.replica.replica import PartyReplica
from realtime.party.serializers import (
    barred_json,
    playback_json,
    queue_json,
    settings_json,
    tracks_json,
    waiting_json,
    you_json,
)
from realtime.sync.live import DURATION_MS, programme_ms, put_on
from realtime.sync.playback import Media, position_at

CHAT_IN_SNAPSHOT = 100
"""Messages a newcomer is shown."""


class EpisodeNotPlayable(NotFound):
    """This episode cannot be watched (yet)."""


class SignInToCreate(Unauthenticated):
    """Sign in to open a party of your own."""


class NotYourMessage(Forbidden):
    """You can only delete your own messages."""


class MessageNotFound(NotFound):
    """There is no such message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParty:
    """What somebody wants to open."""

    title: str
    episode_id: str | None = None
    channel_id: str | None = None
    control: ControlMode = ControlMode.EVERYONE
    access: Access = Access.UNLISTED
    password: str | None = None
    capacity: int = MAX_MEMBERS
    wait: Wait = Wait.OFF


class CommandRequest(Protocol):
    """A command as somebody has sent it, who is still to be looked up."""

    async def command(self, member_id: MemberId, lookups: "Parties") -> Command:
        """The command as theirs.  Raises ChannelNotWatchable, EpisodeNotPlayable."""
        ...


class Parties:
    """One method each for what people do with parties."""

    def __init__(
        self,
        context: PartyContext,
        *,
        registry: PartyRegistry,
        admission: Admission,
        inviting: Inviting,
        episodes: EpisodeInfo,
        channels: ChannelInfo,
        clock: Clock,
    ) -> None:
        """``registry`` is of the same ``context``; ``clock`` is the wall's, the room's is in the context."""
        self._context = context
        self._registry = registry
        self._admission = admission
        self._inviting = inviting
        self._episodes = episodes
        self._channels = channels
        self._clock = clock

    # Coming and going

    async def create(self, actor: Actor, wanted: NewParty) -> tuple[PartyId, str]:
        """A new party with ``actor`` as its first host; its id and a link to share.

        Raises ChannelNotWatchable, EpisodeNotPlayable, SettingsNotAcceptable.
        """
        party, invite = await self.prepare(actor, wanted)
        await self._context.store.create(party)
        await self._inviting.add(invite)
        return party.party_id, self._inviting.link(invite)

    async def prepare(self, actor: Actor, wanted: NewParty) -> tuple[Party, Invite]:
        """The same, for the caller to store, with the first invite to it."""
        settings = Settings(
            title=wanted.title.strip(),
            control=wanted.control,
            access=wanted.access,
            password_hash=await self._admission.hash(wanted.password) if wanted.password else "",
            capacity=wanted.capacity,
            wait=wanted.wait,
        )
        media = None if wanted.episode_id is None else await self.media(wanted.episode_id)
        if wanted.channel_id is not None:
            media = await self.live(wanted.channel_id)
        party_id = PartyId(new_id())
        party = new_party(
            party_id,
            MemberId(actor.user_id),
            self._context.clock.now_ms(),
            settings=settings,
            media=media,
            founder_name=actor.nickname,
        )
        return party, self._inviting.first(party)

    async def join(
        self,
        identity: Identity,
        connection: str,
        party_id: str,
        *,
        invite: str | None = None,
        password: str | None = None,
        since: int | None = None,
        chat_since: int | None = None,
        news: bool = False,
    ) -> Json:
        """Let this connection in; the snapshot, or what happened after ``since``.

        Raises PartyNotFound, PartyIsOver, BannedFromParty, KickedFromParty, InviteNeeded, PasswordNeeded, PartyFull,
        InviteUsedUp, InviteRevoked and what reading an invite raises.  An event sent while this answer was made may also come as an event of its own: clients
        drop versions and chat numbers they have had.
        """
        replica = await self._registry.open(party_id)
        try:
            identity = self._admission.identity_at(party_id, identity, replica.connections.get(connection))
            join = await self._admission.request_to_join(replica.party, identity, connection, invite, password)
            replica.connections[connection] = identity.member_id
            await replica.request(join)
            replica.connections[connection] = identity.member_id  # an earlier goodbye told meanwhile took it away
            if not self._context.sink.enter(connection, party_id):  # gone while it was let in
                await replica.request(Disconnect(connection_ids=frozenset({connection})))
                raise NotInParty  # noqa: TRY301 - the way out below is the same
            answer = await self._answer(replica, join, since, chat_since)
            return answer | replica.presence.add(connection, identity.member_id, news=news)
        except BaseException:
            replica.connections.pop(connection, None)
            replica.presence.remove(connection)
            self._context.sink.drop(connection)
            self._registry.release(replica)
            raise

    async def leave(self, party_id: str, connection: str) -> None:
        """Say goodbye, on all devices."""
        replica, member = self._present(party_id, connection)
        await replica.request(Leave(member_id=member.member_id))
        self._registry.release(replica)

    async def disconnect(self, party_id: str, connection: str) -> None:
        """A connection is gone."""
        replica = self._registry.known(party_id)
        if replica is not None and await replica.gone(connection):
            self._registry.release(replica)

    async def look(self, party_id: str) -> Party:
        """The party as it is, without joining.  Raises PartyNotFound."""
        replica = self._registry.known(party_id)
        party = replica.party if replica is not None else await self._context.store.load(party_id)
        if party is None:
            raise PartyNotFound
        return party

    async def wake(self, party_id: str) -> None:
        """Let whatever is due in a party happen, though nobody is there.  Raises PartyNotFound."""
        self._registry.release(await self._registry.open(party_id))

    async def close(self, party_id: str, *, by: MemberId | None, reason: str) -> None:
        """End the party.  Raises PartyNotFound, PartyIsOver, NotInParty, NotPermitted, FounderOnly."""
        replica = await self._registry.open(party_id)
        try:
            await replica.request(Close(by=by, reason=reason))
        finally:
            self._registry.release(replica)

    # Steering

    def member(self, party_id: str, connection: str) -> Member:
        """Who this connection is in the party.  Raises NotInParty."""
        return self._present(party_id, connection)[1]

    async def media(self, episode_id: str) -> Media:
        """Raises EpisodeNotPlayable."""
        episode = await self._episodes(episode_id)
        if episode is None or not episode.playable or not episode.duration_ms:
            raise EpisodeNotPlayable
        return Media(episode_id=episode_id, title=episode.title[:200], duration_ms=episode.duration_ms)

    async def live(self, channel_id: str) -> Media:
        """A live channel as of this moment.  Raises ChannelNotWatchable."""
        channel = await self._channels(channel_id)
        if channel is None:
            raise ChannelNotWatchable
        now_ms = self._context.clock.now_ms()
        return Media(
            episode_id="",
            title=channel.title[:200],
            duration_ms=DURATION_MS,
            live=put_on(
                channel_id,
                wall_ms=channel.wall_ms,
                room_ms=now_ms,
                window_ms=channel.window_ms,
                live_for_ms=channel.live_for_ms,
            ),
        )

    async def hash_password(self, password: str) -> str:
        """argon2id."""
        return await self._admission.hash(password)

    async def command(self, party_id: str, connection: str, request: CommandRequest) -> int:
        """Apply a command; the version it made, the same for the same id sent again.

        Raises NotInParty, ChannelNotWatchable, EpisodeNotPlayable, Unavailable, and what the command's ``apply`` raises.
        """
        replica, member = self._present(party_id, connection)
        command = await request.command(member.member_id, self)
        party, events = await replica.request(command)
        for event in events:
            if isinstance(event, StateChanged):
                return event.version
        await replica.wait_durable()  # sent before: the first one's change may still be on its way to the disk
        version = accepted_version(party, command)
        return party.version if version is None else version

    async def report(self, party_id: str, connection: str, report: Report) -> None:
        """Take in what a member's player does.  Raises NotInParty."""
        replica, _ = self._present(party_id, connection)
        await replica.request(report)

    def look_at_telemetry(self, party_id: str, connection: str, looks: bool) -> None:
        """Whether this connection wants the figures of the others' players from now on."""
        self._present(party_id, connection)[0].presence.look(connection, looks)

    async def moderate(
        self, party_id: str, connection: str, request: GiveRole | Mute | Kick | BanMember | Pardon
    ) -> None:
        """Let one member act on another.  Raises NotInParty, and what the rules raise."""
        replica, _ = self._present(party_id, connection)
        await replica.request(request)

    # Chat

    async def say(
        self, party_id: str, connection: str, *, message_id: str, text: str, reply_to: str | None
    ) -> ChatLine:
        """Keep a message and show it to all; the same id sent again changes nothing.  Raises NotPermitted."""
        replica, member = self._speaking(party_id, connection)
        position_ms = self._position_ms(replica)
        media = replica.party.playback.media
        live = None if media is None else media.live
        return await replica.chat.post(
            ChatLine(
                party_id=party_id,
                message_id=message_id,
                member_id=member.member_id,
                name=member.name,
                text=text,
                reply_to=reply_to,
                position_ms=position_ms,
                sent_at_ms=self._clock.now_ms(),
                channel_id=None if live is None else live.channel_id,
                programme_ms=None if live is None else programme_ms(live, position_ms),
            )
        )

    async def react(self, party_id: str, connection: str, emoji: str) -> None:
        """Show everybody an emoji, which nobody keeps.  Raises NotInParty, Forbidden."""
        replica, member = self._speaking(party_id, connection)
        body = {
            "member_id": member.member_id,
            "name": member.name,
            "emoji": emoji,
            "position_ms": self._position_ms(replica),
        }
        await replica.chat.announce("chat:reaction", body)

    async def typing(self, party_id: str, connection: str, typing: bool) -> None:
        """Show the others that somebody writes.  Raises NotInParty, Forbidden."""
        replica, member = self._speaking(party_id, connection)
        body = {"member_id": member.member_id, "name": member.name, "typing": typing}
        await replica.chat.announce("chat:typing", body, skip=connection)

    async def delete_message(self, party_id: str, connection: str, message_id: str) -> None:
        """Raises MessageNotFound, NotYourMessage."""
        replica, member = self._present(party_id, connection)
        line = await self._context.chat.find(party_id, message_id)
        if line is None:
            raise MessageNotFound
        moderates = may(member.role, Action.MODERATE, replica.party.settings.control)
        if line.member_id != member.member_id and not moderates:
            raise NotYourMessage
        await replica.chat.delete(line, by=member.member_id)

    def barred(self, party_id: str, connection: str) -> list[Json]:
        """Who may not come back, for those who may change that.  Raises NotInParty, NotPermitted."""
        replica, member = self._present(party_id, connection)
        if not may(member.role, Action.MODERATE, replica.party.settings.control):
            raise NotPermitted
        return barred_json(replica.party)

    # Invites

    async def invite(
        self, party_id: str, member_id: MemberId, *, role: Role, expires_in_s: int, max_uses: int
    ) -> tuple[Invite, str]:
        """An invite and its link.  Raises PartyNotFound and what :meth:`Inviting.make` raises."""
        party = await self.look(party_id)
        return await self._inviting.make(party, member_id, role=role, expires_in_s=expires_in_s, max_uses=max_uses)

    async def invites(self, party_id: str, member_id: MemberId) -> list[InviteLine]:
        """The open invites this member may see.  Raises PartyNotFound, NotInParty."""
        return await self._inviting.listed(await self.look(party_id), member_id)

    async def revoke_invite(self, party_id: str, member_id: MemberId, invite_id: str) -> None:
        """Raises PartyNotFound, NotInParty, InviteNotFound."""
        await self._inviting.revoke(await self.look(party_id), member_id, invite_id)

    def link(self, invite: Invite) -> str:
        """The address that carries the signed invite."""
        return self._inviting.link(invite)

    # Inside

    def _present(self, party_id: str, connection: str) -> tuple[PartyReplica, Member]:
        replica = self._registry.known(party_id)
        member = None if replica is None else replica.member_of(connection)
        if replica is None or member is None:
            raise NotInParty
        return replica, member

    def _speaking(self, party_id: str, connection: str) -> tuple[PartyReplica, Member]:
        replica, member = self._present(party_id, connection)
        if not may(member.role, Action.CHAT, replica.party.settings.control):
            raise Forbidden
        return replica, member

    def _position_ms(self, replica: PartyReplica) -> int:
        return round(position_at(replica.party.playback, self._context.clock.now_ms()))

    async def _answer(self, replica: PartyReplica, join: Join, since: int | None, chat_since: int | None) -> Json:
        log = None if since is None else await self._context.store.log_since(replica.party_id, since)
        resumes = log is not None and chat_since is not None
        chat = replica.chat.since(chat_since or 0, CHAT_KEPT) if resumes else replica.chat.since(0, CHAT_IN_SNAPSHOT)
        party = replica.party
        member = party.members[join.member_id]
        answer: Json = {
            "you": you_json(member, party, self._admission.guest_token(party, member, join)),
            "version": party.version,
            "playback": playback_json(party.playback),
            "settings": settings_json(party.settings),
            "queue": queue_json(party.queue),
            "tracks": tracks_json(party.tracks),
            "waiting": waiting_json(party.waiting),
            "chat": chat,
            "chat_seq": replica.chat.last_seq,
        }
        if log is not None:
            answer["log"] = [entry.body for entry in log]
        return answer
