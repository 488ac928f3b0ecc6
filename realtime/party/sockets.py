"""The party's events in the namespace ``/party``."""

from pydantic import RootModel

from kernel.limits import Limit
from kernel.throttle import Throttle
from realtime.gateway.adapters.events import Ack, Empty, Events
from realtime.gateway.connections import Connection
from realtime.party.admission.admission import Identity
from realtime.party.domain.errors import NotInParty
from realtime.party.domain.model import MemberId, PlayerState, Role
from realtime.party.domain.requests import BanMember, GiveRole, Kick, Mute, Pardon, Report
from realtime.party.limits import count_party
from realtime.party.ports import ClientSink
from realtime.party.schemas import (
    CommandIn,
    CommandPayload,
    CreateIn,
    DeleteIn,
    InviteIn,
    JoinIn,
    LookIn,
    MemberIn,
    MuteIn,
    ReactIn,
    ReportIn,
    RevokeIn,
    RoleIn,
    SayIn,
    TypingIn,
    new_party,
)
from realtime.party.serializers import chat_json, invite_json
from realtime.party.usecases import Parties, SignInToCreate

CHAT = Limit("chat", attempts=40, window_s=20)
"""Messages of one person over all their devices and parties: two a second, longer than anybody types."""


PartyConnection = Connection[Identity]


class PartySockets:
    """One method for each event; what it returns is the ack."""

    def __init__(self, parties: Parties, sink: ClientSink, throttle: Throttle) -> None:
        self._parties = parties
        self._sink = sink
        self._throttle = throttle

    def register(self, events: Events) -> None:
        """The costs are in cheap events; see ``gateway.connections``."""
        events.on("party:create", CreateIn, self.create, cost=10)
        events.on("party:join", JoinIn, self.join, cost=5)  # with a password it costs 50 ms of a core
        events.on("party:leave", Empty, self.leave, cost=5)
        events.on("party:command", CommandIn, self.command)
        events.on("party:report", ReportIn, self.report)
        events.on("party:look", LookIn, self.look, cost=3)  # all figures at once: 15 kB in a large room
        events.on("chat:send", SayIn, self.say, cost=3)
        events.on("chat:react", ReactIn, self.react, cost=2)
        events.on("chat:typing", TypingIn, self.typing)
        events.on("chat:delete", DeleteIn, self.delete_message, cost=3)
        events.on("member:role", RoleIn, self.give_role)
        events.on("member:mute", MuteIn, self.mute)
        events.on("member:kick", MemberIn, self.kick)
        events.on("member:ban", MemberIn, self.ban)
        events.on("member:pardon", MemberIn, self.pardon)
        events.on("member:barred", Empty, self.barred)
        events.on("invite:create", InviteIn, self.invite, cost=5)
        events.on("invite:list", Empty, self.invites, cost=5)
        events.on("invite:revoke", RevokeIn, self.revoke_invite, cost=5)

    async def create(self, connection: PartyConnection, wanted: CreateIn) -> Ack:
        """``party:create``.  Raises SignInToCreate, TooManyRequests, ChannelNotWatchable, EpisodeNotPlayable, SettingsNotAcceptable."""
        identity = connection.identity
        if identity.actor is None:
            raise SignInToCreate
        await count_party(self._throttle, user_id=identity.actor.user_id, address=identity.address)
        party_id, invite_url = await self._parties.create(identity.actor, new_party(wanted))
        return {"party_id": party_id, "invite_url": invite_url}

    async def join(self, connection: PartyConnection, wanted: JoinIn) -> Ack:
        """``party:join``: the snapshot or the log; leaves another party first."""
        if connection.room is not None and connection.room != wanted.party_id:
            await self.gone(connection)
        return await self._parties.join(
            connection.identity,
            connection.name,
            wanted.party_id,
            invite=wanted.invite,
            password=wanted.password,
            since=wanted.since,
            chat_since=wanted.chat_since,
            news=wanted.members == "news",
        )

    async def leave(self, connection: PartyConnection, _nothing: Empty) -> None:
        """``party:leave``.  Raises NotInParty."""
        await self._parties.leave(_party_of(connection), connection.name)

    async def gone(self, connection: PartyConnection) -> None:
        """The connection is over, or moves to another party."""
        if (party_id := connection.room) is not None:
            self._sink.drop(connection.name)
            await self._parties.disconnect(party_id, connection.name)

    async def command(self, connection: PartyConnection, wanted: RootModel[CommandPayload]) -> Ack:
        """``party:command``: the version it made."""
        return {"version": await self._parties.command(_party_of(connection), connection.name, wanted.root)}

    async def report(self, connection: PartyConnection, given: ReportIn) -> None:
        """``party:report``.  Raises NotInParty."""
        party_id = _party_of(connection)
        report = Report(
            member_id=self._member_id(connection),
            at_ms=given.at_ms,
            state=PlayerState(given.state),
            position_ms=given.position_ms,
            drift_ms=given.drift_ms or 0,
            rtt_ms=given.rtt_ms,
            buffer_ms=given.buffer_ms or 0,
            version=given.version,
        )
        await self._parties.report(party_id, connection.name, report)

    async def look(self, connection: PartyConnection, given: LookIn) -> None:
        """``party:look``.  Raises NotInParty."""
        self._parties.look_at_telemetry(_party_of(connection), connection.name, given.looks)

    # Chat

    async def say(self, connection: PartyConnection, given: SayIn) -> Ack:
        """``chat:send``: the line and its number, when it is durable.

        Raises NotInParty, Forbidden, TooManyRequests.
        """
        await self._throttle.count(CHAT, connection.identity.member_id)
        line = await self._parties.say(
            _party_of(connection), connection.name, message_id=given.id, text=given.text, reply_to=given.reply_to
        )
        return {"seq": line.seq, "message": chat_json(line)}

    async def react(self, connection: PartyConnection, given: ReactIn) -> None:
        """``chat:react``.  Raises NotInParty, Forbidden."""
        await self._parties.react(_party_of(connection), connection.name, given.emoji)

    async def typing(self, connection: PartyConnection, given: TypingIn) -> None:
        """``chat:typing``.  Raises NotInParty, Forbidden."""
        await self._parties.typing(_party_of(connection), connection.name, given.typing)

    async def delete_message(self, connection: PartyConnection, given: DeleteIn) -> None:
        """``chat:delete``.  Raises NotInParty, MessageNotFound, NotYourMessage."""
        await self._parties.delete_message(_party_of(connection), connection.name, given.id)

    # Moderation

    async def give_role(self, connection: PartyConnection, given: RoleIn) -> None:
        """``member:role``.  Raises what ``domain.membership.give_role`` raises."""
        by, member_id = self._pair(connection, given)
        await self._moderate(connection, GiveRole(by=by, member_id=member_id, role=Role(given.role)))

    async def mute(self, connection: PartyConnection, given: MuteIn) -> None:
        """``member:mute``.  Raises what ``domain.membership.mute`` raises."""
        by, member_id = self._pair(connection, given)
        await self._moderate(connection, Mute(by=by, member_id=member_id, muted=given.muted))

    async def kick(self, connection: PartyConnection, given: MemberIn) -> None:
        """``member:kick``.  Raises what ``domain.membership.kick`` raises."""
        by, member_id = self._pair(connection, given)
        await self._moderate(connection, Kick(by=by, member_id=member_id))

    async def ban(self, connection: PartyConnection, given: MemberIn) -> None:
        """``member:ban``.  Raises what ``domain.membership.ban`` raises."""
        by, member_id = self._pair(connection, given)
        await self._moderate(connection, BanMember(by=by, member_id=member_id))

    async def pardon(self, connection: PartyConnection, given: MemberIn) -> None:
        """``member:pardon``.  Raises what ``domain.membership.pardon`` raises."""
        by, member_id = self._pair(connection, given)
        await self._moderate(connection, Pardon(by=by, member_id=member_id))

    async def barred(self, connection: PartyConnection, _nothing: Empty) -> Ack:
        """``member:barred``.  Raises NotInParty, NotPermitted."""
        return {"barred": self._parties.barred(_party_of(connection), connection.name)}

    # Invites

    async def invite(self, connection: PartyConnection, wanted: InviteIn) -> Ack:
        """``invite:create``.  Raises NotInParty, Forbidden, TooManyInvites."""
        invite, link = await self._parties.invite(
            _party_of(connection),
            self._member_id(connection),
            role=Role(wanted.role),
            expires_in_s=wanted.expires_in_s,
            max_uses=wanted.max_uses,
        )
        return {"invite_id": invite.invite_id, "invite_url": link}

    async def invites(self, connection: PartyConnection, _nothing: Empty) -> Ack:
        """``invite:list``.  Raises NotInParty."""
        lines = await self._parties.invites(_party_of(connection), self._member_id(connection))
        return {"invites": [invite_json(line) for line in lines]}

    async def revoke_invite(self, connection: PartyConnection, given: RevokeIn) -> None:
        """``invite:revoke``.  Raises NotInParty, InviteNotFound."""
        await self._parties.revoke_invite(_party_of(connection), self._member_id(connection), given.invite_id)

    # Inside

    def _member_id(self, connection: PartyConnection) -> MemberId:
        return self._parties.member(_party_of(connection), connection.name).member_id

    def _pair(self, connection: PartyConnection, given: MemberIn) -> tuple[MemberId, MemberId]:
        return self._member_id(connection), MemberId(given.member_id)

    async def _moderate(
        self,
        connection: PartyConnection,
        request: GiveRole | Mute | Kick | BanMember | Pardon,
    ) -> None:
        await self._parties.moderate(_party_of(connection), connection.name, request)


def _party_of(connection: PartyConnection) -> str:
    if connection.room is None:
        raise NotInParty
    return connection.room
