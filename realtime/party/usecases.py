"""The verbs of the watch party."""

from dataclasses import dataclass

from kernel.access import Actor
from kernel.clock import Clock
from kernel.errors import Forbidden, NotFound, Unauthenticated
from kernel.ids import new_id
from realtime.party.admission.admission import Door, Identity
from realtime.party.domain.commands import (
    BanMember,
    Close,
    Command,
    Disconnect,
    GiveRole,
    Join,
    Kick,
    Leave,
    Mute,
    Pardon,
    Report,
)
from realtime.party.domain.model import (
    MAX_MEMBERS,
    Access,
    ControlMode,
    Media,
    Member,
    MemberId,
    NotInParty,
    NotPermitted,
    Party,
    PartyId,
    Role,
    Settings,
    Wait,
)
from realtime.party.domain.roles import Action, may
from realtime.party.domain.rules import accepted_version, new_party
from realtime.party.invites.model import Invite
from realtime.party.invites.usecases import Inviting
from realtime.party.ports import (
    ChatLine,
    ChatLog,
    EpisodeInfo,
    InviteLine,
    Json,
    Outlet,
    PartyStore,
    RoomClock,
)
from realtime.party.replica.registry import PartyNotFound, Rooms
from realtime.party.replica.replica import CHAT_KEPT, Room
from realtime.party.serializers import (
    barred_json,
    playback_json,
    queue_json,
    settings_json,
    tracks_json,
    waiting_json,
    you_json,
)
from realtime.sync.playback import position_at

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
    title: str
    episode_id: str | None = None
    control: ControlMode = ControlMode.EVERYONE
    access: Access = Access.UNLISTED
    password: str | None = None
    capacity: int = MAX_MEMBERS
    wait: Wait = Wait.OFF


class Parties:
    """One method each for what people do with parties."""

    def __init__(
        self,
        *,
        rooms: Rooms,
        store: PartyStore,
        chat: ChatLog,
        door: Door,
        inviting: Inviting,
        episodes: EpisodeInfo,
        outlet: Outlet,
        room_clock: RoomClock,
        clock: Clock,
    ) -> None:
        self._rooms = rooms
        self._store = store
        self._chat = chat
        self._door = door
        self._inviting = inviting
        self._episodes = episodes
        self._outlet = outlet
        self._room_clock = room_clock
        self._clock = clock

    # Coming and going

    async def create(self, actor: Actor, wanted: NewParty) -> tuple[PartyId, str]:
        """A new party with ``actor`` as its first host; its id and a link to share.

        Raises EpisodeNotPlayable, SettingsNotAcceptable.
        """
        party, invite = await self.prepare(actor, wanted)
        await self._store.create(party)
        await self._inviting.add(invite)
        return party.party_id, self._inviting.link(invite)

    async def prepare(self, actor: Actor, wanted: NewParty) -> tuple[Party, Invite]:
        """The same, for the caller to store, with the first invite to it."""
        settings = Settings(
            title=wanted.title.strip(),
            control=wanted.control,
            access=wanted.access,
            password_hash=await self._door.hash(wanted.password) if wanted.password else "",
            capacity=wanted.capacity,
            wait=wanted.wait,
        )
        media = None if wanted.episode_id is None else await self.media(wanted.episode_id)
        party_id = PartyId(new_id())
        party = new_party(
            party_id,
            MemberId(actor.user_id),
            self._room_clock.now_ms(),
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
        room = await self._rooms.open(party_id)
        try:
            identity = self._door.identity_at(party_id, identity, room.connections.get(connection))
            join = await self._door.admission(room.party, identity, connection, invite, password)
            room.connections[connection] = identity.member_id
            await room.request(join)
            room.connections[connection] = identity.member_id  # an earlier goodbye told meanwhile took it away
            if not self._outlet.enter(connection, party_id):  # gone while it was let in
                await room.request(Disconnect(connection_ids=frozenset({connection})))
                raise NotInParty  # noqa: TRY301 - the way out below is the same
            answer = await self._answer(room, join, since, chat_since)
            return answer | room.presence.add(connection, identity.member_id, news=news)
        except BaseException:
            room.connections.pop(connection, None)
            room.presence.remove(connection)
            self._outlet.drop(connection)
            self._rooms.release(room)
            raise

    async def leave(self, party_id: str, connection: str) -> None:
        """Say goodbye, on all devices."""
        room, member = self._present(party_id, connection)
        await room.request(Leave(member_id=member.member_id))
        self._rooms.release(room)

    async def disconnect(self, party_id: str, connection: str) -> None:
        """A connection is gone."""
        room = self._rooms.known(party_id)
        if room is not None and await room.gone(connection):
            self._rooms.release(room)

    async def look(self, party_id: str) -> Party:
        """The party as it is, without joining.  Raises PartyNotFound."""
        room = self._rooms.known(party_id)
        party = room.party if room is not None else await self._store.load(party_id)
        if party is None:
            raise PartyNotFound
        return party

    async def wake(self, party_id: str) -> None:
        """Let whatever is due in a party happen, though nobody is there.  Raises PartyNotFound."""
        self._rooms.release(await self._rooms.open(party_id))

    async def close(self, party_id: str, *, by: MemberId | None, reason: str) -> None:
        room = await self._rooms.open(party_id)
        try:
            await room.request(Close(by=by, reason=reason))
        finally:
            self._rooms.release(room)

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

    async def hash_password(self, password: str) -> str:
        return await self._door.hash(password)

    async def command(self, party_id: str, connection: str, command: Command) -> int:
        """Apply a command; the version it made, the same for the same id sent again."""
        room, _ = self._present(party_id, connection)
        party, events = await room.request(command)
        if not events:  # sent before: the first one's change may still be on its way to the disk
            await room.settled()
        version = accepted_version(party, command)
        return party.version if version is None else version

    async def report(self, party_id: str, connection: str, report: Report) -> None:
        room, _ = self._present(party_id, connection)
        await room.request(report)

    def look_at_figures(self, party_id: str, connection: str, looks: bool) -> None:
        """Whether this connection wants the figures of the others' players from now on."""
        self._present(party_id, connection)[0].presence.look(connection, looks)

    async def moderate(
        self, party_id: str, connection: str, request: GiveRole | Mute | Kick | BanMember | Pardon
    ) -> None:
        room, _ = self._present(party_id, connection)
        await room.request(request)

    # Chat

    async def say(
        self, party_id: str, connection: str, *, message_id: str, text: str, reply_to: str | None
    ) -> ChatLine:
        """Keep a message and show it to all; the same id sent again changes nothing.  Raises NotPermitted."""
        room, member = self._speaking(party_id, connection)
        return await room.post(
            ChatLine(
                party_id=party_id,
                message_id=message_id,
                member_id=member.member_id,
                name=member.name,
                text=text,
                reply_to=reply_to,
                position_ms=self._position_ms(room),
                sent_at_ms=self._clock.now_ms(),
            )
        )

    async def react(self, party_id: str, connection: str, emoji: str) -> None:
        room, member = self._speaking(party_id, connection)
        body = {
            "member_id": member.member_id,
            "name": member.name,
            "emoji": emoji,
            "position_ms": self._position_ms(room),
        }
        await room.announce("chat:reaction", body)

    async def typing(self, party_id: str, connection: str, typing: bool) -> None:
        room, member = self._speaking(party_id, connection)
        body = {"member_id": member.member_id, "name": member.name, "typing": typing}
        await room.announce("chat:typing", body, skip=connection)

    async def delete_message(self, party_id: str, connection: str, message_id: str) -> None:
        """Raises MessageNotFound, NotYourMessage."""
        room, member = self._present(party_id, connection)
        line = await self._chat.find(party_id, message_id)
        if line is None:
            raise MessageNotFound
        moderates = may(member.role, Action.MODERATE, room.party.settings.control)
        if line.member_id != member.member_id and not moderates:
            raise NotYourMessage
        await room.delete_message(line, by=member.member_id)

    def barred(self, party_id: str, connection: str) -> list[Json]:
        """Who may not come back, for those who may change that.  Raises NotInParty, NotPermitted."""
        room, member = self._present(party_id, connection)
        if not may(member.role, Action.MODERATE, room.party.settings.control):
            raise NotPermitted
        return barred_json(room.party)

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
        return self._inviting.link(invite)

    # Inside

    def _present(self, party_id: str, connection: str) -> tuple[Room, Member]:
        room = self._rooms.known(party_id)
        member = None if room is None else room.member_of(connection)
        if room is None or member is None:
            raise NotInParty
        return room, member

    def _speaking(self, party_id: str, connection: str) -> tuple[Room, Member]:
        room, member = self._present(party_id, connection)
        if not may(member.role, Action.CHAT, room.party.settings.control):
            raise Forbidden
        return room, member

    def _position_ms(self, room: Room) -> int:
        return round(position_at(room.party.playback, self._room_clock.now_ms()))

    async def _answer(self, room: Room, join: Join, since: int | None, chat_since: int | None) -> Json:
        log = None if since is None else await self._store.log_since(room.party_id, since)
        resumes = log is not None and chat_since is not None
        chat = room.chat_since(chat_since or 0, CHAT_KEPT) if resumes else room.chat_since(0, CHAT_IN_SNAPSHOT)
        party = room.party
        member = party.members[join.member_id]
        answer: Json = {
            "you": you_json(member, party, self._door.guest_token(party, member, join)),
            "version": party.version,
            "playback": playback_json(party.playback),
            "settings": settings_json(party.settings),
            "queue": queue_json(party.queue),
            "tracks": tracks_json(party.tracks),
            "waiting": waiting_json(party.waiting),
            "chat": chat,
            "chat_seq": room.chat_seq,
        }
        if log is not None:
            answer["log"] = [entry.body for entry in log]
        return answer
