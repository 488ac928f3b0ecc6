"""The voice of one party on the node that carries it: who is in it, and whose sound goes to whom."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from kernel.clock import Clock
from kernel.concurrency.tasks import TaskSet
from kernel.ids import new_id
from kernel.nodes.calls import Json
from kernel.rtc.rtp import RtpPacket, TimestampRewriter
from realtime.party.domain.model import MemberId, Party
from realtime.party.domain.roles import Action, may
from realtime.voice.levels import UNKNOWN_LEVEL_DBOV, LevelMeter, SpeakerSelection
from realtime.voice.model import HALF_OPEN_MS, ORPHANED_MS, WINDOW_MS, Ended, NotInVoice, Voice, loss_percent
from realtime.voice.ports import DOWNLINKS, OPUS_CLOCK_RATE, AudioPeer, AudioPeers

REPORT_WINDOWS = 4
"""Receiver reports every 2 s: senders adapt their redundancy to them, and browsers send theirs every 5 s."""

FAREWELL_TIMEOUT_S = 2.0


class Announce(Protocol):
    """Tell everybody in the party, or these connections, on whatever node they are."""

    async def __call__(self, event: str, data: Json, *, to: list[str] | None = None) -> None:
        """``to``: connections; ``None`` for everybody.  It may be lost without harm."""
        ...


@dataclass(eq=False, slots=True)
class Session:
    """Somebody in voice, on one device."""

    member_id: MemberId
    connection: str
    session_id: str
    since_ms: float
    may_speak: bool
    muted: bool = True
    peer: AudioPeer | None = None
    seen: bool = False
    """Whether the document of the party has named them since they joined voice."""
    orphaned_at_ms: float | None = None
    """Since when their socket is gone."""
    meter: LevelMeter = field(default_factory=LevelMeter)
    heard_by: int = 0
    stream: int | None = None
    told: Voice | None = None

    @property
    def audible(self) -> bool:
        """Whether what they send goes on to anybody."""
        return self.may_speak and not self.muted


class VoiceRoom:
    """See the module.  Everything runs on the event loop; :meth:`heard` is the path of each packet, and waits for nothing."""

    def __init__(self, party: Party, rtc: AudioPeers, clock: Clock, announce: Announce) -> None:
        self._party = party
        self._rtc = rtc
        self._clock = clock
        self._announce = announce
        self._sessions: dict[MemberId, Session] = {}
        self._listeners: list[Session] = []
        """Those with a connection for sound: looked through for each packet."""
        self._selection = SpeakerSelection[str](DOWNLINKS)
        self._timestamps = [TimestampRewriter(OPUS_CLOCK_RATE) for _ in range(DOWNLINKS)]
        self._tasks = TaskSet(f"voice-{party.party_id}")
        self._windows = 0
        self._gone: set[str] = set()
        """Who went since the others were told."""
        self._farewells: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._sessions)

    def has(self, member_id: MemberId) -> bool:
        """Whether they are in voice."""
        return member_id in self._sessions

    @property
    def roster(self) -> list[Json]:
        """Everybody in voice, as they were last told, or are."""
        return [(session.told or self._voice(session)).json() for session in self._sessions.values()]

    # What members ask for

    def join(self, member_id: MemberId, connection: str, resume: str | None) -> Json:
        """Somebody comes in, muted; or, naming the session they had, goes on with it over a new socket."""
        known = self._sessions.get(member_id)
        resumed = known is not None and known.session_id == resume and (known.peer is None or not known.peer.failed)
        if known is not None and resumed:
            known.connection, known.orphaned_at_ms, known.seen = connection, None, False
            session = known
        else:
            if known is not None:
                self._end(known, Ended.ELSEWHERE)
            session = Session(member_id, connection, new_id(), self._clock.monotonic_ms(), self._may_speak(member_id))
            self._sessions[member_id] = session
        self.reconcile(self._party)
        return {"session_id": session.session_id, "resumed": resumed, "members": self.roster}

    def offered(self, member_id: MemberId, session_id: str, sdp: str) -> str:
        """The answer to an offer.  Raises NotInVoice, OfferNotAcceptable."""
        session = self._session(member_id, session_id)
        if session.peer is None:
            session.peer = self._rtc.peer(lambda packet: self.heard(session, packet))
            self._listeners.append(session)
        return session.peer.offered(sdp)

    def mute(self, member_id: MemberId, muted: bool) -> None:
        """Raises NotInVoice."""
        session = self._session(member_id, None)
        session.muted = muted
        if not session.audible:
            self._silence(session)

    def leave(self, member_id: MemberId) -> None:
        """Somebody has had enough; nothing happens where they are not in voice."""
        if (session := self._sessions.get(member_id)) is not None:
            self._end(session, None)

    def _session(self, member_id: MemberId, session_id: str | None) -> Session:
        session = self._sessions.get(member_id)
        if session is None or session_id not in (None, session.session_id):
            raise NotInVoice
        return session

    # Sound

    def heard(self, session: Session, packet: RtpPacket) -> None:
        """A packet of somebody: to everybody else, if they are among those who are heard."""
        if not session.audible:
            return
        level = UNKNOWN_LEVEL_DBOV if packet.level_dbov is None else packet.level_dbov
        session.meter.heard(level)
        now_ms = self._clock.monotonic_ms()
        admitted = self._selection.admit(session.session_id, level, now_ms)
        if admitted is None:
            session.stream = None
            return
        stream, turn = admitted
        session.stream = stream
        source = (turn, packet.ssrc)
        timestamp = self._timestamps[stream].next(source, packet.timestamp, now_ms)
        count = 0
        for other in self._listeners:
            if other is not session and other.peer is not None and other.peer.send(stream, source, packet, timestamp):
                count += 1
        session.heard_by = max(session.heard_by, count)

    def _silence(self, session: Session) -> None:
        self._selection.release(session.session_id)
        session.stream = None

    # Rights, and what time brings

    def reconcile(self, party: Party) -> None:
        """Take what the party says of its members: who is out hears nothing more, who may not speak is not heard."""
        self._party = party
        now_ms = self._clock.monotonic_ms()
        for session in list(self._sessions.values()):
            member = party.members.get(session.member_id)
            if party.closed is not None or (member is None and session.seen):
                self._end(session, Ended.OUT)
                continue
            if member is not None and session.connection in member.connections:
                session.seen, session.orphaned_at_ms = True, None
            elif session.orphaned_at_ms is None:
                session.orphaned_at_ms = now_ms
            session.may_speak = self._may_speak(session.member_id)
            if not session.audible:
                self._silence(session)

    def _may_speak(self, member_id: MemberId) -> bool:
        member = self._party.members.get(member_id)
        return member is not None and may(member.role, Action.SPEAK, self._party.settings.control)

    async def tick(self) -> None:
        """At the end of each window: let go of those who are gone, and tell what changed."""
        now_ms = self._clock.monotonic_ms()
        for session in list(self._sessions.values()):
            lost = session.peer.failed if session.peer is not None else now_ms - session.since_ms > HALF_OPEN_MS
            if lost or (session.orphaned_at_ms is not None and now_ms - session.orphaned_at_ms > ORPHANED_MS):
                self._end(session, Ended.LOST)
        self._windows += 1
        if self._windows % REPORT_WINDOWS == 0:
            for session in self._listeners:
                if session.peer is not None:
                    session.peer.send_report()
        await self._tell()

    async def _tell(self) -> None:
        people: list[Json] = []
        figures: list[Json] = []
        for session in self._sessions.values():
            before, now = session.told, self._voice(session, end_window=True)
            session.told, session.heard_by = now, 0
            if before is None or not now.is_same_person(before):
                people.append(now.json())
            elif now != before:
                figures.append(now.json())
        gone, self._gone = sorted(self._gone - self._sessions.keys()), set()
        count = len(self._sessions)
        if people or gone:
            await self._announce("voice:members", {"members": people, "gone": gone, "count": count})
        if figures:
            connections = [session.connection for session in self._sessions.values()]
            await self._announce("voice:members", {"members": figures, "gone": [], "count": count}, to=connections)

    def _voice(self, session: Session, *, end_window: bool = False) -> Voice:
        connected = session.peer is not None and session.peer.connected
        speaking, level = session.meter.window(WINDOW_MS) if end_window else (False, None)
        loss = None
        if session.stream is not None and session.peer is not None:
            downs = [
                lost
                for other in self._listeners
                if other is not session and other.peer is not None
                if (lost := other.peer.downlink_lost[session.stream]) is not None
            ]
            loss = loss_percent(session.peer.reception.lost, downs)
        return Voice(
            member_id=session.member_id,
            muted=session.muted,
            may_speak=session.may_speak,
            connected=connected,
            speaking=speaking,
            level=level,
            heard_by=session.heard_by,
            loss=loss if speaking else None,
        )

    # The end

    def _end(self, session: Session, why: Ended | None) -> None:
        if self._sessions.get(session.member_id) is session:
            del self._sessions[session.member_id]
            self._gone.add(session.member_id)
        self._silence(session)
        if session in self._listeners:
            self._listeners.remove(session)
        peer, session.peer = session.peer, None
        if peer is not None:
            self._spawn(peer.close(), "close-peer")
        if why is not None:
            ended = {"reason": why.value, "session_id": session.session_id}
            self._spawn(self._announce("voice:ended", ended, to=[session.connection]), "ended")

    def _spawn(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        task = self._tasks.spawn(coroutine, name=name)
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)

    async def close(self, why: Ended) -> None:
        """End everybody's voice."""
        for session in list(self._sessions.values()):
            self._end(session, why)
        await self._tell()
        if self._farewells:
            await asyncio.wait(self._farewells, timeout=FAREWELL_TIMEOUT_S)
        await self._tasks.close()
