"""The live channels that this node carries, and the sessions of their publishers and viewers."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any, Final

import structlog

from kernel.clock import Clock
from kernel.concurrency.tasks import TaskSet
from streaming.live.errors import (
    ChannelBusy,
    ChannelOffline,
    IceSessionStale,
    LiveFull,
    LiveSessionNotFound,
)
from streaming.live.media.channel import STEP_MS, STEPS_A_SECOND, EndReason, LiveChannel
from streaming.live.media.line_report import LineReport
from streaming.live.media.line_test import LineTest
from streaming.live.media.ports import Connections, PublisherConnection
from streaming.live.media.publisher import Publisher, Room
from streaming.live.media.sessions import Session, Sessions
from streaming.live.media.viewer import Viewer
from streaming.live.model import ChannelId, LiveSinks
from streaming.live.places.line import Places

log = structlog.get_logger()

Json = dict[str, Any]

OnTested = Callable[[ChannelId, str, LineReport], Coroutine[Any, Any, None]]

MAX_PUBLISHERS: Final = 20
"""Of one node, those that test their line among them: at 5 Mbit/s, what comes in alone is 100 Mbit/s."""


class LiveHub:
    """See the module."""

    def __init__(
        self,
        *,
        node_id: str,
        connections: Connections,
        sinks: LiveSinks,
        clock: Clock,
        viewers: int,
        max_kbps: int,
        on_tested: OnTested | None = None,
    ) -> None:
        """``viewers``: that this node takes at a time, in all channels; ``max_kbps``: of one publisher.

        ``on_tested`` is told of which channel and whose line a test was, and what it has found.
        """
        self._connections = connections
        self._sinks = sinks
        self._clock = clock
        self._max_kbps = max_kbps
        self._on_tested = on_tested
        self._channels: dict[ChannelId, LiveChannel] = {}
        self._tests: dict[ChannelId, LineTest] = {}
        self._sessions = Sessions(node_id, clock, viewers=viewers)
        self._tasks = TaskSet("live-hub")
        self._stepping: asyncio.Task[None] | None = None

    @property
    def places(self) -> Places:
        """Of viewers over WebRTC."""
        return self._sessions.places

    @property
    def live(self) -> list[ChannelId]:
        """Channels that somebody publishes to here."""
        return [channel_id for channel_id, channel in self._channels.items() if channel.publisher is not None]

    def carries(self, channel_id: ChannelId) -> bool:
        """Whether a channel is here."""
        return channel_id in self._channels

    def carried(self) -> dict[ChannelId, tuple[bool, int]]:
        """Channel → whether somebody publishes to it here, and how many watch."""
        return {
            channel_id: (channel.publisher is not None, len(channel.viewers))
            for channel_id, channel in self._channels.items()
        }

    @property
    def testing(self) -> list[ChannelId]:
        """Channels whose owners test their line here."""
        return list(self._tests)

    @property
    def publishers(self) -> list[tuple[ChannelId, Publisher]]:
        """Everybody who publishes here, and to what; those who test their line among them."""
        found = [(channel_id, channel.publisher) for channel_id, channel in self._channels.items()]
        found += [(channel_id, test.publisher) for channel_id, test in self._tests.items()]
        return [(channel_id, publisher) for channel_id, publisher in found if publisher is not None]

    @property
    def viewers(self) -> list[tuple[ChannelId, Viewer]]:
        """Everybody who watches here, and what."""
        return [(channel_id, one) for channel_id, channel in self._channels.items() for one in channel.viewers]

    async def answer(self, question: Json) -> Json:
        """Do what somebody asks of a channel this node carries.

        Raises ChannelBusy, ChannelOffline, FragmentNotAcceptable, IceSessionStale, IceVersionMissing, LiveFull,
        LiveSessionNotFound, OfferNotAcceptable, RtcUnavailable, ViewersFull.
        """
        match question["kind"]:
            case "publish":
                return await self._publish(question)
            case "test":
                return await self._test(question)
            case "watch":
                return await self._watch(question)
            case "patch":
                return self._patch(question)
            case "counter":
                return self._countered(question)
            case "delivery":
                name, now, hold_s = question["session"], question["now"], question["hold_s"]
                return {"delivery": await self._sessions.how_to_watch(name, now=now, hold_s=hold_s)}
            case "delete":
                self._delete(question["session"])
                return {}
        return self.health(ChannelId(question["channel_id"]))

    # Publishers

    async def _publish(self, question: Json) -> Json:
        channel_id = ChannelId(question["channel_id"])
        await self._connections.open()
        known = self._channels.get(channel_id)
        if known is not None and known.publisher is not None:
            if not question["takeover"] and not known.publisher.is_silent(self._clock.monotonic_ms()):
                raise ChannelBusy
        else:
            # Whoever tests makes room for themselves.
            self._ensure_room(but_for=channel_id)
        channel = known or LiveChannel(channel_id, self._clock, self._sinks)
        publisher, connection = self._publisher(channel, question)
        self.end_test(channel_id, EndReason.REPLACED)
        self._channels[channel_id] = channel
        channel.publish(publisher)
        self._run()
        return self._opened(Session(channel, connection, publisher))

    def _publisher(self, room: Room, question: Json) -> tuple[Publisher, PublisherConnection]:
        publisher = Publisher(
            room,
            self._clock,
            max_kbps=self._max_kbps,
            key=question["key"],
            user_session=question["user_session"],
        )
        connection = self._connections.publisher(question["sdp"], publisher, max_kbps=self._max_kbps)
        publisher.connected_by(connection.peer, connection.tracks)
        return publisher, connection

    def _ensure_room(self, but_for: ChannelId | None = None) -> None:
        """Raises LiveFull."""
        if len(self.live) + len(self._tests.keys() - {but_for}) >= MAX_PUBLISHERS:
            raise LiveFull(limit=MAX_PUBLISHERS)

    def stop(
        self,
        channel_id: ChannelId,
        reason: EndReason,
        publisher: Publisher | None = None,
        *,
        with_key_alone: bool = False,
    ) -> None:
        """End the publisher of a channel, or this one alone, and a test of the line; viewers stay."""
        test = self._tests.get(channel_id)
        testing = None if test is None else test.publisher
        if testing is not None and publisher in (None, testing) and (testing.key is not None or not with_key_alone):
            self.end_test(channel_id, reason)
        channel = self._channels.get(channel_id)
        current = None if channel is None else channel.publisher
        if channel is None or current is None or (publisher is not None and current is not publisher):
            return
        if current.key is not None or not with_key_alone:
            channel.unpublish(reason)

    async def close_channel(self, channel_id: ChannelId, reason: EndReason) -> None:
        """End the sessions of everybody in a channel."""
        self.end_test(channel_id, reason)
        if (channel := self._channels.pop(channel_id, None)) is not None:
            await channel.close(reason)
            self._sessions.forget_channel(channel_id)

    # Tests of a line

    async def _test(self, question: Json) -> Json:
        """Measure what somebody sends, for a few seconds, and show it to nobody."""
        channel_id = ChannelId(question["channel_id"])
        await self._connections.open()
        known = self._channels.get(channel_id)
        if known is not None and known.publisher is not None:
            raise ChannelBusy
        self._ensure_room(but_for=channel_id)
        test = LineTest(channel_id, question["owner_id"], self._clock, self._tested)
        publisher, connection = self._publisher(test, question)
        self.end_test(channel_id, EndReason.REPLACED)
        test.knows_relays([*question["relays"], *connection.relays(question["sdp"])])
        test.publish(publisher)
        self._tests[channel_id] = test
        self._run()
        return self._opened(Session(test, connection, publisher))

    def end_test(self, channel_id: ChannelId, reason: EndReason) -> None:
        """End the test of a line before its time, where there is one."""
        if (test := self._tests.get(channel_id)) is not None:
            test.unpublish(reason)

    def _tested(self, test: LineTest, publisher: Publisher, report: LineReport) -> None:
        if self._tests.get(test.channel_id) is test:
            del self._tests[test.channel_id]
        self._tasks.spawn(self._part(test, publisher, report), name="tested")

    async def _part(self, test: LineTest, publisher: Publisher, report: LineReport) -> None:
        try:
            if self._on_tested is not None:
                await self._on_tested(test.channel_id, test.owner_id, report)
        finally:
            await publisher.peer.close()

    # Viewers

    async def _watch(self, question: Json) -> Json:
        channel = self._channels.get(ChannelId(question["channel_id"]))
        if channel is None or channel.publisher is None:
            raise ChannelOffline
        has_hls, place = question.get("has_hls", False), question.get("place", "")
        self._sessions.ensure_place(place, channel.channel_id, taken=len(self.viewers), has_hls=has_hls)
        viewer = Viewer(channel, self._clock, user_session=question["user_session"], has_hls=has_hls)
        connection = self._connections.viewer(question["sdp"], viewer, channel.publisher.tracks)
        viewer.connected_by(connection)
        channel.add(viewer)
        self.places.leave(place)
        return {**self._opened(Session(channel, connection, viewer)), "counter_offer": connection.counter_offered}

    def dismiss(self, channel_id: ChannelId, viewer: Viewer) -> None:
        """Somebody may not watch any more."""
        if (channel := self._channels.get(channel_id)) is not None:
            channel.remove(viewer)

    # Sessions

    def hold_nothing(self) -> None:
        """See :meth:`Sessions.hold_nothing <streaming.live.media.sessions.Sessions.hold_nothing>`."""
        self._sessions.hold_nothing()

    def _opened(self, session: Session) -> Json:
        name = self._sessions.open(session)
        return {"session": name, "sdp": session.connection.description, "etag": session.connection.ice_version}

    def _patch(self, question: Json) -> Json:
        session = self._sessions.get(question["session"])
        if_match = question["if_match"]
        if if_match not in ("", "*", session.connection.ice_version):
            raise IceSessionStale
        # Without it nothing is lost by candidates, and whip-whep's players say none: RFC 9725 §4.3.1 wants it of clients.
        answer = session.connection.patched(question["fragment"], may_restart=bool(if_match))
        if isinstance(session.channel, LineTest):
            session.channel.knows_relays(session.connection.relays(question["fragment"]))
        return {"fragment": answer, "etag": session.connection.ice_version}

    def _countered(self, question: Json) -> Json:
        session = self._sessions.get(question["session"])
        if not isinstance(session.party, Viewer):
            raise LiveSessionNotFound
        session.party.connection.answered(question["sdp"])
        session.party.connected_by(session.party.connection)
        return {}

    def _delete(self, name: str) -> None:
        if (session := self._sessions.end(name)) is None:
            return
        if isinstance(session.party, Viewer):
            session.channel.remove(session.party)
        else:
            session.channel.unpublish(EndReason.LEFT)

    # What time brings

    def health(self, channel_id: ChannelId) -> Json:
        """How a channel does."""
        channel = self._channels.get(channel_id)
        places = {"places": self.places.limit, "waiting": self.places.waiting_for(channel_id)}
        if channel is None:
            return {**places, "live": False, "connected": False, "viewers": 0, "last_end": None, "publisher": None}
        publisher = channel.publisher
        return {
            **places,
            "live": publisher is not None,
            "connected": publisher is not None and publisher.peer.ready,
            "viewers": len(channel.viewers),
            "last_end": None if channel.last_end is None else channel.last_end.value,
            "publisher": None if publisher is None else asdict(publisher.health),
        }

    def _run(self) -> None:
        if self._stepping is None or self._stepping.done():
            self._stepping = self._tasks.spawn(self._step_for_ever(), name="steps")

    async def _step_for_ever(self) -> None:
        """While there is a channel, or a test."""
        steps = 0
        while self._channels or self._tests:
            due_ms = self._clock.monotonic_ms() + STEP_MS
            await asyncio.sleep(STEP_MS / 1000)
            self.places.load.step(self._clock.monotonic_ms() - due_ms)
            steps += 1
            for channel_id, channel in list(self._channels.items()):
                try:
                    channel.step()
                    if channel.is_over and self._channels.get(channel_id) is channel:
                        await self.close_channel(channel_id, EndReason.ENDED)
                except Exception:
                    log.exception("live channel", channel=channel_id)
            for channel_id, test in list(self._tests.items()):
                try:
                    test.step()
                except Exception:
                    log.exception("test of a line", channel=channel_id)
            if steps % STEPS_A_SECOND == 0:
                self.places.load.second(len(self.viewers), self.places.configured)
                self._sessions.step(self.live)

    async def close(self) -> None:
        """End everything: the node ends."""
        for channel_id in [*self._channels, *self._tests]:
            with contextlib.suppress(Exception):
                await self.close_channel(channel_id, EndReason.ENDED)
        await self._tasks.close()
