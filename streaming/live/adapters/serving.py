"""Live channels of this process between HTTP, the database, the hub and the other nodes."""

import asyncio
import contextlib
import secrets
from collections.abc import Collection, Mapping
from typing import Any, Final, Protocol

import orjson
import structlog

from kernel.access import Actor
from kernel.clock import Clock
from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError, Unavailable
from kernel.nodes.bus import Bus
from kernel.nodes.calls import BusCalls, Json
from kernel.rtc.adapters.server import SharedPortServer, looked_up_or_none
from kernel.rtc.ports import OfferNotAcceptable, RtcUnavailable
from kernel.rtc.turn import turn_host
from kernel.scope import Container
from streaming.live.adapters.connections import RtcConnections
from streaming.live.adapters.hls_addresses import HlsAddresses, HlsOutput
from streaming.live.adapters.line_test_store import LineTestStore
from streaming.live.adapters.places_store import PlacesStore
from streaming.live.adapters.rights import end_what_may_not_go_on
from streaming.live.channels.model import Broadcast, Channel
from streaming.live.channels.usecases import Channels
from streaming.live.errors import (
    REFUSALS,
    ChannelBusy,
    ChannelOffline,
    LineTestRunning,
    LiveOff,
    LiveSessionNotFound,
)
from streaming.live.media.channel import EndReason
from streaming.live.media.hub import LiveHub
from streaming.live.media.line_report import LineReport
from streaming.live.model import ChannelId, LiveSinks

log = structlog.get_logger()

SAY_EVERY_S: Final = 5.0
"""How often a node says what it carries, and looks whether it still may."""
HOLD_S: Final = 20.0
"""How long a question is held to which the answer is what somebody does already; under the 30 s of proxies."""
ASK_EVERY_S: Final = 4.0
"""How often it is asked of another node meanwhile: a place is offered for ten seconds."""
ENDS: Final = "live:end"
"""Channel of the bus on which every node hears what is to end."""
LOOK: Final = "live:look"
"""Channel of the bus on which every node hears that it should look at what it looks at every few seconds."""


class Recorder(Protocol):
    """Writes down what this node carries."""

    async def look(self, *, live: Collection[ChannelId], carried: Collection[ChannelId], node_id: str) -> None:
        """Called every few seconds: begin, go on with and end recordings; somebody publishes to ``live``."""
        ...

    async def close(self) -> None:
        """The node ends, and everything it carried has ended."""
        ...


class LiveServing:
    """See the module."""

    def __init__(
        self,
        *,
        container: Container,
        bus: Bus,
        rtc: SharedPortServer,
        sinks: LiveSinks,
        viewers: int,
        max_kbps: int,
        hls: HlsOutput,
        line_tests: LineTestStore,
        places: PlacesStore,
        recorder: Recorder | None = None,
        node_url: str = "",
        alone: bool = True,
    ) -> None:
        """``viewers`` that one node takes at a time; 0: there are no live channels.  ``max_kbps``: of one publisher.

        ``node_url``: where other nodes reach this one by HTTP; ``alone``: there are none.
        """
        self._container = container
        self._bus = bus
        self._viewers = viewers
        self.max_kbps = max_kbps
        self._line_tests = line_tests
        self._places = places
        self._recorder = recorder
        self.rtc = rtc
        self.node_id = secrets.token_hex(6)
        self.hub = LiveHub(
            node_id=self.node_id,
            connections=RtcConnections(rtc),
            sinks=sinks,
            clock=container.clock,
            viewers=viewers,
            max_kbps=max_kbps,
            on_tested=self._tested,
        )
        errors = REFUSALS | {kind.code: kind for kind in (OfferNotAcceptable, RtcUnavailable)}
        self._calls = BusCalls(bus, "streaming:live", self.node_id, self._answer, errors)
        self.hls = HlsAddresses(
            self.hub.carries, hls, self._ask_carrier, container.clock, node_url=node_url, alone=alone
        )
        self._tasks = TaskSet("live")
        self._starting = asyncio.Lock()
        self._started = False
        self._dirty = asyncio.Event()
        self._stopping = asyncio.Event()

    @property
    def clock(self) -> Clock:
        """The clock of the container."""
        return self._container.clock

    @property
    def is_on(self) -> bool:
        """Whether there are live channels at all."""
        return self._viewers > 0

    async def start(self) -> None:
        """Hear the other nodes; a process that nobody asks for anything live does without."""
        async with self._starting:
            if not self._started:
                await self._calls.start()
                self._tasks.spawn(self._hear_ends(), name="ends")
                self._tasks.spawn(self._hear_looks(), name="looks")
                self._tasks.spawn(self._say_for_ever(), name="say")
                self._started = True

    async def close(self) -> None:
        """End everything that this node carries."""
        await self.hls.close()
        await self._calls.close()
        await self.hub.close()
        if self._recorder is not None:
            await self._recorder.close()
        await self._tasks.close()
        if self._started:
            try:
                await self._say()
            except (AniError, OSError) as error:
                log.info("what this node carried is forgotten in a few seconds", reason=repr(error))

    # Sessions

    async def publish(self, channel: Channel, sdp: str, *, takeover: bool, actor: Actor | None) -> Json:
        """Begin to publish: ``session``, ``sdp`` and ``etag`` of the answer.  ``actor``: its owner; ``None``: who has its key.

        Raises ChannelBusy, LiveFull, LiveOff, OfferNotAcceptable, RtcUnavailable, Unavailable.
        """
        if not self.is_on:
            raise LiveOff
        await self.start()
        node_id = await self._claim(channel.id)
        answer = await self._ask(node_id, "publish", {**_publishing(channel, sdp, actor), "takeover": takeover})
        await self._end_test_elsewhere(channel)
        if node_id == self.node_id:
            await self._say()
        return answer

    async def test(self, channel: Channel, sdp: str, *, actor: Actor | None) -> Json:
        """Begin to test a line: as :meth:`publish`, but that nobody is shown anything, and nobody's place is taken.

        Raises ChannelBusy, LineTestRunning, LiveFull, LiveOff, OfferNotAcceptable, RtcUnavailable, Unavailable.
        """
        if not self.is_on:
            raise LiveOff
        await self.start()
        async with self._container.scope(write=False) as scope:
            broadcast = await scope.port(Channels).broadcast(channel.id)
        if broadcast is not None and broadcast.is_live and broadcast.is_carried(self.clock.now()):
            raise ChannelBusy
        relays = await self._relays()
        if not await self._line_tests.claim(channel.owner_id, channel.id):
            raise LineTestRunning
        try:
            await self._line_tests.forget(channel.id)
            question = {**_publishing(channel, sdp, actor), "owner_id": channel.owner_id, "relays": relays}
            return await self.hub.answer({**question, "kind": "test"})
        except BaseException:
            await self._line_tests.release(channel.owner_id)
            raise

    async def line_test(self, channel: Channel) -> tuple[bool, Json | None]:
        """Whether the line is tested now, and what the last test found.  Raises Unavailable."""
        running = await self._line_tests.running(channel.owner_id) == channel.id
        return running, await self._line_tests.last(channel.id)

    async def _tested(self, channel_id: ChannelId, owner_id: str, report: LineReport) -> None:
        try:
            await self._line_tests.keep(channel_id, report, self.clock.now_ms())
            await self._line_tests.release(owner_id)
        except Unavailable:
            log.warning("what a test of a line found is lost", channel=channel_id)

    async def _relays(self) -> list[str]:
        """Addresses of the TURN servers that publishers are told of, where their names can be found out now."""
        hosts = {host for url in self.rtc.turn.urls if (host := turn_host(url))}
        return sorted({address for host in hosts for address in await looked_up_or_none(host)})

    async def _end_test_elsewhere(self, channel: Channel) -> None:
        """Whoever is live tests no more; at this node the test has ended by then."""
        try:
            if await self._line_tests.running(channel.owner_id) != channel.id:
                return
        except Unavailable:
            return  # it takes a few seconds at most
        word = {"channel_id": channel.id, "reason": EndReason.REPLACED.value, "test": True}
        await self._end_here(word)
        await self._bus.publish(ENDS, orjson.dumps(word))

    async def watch(self, channel_id: ChannelId, sdp: str, *, actor: Actor | None, place: str = "") -> Json:
        """Begin to watch: as :meth:`publish`, and ``counter_offer`` where ``sdp`` is an offer to be answered.

        ``place``: the name under which one waits for it.

        Raises ChannelOffline, LiveOff, OfferNotAcceptable, RtcUnavailable, Unavailable, ViewersFull.
        """
        if not self.is_on:
            raise LiveOff
        await self.start()
        if (node_id := await self._carrier(channel_id)) is None:
            raise ChannelOffline
        user_session = None if actor is None else actor.session_id
        has_hls = node_id == self.node_id or await self.hls.node_of(channel_id) is not None
        question = {"channel_id": channel_id, "sdp": sdp, "user_session": user_session}
        return await self._ask(node_id, "watch", {**question, "place": place, "has_hls": has_hls})

    async def how_to_watch(self, session: str, now: str) -> str:
        """``webrtc`` or ``hls``, as soon as it is not what a viewer does ``now``, or after a while.

        Raises LiveSessionNotFound, Unavailable.
        """
        node_id, dash, _ = session.partition("-")
        if not dash:
            raise LiveSessionNotFound
        await self.start()
        if node_id == self.node_id:
            answer = await self.hub.answer({"kind": "delivery", "session": session, "now": now, "hold_s": HOLD_S})
            return str(answer["delivery"])
        # A question that is held would take the place of others between nodes.
        question = {"kind": "delivery", "session": session, "now": now, "hold_s": 0}
        answer = await self._calls.ask(node_id, question)
        for _ in range(int(HOLD_S / ASK_EVERY_S)):
            if answer["delivery"] != now or self._stopping.is_set():
                break
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), ASK_EVERY_S)
            answer = await self._calls.ask(node_id, question)
        return str(answer["delivery"])

    def hold_nothing(self) -> None:
        """Answer every question that is held, and hold none: the server ends."""
        self._stopping.set()
        self.hub.hold_nothing()

    async def of_session(self, session: str, kind: str, question: Mapping[str, Any]) -> Json:
        """``patch``, ``counter`` or ``delete`` a session, on whichever node it is.

        Raises FragmentNotAcceptable, IceSessionStale, IceVersionMissing, LiveSessionNotFound, OfferNotAcceptable, Unavailable.
        """
        node_id, dash, _ = session.partition("-")
        if not dash:
            raise LiveSessionNotFound
        await self.start()
        answer = await self._ask(node_id, kind, {**question, "session": session})
        self._dirty.set()
        return answer

    async def health(self, channel_id: ChannelId) -> Json:
        """How a channel does.  Raises Unavailable."""
        await self.start()
        return await self._ask(await self._carrier(channel_id) or self.node_id, "health", {"channel_id": channel_id})

    async def _ask(self, node_id: str, kind: str, question: Mapping[str, Any]) -> Json:
        whole = {**question, "kind": kind}
        return await (self.hub.answer(whole) if node_id == self.node_id else self._calls.ask(node_id, whole))

    async def _answer(self, question: Json) -> Json:
        """Of another node."""
        if question["kind"] == "hls":
            return self.hls.here(ChannelId(question["channel_id"]))
        return await self.hub.answer(question)

    async def _ask_carrier(self, channel_id: ChannelId, question: Json) -> Json | None:
        """Ask the other node that carries a channel; ``None``: no other one does.  Raises Unavailable."""
        await self.start()
        node_id = await self._carrier(channel_id)
        return None if node_id in (None, self.node_id) else await self._calls.ask(node_id, question)

    async def _claim(self, channel_id: ChannelId) -> str:
        """Which node is to carry a channel: this one, where none does."""
        async with self._container.scope(write=True) as scope:
            channels, now = scope.port(Channels), self.clock.now()
            await channels.lock(channel_id)
            broadcast = await channels.broadcast(channel_id)
            if broadcast is not None and broadcast.is_carried(now):
                return broadcast.node_id
            await channels.say(
                Broadcast(channel_id=channel_id, node_id=self.node_id, is_live=False, began_at=None, seen_at=now)
            )
            return self.node_id

    async def _carrier(self, channel_id: ChannelId) -> str | None:
        async with self._container.scope(write=False) as scope:
            broadcast = await scope.port(Channels).broadcast(channel_id)
        if broadcast is None or not broadcast.is_carried(self.clock.now()):
            return None
        return broadcast.node_id

    # The end of something, on whichever node it is

    async def end(
        self, channel_id: ChannelId, reason: EndReason, *, viewers: bool, with_key_alone: bool = False
    ) -> None:
        """End the publisher of a channel, and with ``viewers`` all its sessions; ``with_key_alone``: only one that came by key."""
        word = {"channel_id": channel_id, "reason": reason.value, "viewers": viewers, "with_key_alone": with_key_alone}
        await self._end_here(word)
        await self._bus.publish(ENDS, orjson.dumps(word))

    async def _hear_ends(self) -> None:
        async with self._bus.subscribe(ENDS) as messages:
            async for data in messages:
                try:
                    await self._end_here(orjson.loads(data))
                except (ValueError, KeyError, TypeError) as error:  # a node of another version
                    log.warning("unreadable message between nodes", reason=repr(error))

    async def _end_here(self, word: Json) -> None:
        channel_id, reason = ChannelId(word["channel_id"]), EndReason(word["reason"])
        if word.get("test"):
            self.hub.end_test(channel_id, reason)
        elif word["viewers"]:
            await self.hub.close_channel(channel_id, reason)
        else:
            self.hub.stop(channel_id, reason, with_key_alone=word["with_key_alone"])
        self._dirty.set()

    async def look_soon(self) -> None:
        """Something that is looked at every few seconds has changed: do so now, on every node."""
        self._dirty.set()
        await self._bus.publish(LOOK, b"")

    async def _hear_looks(self) -> None:
        async with self._bus.subscribe(LOOK) as messages:
            async for _ in messages:
                self._dirty.set()

    async def _check_rights(self) -> None:
        await end_what_may_not_go_on(self._container, self.hub)

    async def _look_at_places(self) -> None:
        self.hub.places.lower(await self._places.lowered())

    async def lower_places(self, viewers: int | None) -> None:
        """Take not more than so many over WebRTC, on every node; ``None``: as many as are configured.  Raises Unavailable."""
        await self._places.lower(viewers)
        await self._look_at_places()
        await self.start()
        await self.look_soon()

    async def _record(self) -> None:
        if self._recorder is not None:
            await self._recorder.look(live=self.hub.live, carried=self.hub.carried(), node_id=self.node_id)

    # What this node says of itself

    async def _say_for_ever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(SAY_EVERY_S):
                    await self._dirty.wait()
            except TimeoutError:
                pass
            self._dirty.clear()
            for step in (self._say, self._check_rights, self._record, self._look_at_places):
                try:
                    await step()
                except Exception:
                    log.exception("what this node carries was not looked after, and is next time", step=step.__name__)

    async def _say(self) -> None:
        """Write down what this node carries, where it carries or carried anything."""
        carried = self.hub.carried()
        async with self._container.scope(write=False) as scope:
            before = {one.channel_id: one for one in await scope.port(Channels).carried_by(self.node_id)}
            began = {channel_id: one.began_at for channel_id, one in before.items() if one.is_live}
        if not carried and not before:
            return
        now = self.clock.now()
        async with self._container.scope(write=True) as scope:
            channels = scope.port(Channels)
            lost: list[ChannelId] = []
            known = {channel.id for channel in await channels.many(sorted(carried))}
            for channel_id in before.keys() - carried.keys():
                await channels.unsay(channel_id, self.node_id)
            for channel_id, (is_live, viewers) in carried.items():
                if channel_id not in known:
                    continue
                other = await channels.broadcast(channel_id)
                if other is not None and other.node_id != self.node_id and other.is_carried(now):
                    lost.append(channel_id)  # nothing was heard of this node for a while
                    continue
                await channels.say(
                    Broadcast(
                        channel_id=channel_id,
                        node_id=self.node_id,
                        is_live=is_live,
                        began_at=(began.get(channel_id) or now) if is_live else None,
                        seen_at=now,
                        viewers=viewers,
                    )
                )
        for channel_id in lost:
            await self.hub.close_channel(channel_id, EndReason.REPLACED)


def _publishing(channel: Channel, sdp: str, actor: Actor | None) -> Json:
    """What the hub is told of a publisher."""
    return {
        "channel_id": channel.id,
        "sdp": sdp,
        "key": channel.key_hash.hex() if actor is None and channel.key_hash is not None else None,
        "user_session": None if actor is None else actor.session_id,
    }
