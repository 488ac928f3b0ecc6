"""What operators do with sources, and what this needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kernel.errors import Stale
from kernel.ids import new_id
from streaming.proxy.detect.corrections import Clock, Correction
from streaming.proxy.model import (
    EpisodeHasSource,
    EpisodeUnknown,
    Findings,
    SourceId,
    SourceNotFound,
    SourceSettings,
    VideoSource,
)


class Sources(Protocol):
    """Registered sources."""

    def add(self, source: VideoSource) -> None:
        """Keep a new source."""
        ...

    async def get(self, source_id: str) -> VideoSource | None:
        """The source, or ``None``."""
        ...

    async def of_episode(self, episode_id: str) -> VideoSource | None:
        """The source an episode is played from, or ``None``."""
        ...

    async def page(self, *, limit: int, offset: int) -> tuple[Sequence[VideoSource], int]:
        """Sources, newest first, and how many there are in all."""
        ...

    async def remove(self, source: VideoSource) -> None:
        """Forget the source."""
        ...


class SourceTargets(Protocol):
    """The catalogue, as far as sources need it."""

    async def exists(self, episode_id: str) -> bool:
        """Whether there is such an episode."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContext:
    """What the use cases here work with: ports of one transaction, and its moment."""

    sources: Sources
    targets: SourceTargets
    now: datetime


async def register(
    context: SourceContext, episode_id: str, settings: SourceSettings, sealed_headers: str, findings: Findings
) -> VideoSource:
    """Attach a probed source to an episode.  Raises :class:`EpisodeUnknown`, :class:`EpisodeHasSource`."""
    if not await context.targets.exists(episode_id):
        raise EpisodeUnknown(episode_id=episode_id)
    if await context.sources.of_episode(episode_id) is not None:
        raise EpisodeHasSource(episode_id=episode_id)
    source = VideoSource.register(SourceId(new_id()), episode_id, settings, sealed_headers, findings, context.now)
    context.sources.add(source)
    return source


async def get(context: SourceContext, source_id: str) -> VideoSource:
    """Raises :class:`SourceNotFound`."""
    source = await context.sources.get(source_id)
    if source is None:
        raise SourceNotFound(source_id=source_id)
    return source


async def change(
    context: SourceContext,
    source_id: str,
    settings: SourceSettings,
    sealed_headers: str,
    findings: Findings,
    *,
    if_version: int | None,
) -> VideoSource:
    """Raises :class:`SourceNotFound` and ``Stale``."""
    source = await get(context, source_id)
    if if_version is not None and if_version != source.version:
        raise Stale
    source.change(settings, sealed_headers, findings, context.now)
    return source


async def correct(
    context: SourceContext, source_id: str, *, is_ad: bool, clock: Clock, start: float, end: float, by: str
) -> VideoSource:
    """Say that a stretch is, or is not, advertising.  Raises :class:`SourceNotFound` and ``TooManyCorrections``."""
    source = await get(context, source_id)
    source.correct(Correction(new_id(), is_ad, clock, start, end, by, context.now), context.now)
    return source


async def withdraw(context: SourceContext, source_id: str, correction_id: str) -> VideoSource:
    """Take a correction back.  Raises :class:`SourceNotFound` and ``CorrectionNotFound``."""
    source = await get(context, source_id)
    source.withdraw(correction_id, context.now)
    return source


async def remove(context: SourceContext, source_id: str) -> None:
    """Raises :class:`SourceNotFound`."""
    source = await get(context, source_id)
    source.remove(context.now)
    await context.sources.remove(source)
