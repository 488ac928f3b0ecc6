"""One channel on the node that carries it: a publisher at a time, and everybody who watches; it outlives every publisher."""

import asyncio
from collections.abc import Coroutine, Sequence
from enum import StrEnum
from typing import Any, Final

import structlog

from kernel.clock import Clock
from kernel.concurrency.tasks import TaskSet
from kernel.rtc.rtp import RtpPacket
from streaming.live.media.publisher import IncomingTrack, Publisher
from streaming.live.media.viewer import Viewer
from streaming.live.model import ChannelId, LiveSink, LiveSinks

log = structlog.get_logger()

STEP_MS: Final = 20.0
"""How often missing packets are looked for: under the time a viewer's buffer holds."""
STEPS_A_SECOND: Final = round(1000 / STEP_MS)
LINGER_MS: Final = 30 * 60_000.0
"""How long viewers are kept without a publisher: a computer that restarts is back by then."""
QUIET_MS: Final = 60_000.0
"""The same without viewers: long enough for the publisher to read why it was ended, and for players of HLS, who are not counted here and
see a slate, until it is back."""
FAREWELL_TIMEOUT_S: Final = 1.0


class EndReason(StrEnum):
    """Why a publisher is gone."""

    LEFT = "left"
    """It said so."""
    LOST = "lost"
    """Nothing came from it any more."""
    REPLACED = "replaced"
    """Another one took over."""
    STOPPED = "stopped"
    """Somebody who may pressed stop, or took its key away."""
    TAKEN_DOWN = "taken_down"
    OVER_LIMIT = "over_limit"
    """It sent far more than it was told it may."""
    ENDED = "ended"
    """The server ends, or the channel is gone."""


class LiveChannel:
    """See the module.  Everything runs on the event loop; :meth:`heard` is the path of each packet, and waits for nothing."""

    def __init__(self, channel_id: ChannelId, clock: Clock, sinks: LiveSinks) -> None:
        self.channel_id = channel_id
        self._clock = clock
        self._tasks = TaskSet(f"live-{channel_id}")
        self._farewells: set[asyncio.Task[Any]] = set()
        self._viewers: list[Viewer] = []
        self._open_sinks = sinks
        self._sinks: list[LiveSink] | None = None
        """``None`` before the first publisher."""
        self._steps = 0
        self.publisher: Publisher | None = None
        self.last_end: EndReason | None = None
        self.idle_since_ms = clock.monotonic_ms()

    @property
    def viewers(self) -> Sequence[Viewer]:
        """Who watches now, or is about to."""
        return self._viewers

    # Publishers

    def publish(self, publisher: Publisher) -> None:
        """From now on this one; one that was there before is gone."""
        self.unpublish(EndReason.REPLACED)
        if self._sinks is None:
            self._sinks = list(self._open_sinks.open(self.channel_id, self))
        self.publisher, self.last_end = publisher, None
        tracks = publisher.tracks
        for viewer in list(self._viewers):
            viewer.publisher_changed()
            # A player that cannot take these tracks comes back for those that it can.
            if not viewer.connection.counter_offered and not viewer.connection.carries(tracks):
                self.remove(viewer)
        self._tell(lambda sink: sink.started(tracks))

    def unpublish(self, reason: EndReason) -> None:
        """The publisher is gone; viewers stay."""
        publisher, self.publisher = self.publisher, None
        if publisher is None:
            return
        self.last_end = reason
        self.idle_since_ms = self._clock.monotonic_ms()
        self._spawn(publisher.peer.close(), "close-publisher")
        self._tell(lambda sink: sink.ended())

    def heard(self, incoming: IncomingTrack, packet: RtpPacket, now_ms: float, *, begins_key_frame: bool) -> None:
        """See :class:`~streaming.live.media.publisher.Room`."""
        for sink in self._sinks or ():
            sink.packet(incoming.track, packet, now_ms)
        for viewer in self._viewers:
            viewer.forward(incoming, packet, now_ms, begins_key_frame=begins_key_frame)

    def clock_heard(self, incoming: IncomingTrack) -> None:
        """See :class:`~streaming.live.media.publisher.Room`."""
        if (reference := incoming.reference) is not None:
            self._tell(lambda sink: sink.clock(incoming.track, reference))

    def request_key_frame(self) -> None:
        """See :class:`~streaming.live.model.LiveSource`."""
        if self.publisher is not None:
            self.publisher.want_key_frame(self._clock.monotonic_ms())

    def _tell(self, word: Any) -> None:
        sinks = self._sinks or []
        for sink in list(sinks):
            try:
                word(sink)
            except Exception:  # a packager that fails takes nobody's picture away
                log.exception("a consumer of a live channel failed, and is left out", channel=self.channel_id)
                sinks.remove(sink)

    # Viewers

    def add(self, viewer: Viewer) -> None:
        """Somebody wants to watch."""
        self._viewers.append(viewer)

    def remove(self, viewer: Viewer) -> None:
        """Somebody has seen enough, or may not any more."""
        if viewer in self._viewers:
            self._viewers.remove(viewer)
            self._spawn(viewer.connection.peer.close(), "close-viewer")

    # What time brings

    def step(self) -> None:
        """Every :data:`STEP_MS`: ask for what is missing; each second: reports, and goodbye to those who are gone."""
        now_ms = self._clock.monotonic_ms()
        if self.publisher is not None:
            self.publisher.ask_for_missing(now_ms)
        self._steps += 1
        if self._steps % STEPS_A_SECOND == 0:
            self._each_second(now_ms)

    def _each_second(self, now_ms: float) -> None:
        for viewer in list(self._viewers):
            if viewer.connection.peer.failed:
                self.remove(viewer)
        publisher = self.publisher
        if publisher is None:
            return
        if publisher.peer.failed:
            self.unpublish(EndReason.LOST)
        elif not publisher.report(now_ms):
            log.info("a publisher sends far more than it may", channel=self.channel_id, health=publisher.health)
            self.unpublish(EndReason.OVER_LIMIT)
        else:
            incoming, wall_ms = publisher.incoming, self._clock.now_ms()
            for viewer in self._viewers:
                viewer.report(incoming, wall_ms)

    @property
    def is_over(self) -> bool:
        """Whether nobody publishes, and nobody watches or has waited for long enough."""
        if self.publisher is not None:
            return False
        return self._clock.monotonic_ms() - self.idle_since_ms > (LINGER_MS if self._viewers else QUIET_MS)

    async def close(self, reason: EndReason) -> None:
        """End everybody's session: DTLS says goodbye within a second."""
        self.unpublish(reason)
        for viewer in list(self._viewers):
            self.remove(viewer)
        self._tell(lambda sink: sink.closed())
        if self._farewells:
            await asyncio.wait(self._farewells, timeout=FAREWELL_TIMEOUT_S)
        await self._tasks.close()

    def _spawn(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        task = self._tasks.spawn(coroutine, name=name)
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)
