"""The recordings that this process writes: which channels are to be recorded, and what is written of them."""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from kernel.access import Standing
from kernel.scope import Container, Scope
from streaming.live.channels.model import Channel
from streaming.live.channels.usecases import Channels
from streaming.live.llhls.broadcast import OPUS, VIDEO, Broadcast
from streaming.live.llhls.fmp4.init_section import InitSection
from streaming.live.llhls.rendition import Rendition
from streaming.live.llhls.segment import Segment
from streaming.live.model import ChannelId
from streaming.live.recordings import usecases
from streaming.live.recordings.adapters.context import context_of
from streaming.live.recordings.adapters.files import LocalRecordings
from streaming.live.recordings.adapters.writer import RecordingWriter
from streaming.live.recordings.model import (
    GAP,
    SWITCHES_OFF,
    EndedBy,
    Recording,
    RecordingId,
    RecordingLimits,
)
from streaming.live.recordings.pieces import PieceMaker
from streaming.live.recordings.usecases import Recordings

log = structlog.get_logger()

WAITING_SEGMENTS: Final = 24
"""Of a channel that nobody has said anything about yet: half a minute at least, of which the first is not to be lost.  They are in memory for
players anyway."""
CLOSE_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Heard:
    """A complete segment, and whether it is to be recorded."""

    name: str
    segment: Segment
    section: InitSection | None
    at: datetime


@dataclass(eq=False, slots=True)
class _Take:
    """A recording that is being written."""

    recording_id: RecordingId
    writer: RecordingWriter
    pieces: PieceMaker = field(default_factory=PieceMaker)
    without_publisher_since: datetime | None = None

    def hear(self, heard: _Heard) -> None:
        if heard.name == VIDEO:
            piece = self.pieces.picture(heard.segment, heard.section)
        else:
            piece = self.pieces.sound(heard.segment)
        if piece is not None and not self.writer.write(piece):
            self.pieces.interrupt()


class LiveRecorder:
    """Hears of every complete segment of every broadcast of this process; :meth:`look` begins and ends recordings."""

    def __init__(
        self, container: Container, files: LocalRecordings, limits: RecordingLimits, *, reserve_bytes: int
    ) -> None:
        """``reserve_bytes`` of the disk are left free."""
        self._container = container
        self._files = files
        self._limits = limits
        self._reserve_bytes = reserve_bytes
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="live-recording")
        self._takes: dict[ChannelId, _Take] = {}
        self._heard: dict[ChannelId, deque[_Heard]] = {}
        self._sounds: dict[ChannelId, int] = {}
        """How much had been heard at the last segment."""

    def segment(self, channel_id: ChannelId, broadcast: Broadcast, rendition: Rendition, segment: Segment) -> None:
        """A segment is complete.  Waits for nothing."""
        if rendition.name not in (VIDEO, OPUS):
            return
        section = None
        if rendition.name == VIDEO:
            before = self._sounds.get(channel_id, 0)
            self._sounds[channel_id] = broadcast.heard_sound
            section = rendition.init_section(segment.init_number)
            if broadcast.is_slate(section) and broadcast.heard_sound == before:
                section = None  # nobody wants to see, in an episode, how somebody waited for an encoder
        heard = _Heard(rendition.name, segment, section, self._container.clock.now())
        if (take := self._takes.get(channel_id)) is not None:
            take.hear(heard)
        else:
            self._heard.setdefault(channel_id, deque(maxlen=WAITING_SEGMENTS)).append(heard)

    async def look(self, *, live: Collection[ChannelId], carried: Collection[ChannelId], node_id: str) -> None:
        """Begin, go on with and end recordings, as their channels want; called every few seconds."""
        for channel_id in [each for each in self._heard if each not in carried]:
            del self._heard[channel_id]
            self._sounds.pop(channel_id, None)
        if not self._takes and not self._heard:
            return
        now = self._container.clock.now()
        free_bytes = await self._files.free_bytes()
        async with self._container.scope(write=False) as scope:
            wanted, used = await self._wanted(scope, sorted({*self._takes, *self._heard}))
        for channel_id, take in list(self._takes.items()):
            channel = wanted.get(channel_id)
            by = self._ended_by(channel, take, used, free_bytes=free_bytes, is_live=channel_id in live, now=now)
            if by is None:
                await self._say(take, now)
            else:
                await self._end(channel_id, take, by)
        if free_bytes < self._reserve_bytes:
            return
        for channel_id, channel in wanted.items():
            room = used.get(channel.owner_id, 0) < self._limits.quota_bytes
            if channel_id not in self._takes and channel_id in live and self._heard.get(channel_id) and room:
                await self._begin(channel, node_id, now)

    async def close(self) -> None:
        """The server ends: what was written is complete."""
        for channel_id, take in list(self._takes.items()):
            try:
                await self._end(channel_id, take, EndedBy.INTERRUPTED)
            except Exception:
                log.exception("a recording will be ended at the next start", recording=take.recording_id)
        self._threads.shutdown(wait=False)

    async def _wanted(
        self, scope: Scope, channel_ids: Sequence[ChannelId]
    ) -> tuple[dict[ChannelId, Channel], dict[str, int]]:
        """The channels that are to be recorded, and the room that their owners' recordings take."""
        standing, recordings = scope.port(Standing), scope.port(Recordings)
        wanted, used = {}, {}
        for channel in await scope.port(Channels).many(channel_ids):
            if usecases.may_record(channel, await standing.of_user(channel.owner_id)):
                wanted[channel.id] = channel
                used[channel.owner_id] = await recordings.used_bytes(channel.owner_id)
        return wanted, used

    def _ended_by(
        self,
        channel: Channel | None,
        take: _Take,
        used: dict[str, int],
        *,
        free_bytes: int,
        is_live: bool,
        now: datetime,
    ) -> EndedBy | None:
        if is_live:
            take.without_publisher_since = None
        elif take.without_publisher_since is None:
            take.without_publisher_since = now
        if channel is None:
            return EndedBy.STOPPED
        if take.writer.failure is not None:
            return take.writer.failure
        if free_bytes < self._reserve_bytes:
            return EndedBy.DISK_FULL
        if take.writer.extent.duration_ms >= self._limits.max_duration.total_seconds() * 1000:
            return EndedBy.TIME
        if used.get(channel.owner_id, 0) >= self._limits.quota_bytes:
            return EndedBy.QUOTA
        if take.without_publisher_since is not None and now - take.without_publisher_since >= GAP:
            return EndedBy.LEFT
        return None

    async def _begin(self, channel: Channel, node_id: str, now: datetime) -> None:
        recording = Recording.begin(
            channel_id=channel.id, owner_id=channel.owner_id, title=channel.title, node_id=node_id, now=now
        )
        folder = await asyncio.to_thread(self._files.create, recording.id)
        async with self._container.scope(write=True) as scope:
            scope.port(Recordings).add(recording)
        take = self._takes[channel.id] = _Take(recording.id, RecordingWriter(folder, self._threads))
        for heard in self._heard.pop(channel.id, ()):
            if channel.record_since is not None and heard.at >= channel.record_since:
                take.hear(heard)

    async def _say(self, take: _Take, now: datetime) -> None:
        extent = take.writer.extent
        async with self._container.scope(write=True) as scope:
            recording = await scope.port(Recordings).lock(take.recording_id)
            if recording is not None:
                recording.goes_on(duration_ms=extent.duration_ms, size_bytes=extent.size_bytes, now=now)

    async def _end(self, channel_id: ChannelId, take: _Take, by: EndedBy) -> None:
        del self._takes[channel_id]
        loop, written = asyncio.get_running_loop(), asyncio.Event()

        def then() -> None:
            loop.call_soon_threadsafe(written.set)

        take.writer.close(then)
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await written.wait()
        except TimeoutError:
            log.warning("a recording is ended before the disk took all of it", recording=take.recording_id)
        async with self._container.scope(write=True) as scope:
            context = context_of(scope)
            recording = await context.recordings.lock(take.recording_id)
            if recording is None:  # deleted with its channel
                await self._files.delete(take.recording_id)
                return
            await usecases.end(context, recording, by, take.writer.extent)
            if by in SWITCHES_OFF and (channel := await scope.port(Channels).lock(channel_id)) is not None:
                channel.record_no_more()
