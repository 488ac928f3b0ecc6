"""Parties in memory, as the use cases see them: a store, a chat log, a book of invites and the clients of one process."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kernel.access import Actor, Role
from realtime.party.admission.admission import Admission, Identity, Keys
from realtime.party.domain.command import Command
from realtime.party.domain.commands import Pause
from realtime.party.domain.model import MemberId, Party
from realtime.party.domain.tokens import Invite
from realtime.party.invites.usecases import Inviting
from realtime.party.ports import (
    Audience,
    Change,
    Channel,
    ChatLine,
    Episode,
    InviteUse,
    Json,
    KnownInvite,
    LogEntry,
    Lost,
    Posted,
    Receive,
)
from realtime.party.replica.context import PartyContext
from realtime.party.replica.registry import PartyRegistry
from realtime.party.usecases import NewParty, Parties
from tests.support.clocks import HandClock

FILM = "film"
CHANNEL = "channel"
START_MS = 1_800_000_000_000


class MemoryStore:
    """The documents and their logs; ``rival`` is what another node makes of a party just before our next change."""

    def __init__(self) -> None:
        self.parties: dict[str, Party] = {}
        self.logs: dict[str, list[LogEntry]] = defaultdict(list)
        self.rival: Change | None = None

    async def create(self, party: Party) -> None:
        self.parties[party.party_id] = party

    async def load(self, party_id: str) -> Party | None:
        return self.parties.get(party_id)

    async def save(self, change: Change) -> Awaitable[None] | None:
        rival, self.rival = self.rival, None
        if rival is not None:
            self._keep(rival)
        if self.parties[change.party.party_id].revision != change.expected_revision:
            return None
        self._keep(change)
        return asyncio.sleep(0)

    def _keep(self, change: Change) -> None:
        self.parties[change.party.party_id] = change.party
        self.logs[change.party.party_id] += change.entries

    async def log_since(self, party_id: str, version: int) -> Sequence[LogEntry] | None:
        return [entry for entry in self.logs[party_id] if entry.version > version]

    async def publish(self, party_id: str, message: bytes) -> None:
        """There are no other nodes."""

    async def follow(self, party_id: str, receive: Receive, lost: Lost) -> None:
        """There are no other nodes."""

    async def unfollow(self, party_id: str) -> None:
        """There are no other nodes."""

    async def lease(self, party_id: str) -> bool:
        return True

    async def dead_nodes(self, node_ids: Sequence[str]) -> Sequence[str]:
        return []


class MemoryChat:
    def __init__(self) -> None:
        self.lines: list[ChatLine] = []

    async def post(self, line: ChatLine) -> Posted:
        known = await self.find(line.party_id, line.message_id)
        if known is not None:
            return Posted(known, fresh=False)
        of_party = [each for each in self.lines if each.party_id == line.party_id]
        self.lines.append(replace(line, seq=len(of_party) + 1))
        return Posted(self.lines[-1], fresh=True)

    async def since(self, party_id: str, seq: int, *, limit: int) -> Sequence[ChatLine]:
        return [line for line in self.lines if line.party_id == party_id and line.seq > seq][-limit:]

    async def find(self, party_id: str, message_id: str) -> ChatLine | None:
        found = (line for line in self.lines if (line.party_id, line.message_id) == (party_id, message_id))
        return next(found, None)

    async def delete(self, party_id: str, message_id: str) -> None:
        self.lines = [
            replace(line, text="", deleted=True) if (line.party_id, line.message_id) == (party_id, message_id) else line
            for line in self.lines
        ]


class MemoryInvites:
    def __init__(self) -> None:
        self.known: dict[str, KnownInvite] = {}
        self.revoked: set[str] = set()

    async def add(self, invite: Invite) -> None:
        self.known[invite.invite_id] = KnownInvite(invite=invite, uses=0)

    async def use(self, invite: Invite) -> InviteUse:
        if invite.invite_id in self.revoked:
            return InviteUse.REVOKED
        known = self.known.get(invite.invite_id) or KnownInvite(invite=invite, uses=0)
        if invite.max_uses and known.uses >= invite.max_uses:
            return InviteUse.USED_UP
        self.known[invite.invite_id] = replace(known, uses=known.uses + 1)
        return InviteUse.COUNTED

    async def is_revoked(self, invite_id: str) -> bool:
        return invite_id in self.revoked

    async def of_party(self, party_id: str, *, limit: int) -> Sequence[KnownInvite]:
        found = [
            each
            for each in self.known.values()
            if each.invite.party_id == party_id
            and each.invite.invite_id not in self.revoked
            and not 0 < each.invite.max_uses <= each.uses
        ]
        return sorted(found, key=lambda each: each.invite.made_at_ms, reverse=True)[:limit]

    async def revoke(self, party_id: str, invite_id: str) -> None:
        self.revoked.add(invite_id)


class MemorySink:
    """The clients of this process: who is where, and what each was sent, as ``(event, data)``."""

    def __init__(self) -> None:
        self.where: dict[str, str] = {}
        self.got: dict[str, list[tuple[str, Json]]] = defaultdict(list)
        self.gone: set[str] = set()
        """Connections that ended before anybody heard of it."""
        self._encoded: list[tuple[str, Json]] = []

    def encode(self, event: str, data: Json) -> bytes:
        self._encoded.append((event, data))
        return str(len(self._encoded) - 1).encode()

    def to_party(
        self,
        party_id: str,
        text: bytes,
        *,
        to: Audience = Audience.EVERYONE,
        state_key: str | None = None,
        skip: str | None = None,
    ) -> None:
        for connection, party in self.where.items():
            if party == party_id and connection != skip and to is Audience.EVERYONE:
                self.to_connection(connection, text)

    def to_connection(self, connection: str, text: bytes) -> None:
        self.got[connection].append(self._encoded[int(text)])

    def enter(self, connection: str, party_id: str) -> bool:
        if connection in self.gone:
            return False
        self.where[connection] = party_id
        return True

    def listen(self, connection: str, party_id: str, to: Audience) -> None:
        """Lists of members are tried with Presence."""

    def ignore(self, connection: str, party_id: str, to: Audience) -> None:
        """Lists of members are tried with Presence."""

    def drop(self, connection: str) -> None:
        self.where.pop(connection, None)

    def events(self, connection: str) -> list[str]:
        """The names of what a connection was sent, since it was last asked."""
        return [event for event, _ in self.got.pop(connection, [])]


class PlainPasswords:
    """Instead of 50 ms of argon2id each."""

    async def hash(self, password: str) -> str:
        return f"hash of {password}"

    async def verify(self, password: str, hashed: str) -> bool:
        return hashed == f"hash of {password}"


async def episodes(episode_id: str) -> Episode | None:
    """One film, and one that has no video yet."""
    known = {
        FILM: Episode(title="Film", duration_ms=3_600_000, playable=True),
        "soon": Episode(title="Soon", duration_ms=None, playable=False),
    }
    return known.get(episode_id)


async def channels(channel_id: str) -> Channel | None:
    """One that anybody may watch, half an hour back; its node's clock is an hour ahead of the rooms'."""
    return (
        Channel(title="Evenings", wall_ms=3_600_000, live_for_ms=600_000, window_ms=1_800_000)
        if channel_id == CHANNEL
        else None
    )


@dataclass
class Sent:
    """A command as the socket would hand it over."""

    kind: type[Command] = Pause
    id: str = "c1"
    given: dict[str, Any] = field(default_factory=dict)

    async def command(self, member_id: MemberId, lookups: Parties) -> Command:
        return self.kind(member_id=member_id, id=self.id, **self.given)


class Memory:
    """The use cases over all of that."""

    def __init__(self) -> None:
        self.store, self.chat, self.invites, self.sink = MemoryStore(), MemoryChat(), MemoryInvites(), MemorySink()
        self.clock = HandClock(START_MS)
        context = PartyContext(store=self.store, chat=self.chat, sink=self.sink, clock=self.clock, node_id="node")
        self.registry = PartyRegistry(context)
        admission = Admission(
            invite_book=self.invites,
            passwords=PlainPasswords(),
            clock=self.clock,
            keys=Keys([b"k" * 32], "https://ani.example"),
        )
        self.parties = Parties(
            context,
            registry=self.registry,
            admission=admission,
            inviting=Inviting(book=self.invites, admission=admission, clock=self.clock, room_clock=self.clock),
            episodes=episodes,
            channels=channels,
            clock=self.clock,
        )

    async def open(self, **wanted: Any) -> str:
        """A party of ann's, in which she is with the connection ``ann-1``."""
        party_id, _ = await self.parties.create(account("ann"), NewParty(**{"title": "Film night", **wanted}))
        await self.join(party_id, "ann")
        return party_id

    async def join(self, party_id: str, name: str, **shown: Any) -> Json:
        """The answer to an account that joins; what it was sent so far is forgotten."""
        answer = await self.parties.join(user(name), f"{name}-1", party_id, **shown)
        self.sink.got.clear()
        return answer

    async def settle(self) -> None:
        """Let what was spawned run."""
        for _ in range(10):
            await asyncio.sleep(0)


def account(name: str) -> Actor:
    return Actor(name, name.title(), Role.USER, f"session of {name}")


def user(name: str) -> Identity:
    """Somebody with an account of this name."""
    return Identity(MemberId(name), name.title(), actor=account(name))


def guest(name: str, **shown: Any) -> Identity:
    """Somebody without an account."""
    return Identity(MemberId(f"guest {name}"), name.title(), **shown)
