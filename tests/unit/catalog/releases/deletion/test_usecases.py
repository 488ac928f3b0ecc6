"""Deleted releases: brought back, or gone for good."""

from datetime import timedelta

import pytest

from catalog.releases import usecases as releases
from catalog.releases.deletion import usecases
from catalog.releases.events import ReleasePurged, ReleaseRestored
from catalog.releases.model import RESTORABLE_FOR, AliasTaken, BadAlias, Release, ReleaseNotFound, Status
from tests.unit.catalog.releases.memory import NOW, Memory


async def deleted(memory: Memory, alias: str = "bunny") -> Release:
    release = memory.releases.published(alias)
    await releases.delete_release(memory.context, memory.episodes, release.id, version=None)
    release.pull_events()
    return release


async def test_a_release_comes_back_as_it_was() -> None:
    memory = Memory()
    release = await deleted(memory)
    await usecases.restore(memory.deletion_context, release.id, None)
    assert (release.alias, release.status, release.deleted_at) == ("bunny", Status.PUBLISHED, None)
    assert [type(event) for event in release.pull_events()] == [ReleaseRestored]
    with pytest.raises(ReleaseNotFound):
        await usecases.restore(memory.deletion_context, release.id, None)


async def test_whose_alias_was_taken_meanwhile_comes_back_under_another() -> None:
    memory = Memory()
    release = await deleted(memory)
    memory.releases.published("bunny")
    with pytest.raises(AliasTaken):
        await usecases.restore(memory.deletion_context, release.id, None)
    with pytest.raises(BadAlias):
        await usecases.restore(memory.deletion_context, release.id, "No Alias")
    assert release.deleted_at == NOW
    await usecases.restore(memory.deletion_context, release.id, "bunny-2")
    assert release.alias == "bunny-2"


async def test_what_nobody_restored_in_time_is_gone_with_its_episodes() -> None:
    memory = Memory()
    late = await deleted(memory, "late")
    episode = memory.episodes.published(late)
    memory.now += timedelta(seconds=1)
    early = await deleted(memory, "early")
    memory.now = NOW + RESTORABLE_FOR
    assert await usecases.purge_expired(memory.deletion_context, 10) == 0
    memory.now += timedelta(seconds=1)
    assert await usecases.purge_expired(memory.deletion_context, 10) == 1
    assert late.pull_events() == [ReleasePurged(at=memory.now, release_id=late.id, episode_ids=(episode.id,))]
    assert list(memory.releases.kept) == [early.id]


async def test_no_more_are_purged_at_once_than_asked_for() -> None:
    memory = Memory()
    for number in range(3):
        await deleted(memory, f"show-{number}")
    memory.now += RESTORABLE_FOR * 2
    assert [await usecases.purge_expired(memory.deletion_context, 2) for _ in range(3)] == [2, 1, 0]
