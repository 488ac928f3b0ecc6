"""Adding, editing, publishing and deleting episodes, and who sees them."""

import pytest

from catalog.releases.episodes import usecases
from catalog.releases.episodes.model import (
    Episode,
    EpisodeDeleted,
    EpisodeDraft,
    EpisodeNotFound,
    NothingToPlay,
    OrdinalTaken,
)
from catalog.releases.model import Release, ReleaseNotFound, Status
from catalog.releases.usecases import Reader
from kernel.errors import Stale
from tests.unit.catalog.releases.memory import Memory

VIEWER = Reader(sees_drafts=False)
EDITOR = Reader(sees_drafts=True)


async def added(memory: Memory, release: Release, ordinal: float = 1) -> Episode:
    episode = await usecases.add_episode(memory.context, release.id, EpisodeDraft(ordinal))
    episode.pull_events()
    return episode


async def test_an_ordinal_stands_once_in_a_release() -> None:
    memory = Memory()
    bunny, sintel = memory.releases.published("bunny"), memory.releases.published("sintel")
    first, second = await added(memory, bunny, 1), await added(memory, bunny, 2)
    await added(memory, sintel, 1)
    with pytest.raises(OrdinalTaken):
        await added(memory, bunny, 2)
    with pytest.raises(OrdinalTaken):
        await usecases.edit_episode(memory.context, second.id, EpisodeDraft(1), version=None)
    await usecases.edit_episode(memory.context, first.id, EpisodeDraft(1, name="One"), version=1)
    assert first.name == "One"


async def test_an_episode_belongs_to_a_release_that_is_there() -> None:
    with pytest.raises(ReleaseNotFound):
        await usecases.add_episode(Memory().context, "x", EpisodeDraft(1))


async def test_what_somebody_else_edited_is_stale() -> None:
    memory = Memory()
    episode = await added(memory, memory.releases.published("bunny"))
    episode.version = 2
    with pytest.raises(Stale):
        await usecases.edit_episode(memory.context, episode.id, EpisodeDraft(1, name="Mine"), version=1)
    assert episode.name != "Mine"


async def test_an_episode_is_published_once_it_has_a_video_and_gives_its_release_a_picture() -> None:
    memory = Memory()
    release = memory.releases.published("bunny")
    episode = await added(memory, release)
    with pytest.raises(NothingToPlay):
        await usecases.publish_episode(memory.context, episode.id)
    await usecases.media_ready(memory.context, episode.id, duration_ms=60_000, thumbnail_url="/old.jpg")
    await usecases.publish_episode(memory.context, episode.id)
    assert (episode.status, episode.duration_ms, release.poster_url) == (Status.PUBLISHED, 60_000, "/old.jpg")
    await usecases.media_ready(
        memory.context,
        episode.id,
        duration_ms=60_000,
        thumbnail_url="/new.jpg",
        former_thumbnail_url="/old.jpg",
    )
    assert release.poster_url == "/new.jpg"


async def test_a_video_may_be_ready_after_its_episode_is_gone_or_its_release_deleted() -> None:
    memory = Memory()
    release = memory.releases.published("bunny")
    episode = await added(memory, release)
    release.delete((episode.id,), memory.now)
    await usecases.media_ready(memory.context, episode.id, duration_ms=60_000, thumbnail_url="/t.jpg")
    assert episode.playable  # whoever restores the release finds it
    await usecases.media_ready(memory.context, "gone", duration_ms=1, thumbnail_url=None)


async def test_viewers_see_published_episodes_of_published_releases() -> None:
    memory = Memory()
    release = memory.releases.published("bunny")
    shown, hidden = memory.episodes.published(release, 2), await added(memory, release, 1)
    assert await usecases.episodes_of(memory.releases, memory.episodes, VIEWER, release.id) == [shown]
    assert await usecases.episodes_of(memory.releases, memory.episodes, EDITOR, release.id) == [hidden, shown]
    assert await usecases.episode(memory.episodes, memory.releases, VIEWER, shown.id) == (shown, release)
    with pytest.raises(EpisodeNotFound):
        await usecases.episode(memory.episodes, memory.releases, VIEWER, hidden.id)
    release.unpublish(memory.now)
    with pytest.raises(EpisodeNotFound):
        await usecases.episode(memory.episodes, memory.releases, VIEWER, shown.id)
    assert await usecases.episode(memory.episodes, memory.releases, EDITOR, hidden.id) == (hidden, release)


async def test_a_deleted_episode_is_gone() -> None:
    memory = Memory()
    episode = await added(memory, memory.releases.published("bunny"))
    await usecases.delete_episode(memory.context, episode.id)
    assert [type(event) for event in episode.pull_events()] == [EpisodeDeleted]
    for change in (
        usecases.delete_episode(memory.context, episode.id),
        usecases.publish_episode(memory.context, episode.id),
        usecases.edit_episode(memory.context, episode.id, EpisodeDraft(1), version=None),
    ):
        with pytest.raises(EpisodeNotFound):
            await change
