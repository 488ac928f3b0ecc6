"""What editors and viewers do with episodes, and what that needs from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from catalog.releases.episodes.model import (
    Episode,
    EpisodeDraft,
    EpisodeId,
    EpisodeNotFound,
    EpisodePlace,
    OrdinalTaken,
    Span,
    SpanKind,
)
from catalog.releases.model import Release, ReleaseId, Status
from catalog.releases.usecases import (
    EpisodeIds,
    Reader,
    ReleaseContext,
    Releases,
    existing_release,
    release,
    require_version,
)
from kernel.ids import new_id


class Episodes(EpisodeIds, Protocol):
    """The episodes."""

    async def get(self, episode_id: str) -> Episode | None:
        """``None`` where there is none with this id, or its release is deleted."""
        ...

    async def stored(self, episode_id: str) -> Episode | None:
        """As :meth:`get`, of a deleted release too."""
        ...

    async def of_release(self, release_id: str) -> list[Episode]:
        """All of a release, by ordinal."""
        ...

    async def places(self, release_id: str, *, held: bool = False) -> list[EpisodePlace]:
        """Those of a release, by ordinal; ``held``: nobody else's to change until the end of the transaction."""
        ...

    def add(self, episode: Episode) -> None:
        """Keep a new one."""
        ...

    async def remove(self, episode: Episode) -> None:
        """Delete it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeContext(ReleaseContext):
    """What the verbs of episodes work with, and those of releases can, too."""

    episodes: Episodes


async def episode(episodes: Episodes, releases: Releases, reader: Reader, episode_id: str) -> tuple[Episode, Release]:
    """An episode and its release, both visible to ``reader``.

    Raises :class:`EpisodeNotFound`, or why its release is blocked (``Blocks.check``).
    """
    found = await episodes.get(episode_id)
    parent = None if found is None else await releases.get(found.release_id)
    if found is None or parent is None:
        raise EpisodeNotFound
    if not reader.sees_drafts and Status.DRAFT in {found.status, parent.status}:
        raise EpisodeNotFound
    reader.check(parent)
    return found, parent


async def episodes_of(releases: Releases, episodes: Episodes, reader: Reader, release_id: str) -> list[Episode]:
    """Those of a release that ``reader`` can see, by ordinal.  Raises :class:`ReleaseNotFound`."""
    # Its own id: one that became part of another leads there.
    parent = await release(releases, reader, release_id)
    return [
        found
        for found in await episodes.of_release(parent.id)
        if reader.sees_drafts or found.status is Status.PUBLISHED
    ]


async def add_episode(context: EpisodeContext, release_id: str, draft: EpisodeDraft) -> Episode:
    """A draft.  Raises :class:`ReleaseNotFound`, :class:`OrdinalTaken`."""
    await existing_release(context.releases, release_id)
    await _ordinal_free(context.episodes, release_id, draft.ordinal)
    added = Episode.add(EpisodeId(new_id()), ReleaseId(release_id), draft, context.now)
    context.episodes.add(added)
    return added


async def edit_episode(
    context: EpisodeContext, episode_id: str, draft: EpisodeDraft, *, version: int | None
) -> Episode:
    """Raises :class:`EpisodeNotFound`, :class:`OrdinalTaken`, ``BadSpan``, :class:`Stale`."""
    found = await _episode(context.episodes, episode_id)
    require_version(found.version, version)
    if draft.ordinal != found.ordinal:
        await _ordinal_free(context.episodes, found.release_id, draft.ordinal)
    found.edit(draft, context.now)
    return found


async def publish_episode(context: EpisodeContext, episode_id: str) -> Episode:
    """Show it to viewers; twice is once.  Raises :class:`EpisodeNotFound`, ``NothingToPlay``."""
    found = await _episode(context.episodes, episode_id)
    found.publish(context.now)
    return found


async def delete_episode(context: EpisodeContext, episode_id: str) -> None:
    """Raises :class:`EpisodeNotFound`."""
    found = await _episode(context.episodes, episode_id)
    found.deleted(context.now)
    await context.episodes.remove(found)


async def media_ready(
    context: EpisodeContext,
    episode_id: str,
    *,
    duration_ms: int,
    thumbnail_url: str | None,
    former_thumbnail_url: str | None = None,
) -> None:
    """An episode's video can be streamed; an episode deleted in the meantime is no error.

    ``former_thumbnail_url``: the same picture of a packaging that this one replaces, which will be gone.
    """
    # A release deleted while its video is made ready may be restored.
    found = await context.episodes.stored(episode_id)
    if found is None:
        return
    found.media_ready(duration_ms=duration_ms, thumbnail_url=thumbnail_url, now=context.now)
    parent = await context.releases.get(found.release_id)
    if parent is not None:
        parent.adopt_poster(thumbnail_url, former_url=former_thumbnail_url)


async def mark_found(context: EpisodeContext, episode_id: str, found: Mapping[SpanKind, Span | None]) -> None:
    """What a program found out; an episode deleted in the meantime is no error, and what people say stays."""
    marked = await context.episodes.stored(episode_id)
    if marked is not None:
        for kind, span in found.items():
            marked.mark(kind, span, context.now)


async def _episode(episodes: Episodes, episode_id: str) -> Episode:
    found = await episodes.get(episode_id)
    if found is None:
        raise EpisodeNotFound
    return found


async def _ordinal_free(episodes: Episodes, release_id: str, ordinal: float) -> None:
    if any(known.ordinal == ordinal for known in await episodes.of_release(release_id)):
        raise OrdinalTaken(ordinal=ordinal)
