"""Who is in voice and who is heard, with peers that only remember what they were given."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from kernel.errors import AniError
from kernel.rtc.rtp import Reception, RtpPacket
from realtime.party.domain.model import Member, MemberId, Party, PartyId, Role, Settings
from realtime.party.domain.rules import new_party
from realtime.voice.levels import HOLD_MS
from realtime.voice.model import HALF_OPEN_MS, ORPHANED_MS, Ended, NotInVoice
from realtime.voice.ports import OPUS_CLOCK_RATE, OnPacket
from realtime.voice.room import VoiceRoom
from tests.support.clocks import HandClock

PEOPLE = ("ann", "bob", "cat", "dan", "eve")


@dataclass
class Peer:
    """A browser that hears everything it is sent."""

    on_packet: OnPacket
    connected: bool = True
    failed: bool = False
    reception: Reception = field(default_factory=lambda: Reception(OPUS_CLOCK_RATE))
    downlink_lost: list[float | None] = field(default_factory=lambda: [None, None, None])
    got: list[tuple[int, bytes]] = field(default_factory=list)
    reports: int = 0
    closed: bool = False

    def offered(self, sdp: str) -> str:
        return f"answer to {sdp}"

    def send(self, downlink: int, source: object, packet: RtpPacket, timestamp: int) -> bool:
        self.got.append((downlink, packet.payload))
        return True

    def send_report(self) -> None:
        self.reports += 1

    async def close(self) -> None:
        self.closed = True


@dataclass
class Scene:
    """A party of five, and its voice."""

    clock: HandClock = field(default_factory=lambda: HandClock(0))
    told: list[tuple[str, dict[str, Any], list[str] | None]] = field(default_factory=list)
    peers: dict[str, Peer] = field(default_factory=dict)
    party: Party = field(default_factory=lambda: _party())
    room: VoiceRoom = field(init=False)
    _newest: str = ""

    def __post_init__(self) -> None:
        self.room = VoiceRoom(self.party, self, self.clock, self.announce)

    async def announce(self, event: str, data: dict[str, Any], *, to: list[str] | None = None) -> None:
        self.told.append((event, data, to))

    async def open(self) -> None:
        """Always is."""

    def peer(self, on_packet: OnPacket) -> Peer:
        made = self.peers[self._newest] = Peer(on_packet)
        return made

    async def close(self) -> None:
        """Nothing to let go of."""

    def enter(self, *names: str, muted: bool = False) -> None:
        for name in names:
            self._newest = name
            session_id = self.room.join(MemberId(name), f"n.{name}", None)["session_id"]
            assert self.room.offered(MemberId(name), session_id, name) == f"answer to {name}"
            self.room.mute(MemberId(name), muted)

    def says(self, name: str, *, level: int = 20) -> None:
        self.peers[name].on_packet(RtpPacket(111, False, 1, 960, 7, level, name.encode()))

    def heard_by(self, name: str) -> set[str]:
        got = {payload.decode() for _, payload in self.peers[name].got}
        self.peers[name].got.clear()
        return got

    def change(self, name: str, **fields: Any) -> None:
        members = dict(self.party.members)
        members[MemberId(name)] = replace(members[MemberId(name)], **fields)
        self.party = replace(self.party, members=members)
        self.room.reconcile(self.party)

    def remove(self, name: str) -> None:
        members = {key: value for key, value in self.party.members.items() if key != name}
        self.party = replace(self.party, members=members)
        self.room.reconcile(self.party)

    def ended(self) -> list[tuple[str, list[str] | None]]:
        return [(data["reason"], to) for event, data, to in self.told if event == "voice:ended"]


def _party() -> Party:
    members = {
        MemberId(name): Member(
            member_id=MemberId(name), name=name, role=Role.MEMBER, joined_at_ms=0, connections=(f"n.{name}",)
        )
        for name in PEOPLE
    }
    return replace(new_party(PartyId("party"), MemberId("ann"), 0, settings=Settings()), members=members)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    made = Scene()
    yield made
    await made.room.close(Ended.MOVED)


async def test_everybody_hears_the_others_and_not_themselves(scene: Scene) -> None:
    scene.enter("ann", "bob", "cat")
    for name in ("ann", "bob"):
        scene.says(name)
    assert [scene.heard_by(name) for name in ("ann", "bob", "cat")] == [{"bob"}, {"ann"}, {"ann", "bob"}]


async def test_three_are_heard_of_four(scene: Scene) -> None:
    scene.enter(*PEOPLE)
    for _ in range(30):
        for name in PEOPLE[:4]:
            scene.says(name)
        scene.clock.ms += 20
    assert scene.heard_by("eve") == {"ann", "bob", "cat"}
    scene.clock.ms += HOLD_MS
    scene.says("dan")
    assert scene.heard_by("eve") == {"dan"}


async def test_who_may_not_speak_is_not_heard_and_hears(scene: Scene) -> None:
    scene.enter("ann", "bob")
    scene.change("ann", role=Role.MUTED)
    scene.says("ann")
    scene.says("bob")
    assert (scene.heard_by("bob"), scene.heard_by("ann")) == (set(), {"bob"})
    scene.change("ann", role=Role.GUEST)
    scene.says("ann")
    assert scene.heard_by("bob") == {"ann"}


async def test_one_comes_in_muted(scene: Scene) -> None:
    scene.enter("ann", "bob", muted=True)
    scene.says("ann")
    assert scene.heard_by("bob") == set()


async def test_who_is_out_of_the_party_is_out_of_voice_at_once(scene: Scene) -> None:
    scene.enter("ann", "bob")
    scene.remove("bob")
    scene.says("ann")
    await scene.room.tick()
    await asyncio.sleep(0)
    assert (scene.heard_by("bob"), scene.peers["bob"].closed) == (set(), True)
    assert scene.ended() == [("out", ["n.bob"])]
    with pytest.raises(NotInVoice):
        scene.room.mute(MemberId("bob"), False)


async def test_the_end_of_the_party_is_the_end_of_its_voice(scene: Scene) -> None:
    scene.enter("ann", "bob")
    scene.party = replace(scene.party, closed="closed")
    scene.room.reconcile(scene.party)
    assert len(scene.room) == 0


async def test_a_lost_socket_has_a_moment_to_come_back(scene: Scene) -> None:
    scene.enter("ann", "bob")
    scene.change("bob", connections=())
    scene.clock.ms += ORPHANED_MS
    await scene.room.tick()
    assert len(scene.room) == 2
    scene.clock.ms += 1
    await scene.room.tick()
    assert len(scene.room) == 1


async def test_whoever_comes_back_in_time_goes_on(scene: Scene) -> None:
    scene.enter("ann", "bob")
    session_id = scene.room._sessions[MemberId("bob")].session_id
    scene.change("bob", connections=())
    scene.change("bob", connections=("m.bob",))
    assert scene.room.join(MemberId("bob"), "m.bob", session_id)["resumed"] is True
    scene.clock.ms += ORPHANED_MS * 2
    await scene.room.tick()
    scene.says("bob")
    assert scene.heard_by("ann") == {"bob"}


async def test_half_open_and_dead_ones_go(scene: Scene) -> None:
    scene.enter("ann")
    scene.room.join(MemberId("bob"), "n.bob", None)
    scene.clock.ms += HALF_OPEN_MS + 1
    scene.peers["ann"].failed = True
    await scene.room.tick()
    assert len(scene.room) == 0
    await asyncio.sleep(0)
    assert sorted(scene.ended()) == [("lost", ["n.ann"]), ("lost", ["n.bob"])]


async def test_what_the_others_are_told(scene: Scene) -> None:
    scene.enter("ann", "bob")
    await scene.room.tick()
    [(event, everybody, to)] = scene.told
    assert (event, to, everybody["count"], everybody["gone"]) == ("voice:members", None, 2, [])
    scene.told.clear()
    await scene.room.tick()
    assert scene.told == [], "nothing new is not told"
    for _ in range(25):
        scene.says("ann", level=10)
        scene.clock.ms += 20
    scene.peers["bob"].downlink_lost[0] = 0.5
    await scene.room.tick()
    [(_, figures, to)] = scene.told
    assert to == ["n.ann", "n.bob"], "levels are for those in voice"
    [ann] = figures["members"]
    assert (ann["member_id"], ann["speaking"], ann["heard_by"], ann["loss"]) == ("ann", True, 1, 50)
    assert ann["level"] > 0.1
    scene.told.clear()
    scene.room.leave(MemberId("ann"))
    await scene.room.tick()
    assert [data["gone"] for event, data, to in scene.told if to is None] == [["ann"]]


async def test_senders_hear_how_they_arrive_every_two_seconds(scene: Scene) -> None:
    scene.enter("ann")
    for _ in range(8):
        await scene.room.tick()
    assert scene.peers["ann"].reports == 2


def test_every_refusal_of_voice_travels_between_nodes() -> None:
    from realtime.voice import model

    own = {value.code for value in vars(model).values() if isinstance(value, type) and issubclass(value, AniError)} - {
        "ani_error",
        "conflict",
        "gone",
        "unavailable",
    }
    assert own == set(model.REFUSALS)
