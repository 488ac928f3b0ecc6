"""Attaching the streams of one work, after it was imported: looking at a stream takes longer than a transaction may."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import structlog

from catalog.imports.records.model import SourceStream
from catalog.imports.sources.model import ImportSource
from catalog.imports.sources.usecases import Sources
from catalog.imports.streams import usecases
from catalog.imports.streams.usecases import Attachment, VideoSources, is_switched_on
from catalog.releases.episodes import usecases as episodes_usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft, EpisodeNotFound
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.model import ReleaseNotFound
from catalog.releases.splitting.queries import moved_away
from kernel.errors import AniError, Conflict
from kernel.jobs import JobContext, Jobs
from kernel.scope import Container, Scope

log = structlog.get_logger()

JOB_KIND: Final = "attach-imported-streams"


class OrderedStreams:
    """Orders the job in the transaction that imports the work."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def order(self, source_id: str, release_id: str, streams: Sequence[SourceStream]) -> None:
        """Nothing happens for a source that is not switched to it."""
        source = await self._scope.port(Sources).get(source_id)
        if source is None or not is_switched_on(source.options):
            return
        rows = [[stream.ordinal, stream.url, stream.translation] for stream in usecases.wanted(streams)]
        payload = {"source_id": source_id, "release_id": release_id, "streams": rows}
        await self._scope.port(Jobs).enqueue(JOB_KIND, payload)


async def run_job(job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Job ``attach-imported-streams``: done twice, it changes nothing the second time."""
    counts = Counter[Attachment]()
    streams = [SourceStream(*row) for row in payload["streams"]]
    for number, stream in enumerate(streams):
        source = await _allowed(job.container, payload["source_id"])
        if source is None:
            break  # stopped, removed, or switched off meanwhile
        try:
            counts[await _settled(job.container, source, payload["release_id"], stream)] += 1
        except (ReleaseNotFound, EpisodeNotFound):
            break  # somebody deleted it
        except AniError as error:
            counts[Attachment.FAILED] += 1
            log.info("stream not attached", source=source.slug, ordinal=stream.ordinal, reason=error.message)
        await job.report(f"episode {stream.ordinal:g}", (number + 1) / len(streams))
    return {attachment.value: count for attachment, count in counts.items()}


async def _allowed(container: Container, source_id: str) -> ImportSource | None:
    async with container.scope(write=False) as scope:
        sources = scope.port(Sources)
        source = await sources.get(source_id)
        if source is None or source.stopped or not is_switched_on(source.options) or await sources.all_stopped():
            return None
        return source


async def _settled(container: Container, source: ImportSource, release_id: str, stream: SourceStream) -> Attachment:
    try:
        return await _attach(container, source, release_id, stream)
    except Conflict:  # somebody else attached it in this moment: look again
        return await _attach(container, source, release_id, stream)


async def _attach(container: Container, source: ImportSource, release_id: str, stream: SourceStream) -> Attachment:
    async with container.scope(write=True) as scope:
        episodes = scope.port(Episodes)
        known = await episodes.of_release(release_id)
        episode = next((one for one in known if one.ordinal == stream.ordinal), None)
        if episode is None and (moved_id := (await moved_away(scope.uow.session, release_id)).get(stream.ordinal)):
            # It belongs to a release that was split from this one, and is not made again here.
            episode = await episodes.get(moved_id)
            if episode is None:
                return Attachment.KEPT
        if episode is None:
            draft = EpisodeDraft(ordinal=stream.ordinal)
            episode = await episodes_usecases.add_episode(context_of(scope), release_id, draft)
        episode_id, has_video = episode.id, episode.playable
        sources = scope.port(VideoSources)
    name = usecases.name_of(source.title, stream)
    attachment, duration_ms = await usecases.attach(sources, episode_id, name, stream.url, has_video=has_video)
    if attachment is Attachment.ATTACHED:
        async with container.scope(write=True) as scope:
            episodes = scope.port(Episodes)
            context = context_of(scope)
            # The episode hears of it from the outbox too, which is too late to be published here.
            await episodes_usecases.media_ready(context, episode_id, duration_ms=duration_ms, thumbnail_url=None)
            if source.publish:
                await episodes_usecases.publish_episode(context, episode_id)
    return attachment
