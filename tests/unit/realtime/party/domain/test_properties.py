"""What holds for any party, whatever its members do: the rules under random requests (hypothesis)."""

from dataclasses import dataclass, field, replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from kernel.errors import AniError
from realtime.party.codec import from_json, member_to_json, to_json
from realtime.party.domain.accepted import REMEMBERED_COMMANDS
from realtime.party.domain.command import Command
from realtime.party.domain.commands import (
    ChangeSettings,
    Next,
    Pause,
    Play,
    QueueAdd,
    QueueMove,
    QueueRemove,
    QueueVote,
    Seek,
    SetMedia,
    SetRate,
    SetTracks,
    Skip,
)
from realtime.party.domain.events import StateChanged, TelemetryReported
from realtime.party.domain.model import (
    MAX_CONNECTIONS_PER_MEMBER,
    Access,
    ControlMode,
    MemberId,
    Party,
    PartyId,
    PlayerState,
    QueueItem,
    Role,
    Settings,
    Wait,
)
from realtime.party.domain.requests import (
    BanMember,
    Disconnect,
    GiveRole,
    Join,
    Kick,
    Leave,
    Mute,
    Report,
    Request,
    Tick,
)
from realtime.party.domain.rules import accepted_version, apply, new_party, next_due_ms
from realtime.party.replica.changes import touched
from realtime.sync.playback import Playback

from .scene import FILM, SHORT

NAMES = st.sampled_from(["ann", "bob", "eve", "joe"]).map(MemberId)
IDS = st.sampled_from(["1", "2", "3", "4", "5", "6"])
POSITIONS = st.integers(-10, SHORT.duration_ms + 10)
ITEMS = st.sampled_from(["ann:q1", "bob:q2", "eve:q3"]) | st.builds("{}:{}".format, NAMES, IDS)
MEDIA = st.sampled_from([FILM, SHORT])
COMMON = {"member_id": NAMES, "id": IDS, "if_version": st.sampled_from([None] * 8 + [4, 5])}

COMMANDS: st.SearchStrategy[Request] = st.one_of(
    st.builds(Play, position_ms=st.none() | POSITIONS, **COMMON),
    st.builds(Pause, position_ms=st.none() | POSITIONS, **COMMON),
    st.builds(Seek, position_ms=POSITIONS, **COMMON),
    st.builds(SetRate, rate=st.sampled_from([0.1, 0.5, 1.0, 1.25, 2.0]), **COMMON),
    st.builds(SetMedia, media=MEDIA, **COMMON),
    st.builds(
        SetTracks,
        audio=st.sampled_from([None, "", "ja", "ru"]),
        subtitles=st.sampled_from([None, "", "off", "en"]),
        **COMMON,
    ),
    st.builds(
        ChangeSettings,
        control=st.none() | st.sampled_from(ControlMode),
        access=st.none() | st.sampled_from(Access),
        wait=st.none() | st.sampled_from(Wait),
        capacity=st.none() | st.integers(0, 4),
        **COMMON,
    ),
    st.builds(QueueAdd, media=MEDIA, **COMMON),
    st.builds(QueueRemove, item_id=ITEMS, **COMMON),
    st.builds(QueueMove, item_id=ITEMS, index=st.integers(-1, 5), **COMMON),
    st.builds(QueueVote, item_id=ITEMS, wanted=st.booleans(), **COMMON),
    st.builds(Next, **COMMON),
    st.builds(Skip, **COMMON),
)
CONNECTIONS = st.sampled_from(["c1", "c2", "c3", "c4", "c5"])
HAPPENINGS: st.SearchStrategy[Request] = st.one_of(
    st.builds(
        Join,
        member_id=NAMES,
        connection_id=CONNECTIONS,
        name=st.text(max_size=50),
        role=st.sampled_from(Role),
        invited=st.booleans(),
        address=st.sampled_from(["", "192.0.2.1"]),
    ),
    st.builds(Disconnect, connection_ids=st.none() | st.frozensets(CONNECTIONS)),
    st.builds(Leave, member_id=NAMES),
    st.builds(
        Report,
        member_id=NAMES,
        at_ms=st.floats(0, 1e6),
        state=st.sampled_from(PlayerState),
        position_ms=st.floats(0, 60_000),
        drift_ms=st.floats(-5_000, 5_000),
        rtt_ms=st.none() | st.floats(0, 3_000),
        version=st.none() | st.integers(0, 50),
    ),
    st.builds(GiveRole, by=NAMES, member_id=NAMES, role=st.sampled_from(Role)),
    st.builds(Mute, by=NAMES, member_id=NAMES, muted=st.booleans()),
    st.builds(Kick, by=NAMES, member_id=NAMES),
    st.builds(BanMember, by=NAMES, member_id=NAMES),
    st.just(Tick()),
)
REQUESTS = st.lists(st.tuples(COMMANDS | HAPPENINGS, st.integers(0, 12_000)), max_size=60)


PATIENT = settings(deadline=None)
"""A busy machine is not a slow rule."""


def opened(wait: Wait = Wait.OFF) -> Party:
    party = new_party(PartyId("party"), MemberId("ann"), 0, settings=Settings(wait=wait), media=SHORT)
    for index, name in enumerate(("ann", "bob", "eve")):
        join = Join(member_id=MemberId(name), connection_id=f"c{index}", name=name, role=Role.MEMBER)
        party, _ = apply(party, join, 0)
        ready = Report(member_id=MemberId(name), at_ms=0, state=PlayerState.READY, position_ms=0, version=0)
        party, _ = apply(party, ready, 0)
    for index, name in enumerate(("ann", "bob", "eve"), 1):
        party, _ = apply(party, QueueAdd(member_id=MemberId(name), id=f"q{index}", media=FILM), 0)
    party, _ = apply(party, Play(member_id=MemberId("ann"), id="play"), 0)
    return party


@dataclass
class Replica:
    """A follower of the log, as a client or another node: takes what is next, drops what it has, sees gaps."""

    version: int = 0
    playback: Playback = field(default_factory=Playback)
    settings: Settings = field(default_factory=Settings)
    queue: tuple[QueueItem, ...] = ()

    def hear(self, entry: StateChanged) -> bool:
        """False where something is missing before ``entry``."""
        if entry.version > self.version + 1:
            return False
        if entry.version == self.version + 1:
            self.version = entry.version
            self.playback = entry.playback
            self.settings = self.settings if entry.settings is None else entry.settings
            self.queue = self.queue if entry.queue is None else entry.queue
        return True


@PATIENT
@given(REQUESTS, st.sampled_from(Wait))
def test_any_requests_leave_a_sound_party(requests: list[tuple[Request, int]], wait: Wait) -> None:
    party, now_ms = opened(wait), 0
    refusals: list[str] = []
    for request, pause_ms in requests:
        now_ms += pause_ms
        before = party
        stored = to_json(before)
        try:
            party, events = apply(before, request, now_ms)
        except AniError as refusal:
            refusals.append(refusal.message)
            assert to_json(before) == stored, "a refused request changes nothing"
            continue
        assert to_json(before) == stored, "the party that was given is never changed in place"
        made = [event.version for event in events if isinstance(event, StateChanged)]
        assert made == list(range(before.version + 1, party.version + 1)), "versions grow by one, each told once"
        if isinstance(request, Command) and accepted_version(before, request) is None:
            assert party.version > before.version, "every accepted command makes a version"
        figures = all(isinstance(event, TelemetryReported) for event in events)
        assert party.revision == before.revision + (party is not before and not figures)
        changed, gone = touched(party, request, events)
        assert {key for key, member in party.members.items() if before.members.get(key) is not member} <= set(changed)
        assert {key for key in before.members if key not in party.members} <= set(gone), "what changed is named"
        brought_forward = next_due_ms(party, (*changed, *gone))
        assert min(next_due_ms(before), brought_forward) <= next_due_ms(party), "no timer sleeps too long"
        assert from_json(to_json(party)) == party
        members = {str(key): member_to_json(member) for key, member in party.members.items()}
        assert from_json(to_json(party, members=False), members) == party
        assert sum(member.role is Role.HOST for member in party.members.values()) <= 1
        assert all(len(member.accepted) <= REMEMBERED_COMMANDS for member in party.members.values())
        assert all(len(member.connections) <= MAX_CONNECTIONS_PER_MEMBER for member in party.members.values())
        if party.playback.media is not None:
            assert 0 <= party.playback.position_ms <= party.playback.media.duration_ms
        if party.waiting is not None:
            assert party.playback.paused
            assert all(party.members[key].connected for key in party.waiting.deadlines_ms)
    assert all(why and "{" not in why for why in refusals), "a refusal says why"


@PATIENT
@given(REQUESTS, st.sampled_from(Wait))
def test_no_room_waits_for_ever(requests: list[tuple[Request, int]], wait: Wait) -> None:
    """However the room got stuck: ticks alone, at the times it asks for, set it free within a deadline."""
    party, now_ms = opened(wait), 0
    for request, pause_ms in requests:
        now_ms += pause_ms
        try:
            party, _ = apply(party, request, now_ms)
        except AniError:
            continue
    end_ms = now_ms + 10_000
    while party.waiting is not None:
        due_ms = next_due_ms(party)
        assert due_ms <= end_ms
        now_ms = max(now_ms, round(due_ms))
        party, _ = apply(party, Tick(), now_ms)


@PATIENT
@given(REQUESTS)
def test_a_tick_at_its_time_does_something(requests: list[tuple[Request, int]]) -> None:
    """``next_due_ms`` names no moment at which nothing happens: a timer that trusts it never spins."""
    party, now_ms = opened(Wait.STALL), 0
    for request, pause_ms in requests:
        now_ms += pause_ms
        try:
            party, _ = apply(party, request, now_ms)
        except AniError:
            continue
    for _ in range(100):
        due_ms = next_due_ms(party)
        if due_ms == float("inf"):
            return
        now_ms = max(now_ms, -int(-due_ms // 1))
        after, _ = apply(party, Tick(), now_ms)
        assert after.revision > party.revision
        party = after
    pytest.fail("a hundred ticks, and still something is due")


@PATIENT
@given(st.data(), REQUESTS)
def test_all_who_follow_the_log_agree(data: st.DataObject, requests: list[tuple[Request, int]]) -> None:
    """Whatever is sent in whatever interleaving, and however the log reaches a replica: late, twice, out of order."""
    party, now_ms = opened(), 0
    start = Replica(party.version, party.playback, party.settings, party.queue)
    log: list[StateChanged] = []
    for request, pause_ms in requests:
        now_ms += pause_ms
        try:
            party, events = apply(party, request, now_ms)
        except AniError:
            continue
        log += [event for event in events if isinstance(event, StateChanged)]
    for _ in range(3):
        replica = replace(start)
        heard = data.draw(st.lists(st.sampled_from(log), max_size=2 * len(log))) if log else []
        for entry in heard:
            if not replica.hear(entry):
                for missed in log[replica.version - start.version :]:  # asks for the log since its version
                    replica.hear(missed)
        for missed in log[replica.version - start.version :]:
            replica.hear(missed)
        expected = (party.version, party.playback, party.settings, party.queue)
        assert (replica.version, replica.playback, replica.settings, replica.queue) == expected


@PATIENT
@given(st.lists(st.tuples(COMMANDS, st.integers(0, 5_000)), max_size=12), st.data())
def test_retries_apply_once(commands: list[tuple[Request, int]], data: st.DataObject) -> None:
    """A party that gets commands twice, the second at once or later, ends like one that gets each once."""
    once, twice, now_ms = opened(), opened(), 0
    given_ids: set[tuple[str, str]] = set()
    for command, pause_ms in commands:
        assert isinstance(command, Command)
        now_ms += pause_ms
        if (command.member_id, command.id) in given_ids:
            continue
        given_ids.add((command.member_id, command.id))
        try:
            once, _ = apply(once, command, now_ms)
        except AniError:
            continue
        for _ in range(data.draw(st.integers(1, 3))):
            twice, _ = apply(twice, command, now_ms)
        assert accepted_version(twice, command) == accepted_version(once, command)
    assert twice == once
