"""Something to watch for the first start: a few clips made on the spot, ingested like any other video."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import catalog.releases.episodes.queries
import catalog.releases.episodes.usecases
import catalog.releases.usecases
import streaming.ingest.adapters.demo
import streaming.ingest.jobs
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.model import EpisodeDraft, EpisodeId, Span
from catalog.releases.episodes.usecases import Episodes
from catalog.releases.model import ReleaseDraft, ReleaseId, ReleaseType, Status
from catalog.releases.names import Names
from catalog.releases.usecases import Releases
from kernel.outbox.relay import Relay
from kernel.scope import Scope
from server.services import Services
from streaming.ingest.adapters.demo import DUSK, MORNING, NIGHT, Look

Show = Callable[[str, float], None]
"""Told what is being done and how far all of it is, from 0 to 1."""

_DRAWING_SHARE = 0.2
"""Of the time a clip takes, as measured; the rest is the ingest."""


@dataclass(frozen=True, slots=True)
class _Work:
    look: Look
    seconds: int
    release: ReleaseDraft
    genres: tuple[str, ...]
    opening: Span | None = None


CONTENT = (
    _Work(
        MORNING,
        20,
        ReleaseDraft(
            "first-light",
            ReleaseType.WEB,
            Names("First light", "First light", "Первый свет"),
            year=2026,
            description="Twenty seconds of morning. Short enough to try seeking, speed and subtitles.",
            episodes_total=1,
        ),
        ("Slice of life", "Demo"),
    ),
    _Work(
        NIGHT,
        20,
        ReleaseDraft(
            "night-train",
            ReleaseType.SPECIAL,
            Names("Night train", "Night train", "Ночной поезд"),
            year=2026,
            description="Twenty seconds of night, by the light of a ball that never tires.",
            episodes_total=1,
        ),
        ("Mystery", "Demo"),
    ),
    _Work(
        DUSK,
        60,
        ReleaseDraft(
            "ani",
            ReleaseType.MOVIE,
            Names("Ani: the first minute", "Ani: the first minute", "Ani: первая минута"),
            year=2026,
            description=(
                "A ball touches the water on every second, with a beep, and a timecode counts the frames: "
                "open it in two windows, press play in one, and see how closely they keep together. "
                "Two languages of sound, two of subtitles."
            ),
            episodes_total=1,
        ),
        ("Adventure", "Demo"),
        opening=Span(0, 5_000),
    ),
)
"""In the order they are made; the newest comes first in the catalogue."""


async def needed(services: Services) -> bool:
    """Whether the catalogue is empty, or holds nothing but what a killed first start left half-made."""
    ours = {work.release.alias for work in CONTENT}
    async with services.container.scope(write=False) as scope:
        found = [made for alias in ours if (made := await scope.port(Releases).by_alias(alias)) is not None]
        total, _ = await catalog.releases.episodes.queries.counts(scope.uow.session)
    only_ours = total == len(found)
    return only_ours and (total < len(ours) or any(release.status is Status.DRAFT for release in found))


async def make(services: Services, show: Show) -> None:
    """Draw, ingest and publish every clip.  Killed half-way, it goes on with the unfinished ones the next time."""
    total_s = sum(work.seconds for work in CONTENT)
    done_s = 0
    with tempfile.TemporaryDirectory(prefix="ani-demo-") as folder:
        for work in CONTENT:
            before, share, title = done_s / total_s, work.seconds / total_s, work.release.name.main
            async with services.container.scope(write=False) as scope:
                known = await scope.port(Releases).by_alias(work.release.alias)
            if known is not None and known.status is Status.PUBLISHED:
                done_s += work.seconds
                continue
            clip = Path(folder, f"{work.release.alias}.mkv")
            show(f"{title}: drawing", before)
            await streaming.ingest.adapters.demo.make(clip, look=work.look, seconds=work.seconds)

            def ingesting(
                stage: str, fraction: float, title: str = title, at: float = before, of: float = share
            ) -> None:
                show(f"{title}: {stage}", at + of * (_DRAWING_SHARE + (1 - _DRAWING_SHARE) * fraction))

            async with services.container.scope(write=True) as scope:
                release_id, episode_id = await _drafts(scope, work)
            await streaming.ingest.jobs.ingest(services.container, clip, episode_id, on_progress=ingesting)
            await Relay(services.container).drain()  # the episode hears that it has media
            async with services.container.scope(write=True) as scope:
                await catalog.releases.episodes.usecases.publish_episode(context_of(scope), episode_id)
                await catalog.releases.usecases.publish_release(context_of(scope), release_id)
            done_s += work.seconds
    show("Ready", 1.0)


async def _drafts(scope: Scope, work: _Work) -> tuple[ReleaseId, EpisodeId]:
    context = context_of(scope)
    releases, episodes = scope.port(Releases), scope.port(Episodes)
    # A start that was killed may have left a draft of the same name.
    release = await releases.by_alias(work.release.alias)
    if release is None:
        release = await catalog.releases.usecases.create_release(context, work.release, work.genres)
        await scope.uow.session.flush()
    known = await episodes.of_release(release.id)
    episode = known[0] if known else None
    if episode is None:
        draft = EpisodeDraft(ordinal=1, opening=work.opening)
        episode = await catalog.releases.episodes.usecases.add_episode(context, release.id, draft)
    return release.id, episode.id
