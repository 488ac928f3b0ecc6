"""The voices that a node carries, with a registry and browsers that only remember what they were given."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

import realtime.voice.rooms
from kernel.clock import SystemClock
from realtime.party.domain.model import Member, MemberId, Party, PartyId, Role, Settings
from realtime.party.domain.rules import new_party
from realtime.party.replica.registry import PartyRegistry
from realtime.voice.ports import AudioPeer, OnPacket
from realtime.voice.rooms import VoiceRooms


@dataclass
class Replica:
    """A party of one, whose first message to its members fails."""

    party_id: str
    party: Party
    told: list[str] = field(default_factory=list)

    async def announce(self, event: str, data: dict[str, Any], *, to: list[str] | None = None) -> None:
        self.told.append(event)
        if len(self.told) == 1:
            raise RuntimeError("a fault that nobody foresaw")


@dataclass
class Everything:
    """Registry, port and lease."""

    replica: Replica
    watched: int = 0
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def watch(self, party_id: str, watcher: Any) -> Replica:
        self.watched += 1
        return self.replica

    def unwatch(self, replica: Replica, watcher: Any) -> None:
        self.watched -= 1

    async def open(self) -> None:
        """Always is."""

    def peer(self, on_packet: OnPacket) -> AudioPeer:
        return cast("AudioPeer", self)

    connected, failed = True, False

    def offered(self, sdp: str) -> str:
        return sdp

    async def close(self) -> None:
        self.closed.set()

    async def claim(self, party_id: str) -> str:
        return "here"

    async def owner(self, party_id: str) -> str | None:
        return "here"

    async def renew(self, party_id: str) -> bool:
        return True

    async def release(self, party_id: str) -> None:
        """Nothing to let go of."""


async def test_sound_ends_with_the_watch_over_who_may_hear_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(realtime.voice.rooms, "WINDOW_MS", 0)
    ann = MemberId("ann")
    member = Member(member_id=ann, name="ann", role=Role.MEMBER, joined_at_ms=0, connections=("n.ann",))
    party = replace(new_party(PartyId("p"), ann, 0, settings=Settings()), members={ann: member})
    every = Everything(Replica("p", party))
    rooms = VoiceRooms(registry=cast("PartyRegistry", every), rtc=every, owners=every, clock=SystemClock(), capacity=2)
    question = {"party_id": "p", "member_id": "ann", "connection": "n.ann"}
    joined = await rooms.answer({**question, "kind": "join", "resume": None})
    await rooms.answer({**question, "kind": "offer", "session_id": joined["session_id"], "sdp": "v=0"})
    async with asyncio.timeout(5):
        await every.closed.wait()
    assert (rooms.people_count, every.watched) == (0, 0)
    assert "voice:ended" in every.replica.told
