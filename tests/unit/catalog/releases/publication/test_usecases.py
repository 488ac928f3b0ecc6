"""Publishing at a moment, and hiding again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from catalog.releases.events import ReleasePublished, ReleaseUnpublished
from catalog.releases.model import AlreadyPublished, BadPublishTime, Release, ReleaseNotFound, Status
from catalog.releases.publication import usecases
from catalog.releases.usecases import ReleaseChanged
from tests.unit.catalog.releases.memory import NOW, Memory

SOON = NOW + timedelta(hours=1)


class Scheduled:
    """Those of a catalogue that are due."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def due(self, now: datetime, limit: int) -> Sequence[Release]:
        waiting = [(one.publish_at, one) for one in self._memory.releases.kept.values() if one.publish_at is not None]
        return [one for at, one in sorted(waiting, key=lambda pair: pair[0]) if at <= now][:limit]


def a_draft(memory: Memory, alias: str = "bunny") -> Release:
    release = memory.releases.published(alias)
    release.unpublish(NOW)
    release.pull_events()
    return release


async def test_a_release_publishes_itself_when_its_time_has_come() -> None:
    memory = Memory()
    release = a_draft(memory)
    await usecases.schedule(memory.context, release.id, SOON, version=1)
    assert await usecases.publish_due(Scheduled(memory), NOW, 10) == 0
    assert await usecases.publish_due(Scheduled(memory), SOON, 10) == 1
    assert (release.status, release.published_at, release.publish_at) == (Status.PUBLISHED, SOON, None)
    assert release.pull_events()[-1] == ReleasePublished(at=SOON, release_id=release.id)
    assert await usecases.publish_due(Scheduled(memory), SOON, 10) == 0


async def test_one_that_is_not_to_publish_itself_any_more_stays_a_draft() -> None:
    memory = Memory()
    release = a_draft(memory)
    await usecases.schedule(memory.context, release.id, SOON, version=None)
    await usecases.schedule(memory.context, release.id, None, version=None)
    assert await usecases.publish_due(Scheduled(memory), SOON, 10) == 0


async def test_what_cannot_be_scheduled() -> None:
    memory = Memory()
    release = a_draft(memory)
    with pytest.raises(BadPublishTime):
        await usecases.schedule(memory.context, release.id, NOW, version=None)
    with pytest.raises(ReleaseChanged):
        await usecases.schedule(memory.context, release.id, SOON, version=2)
    with pytest.raises(ReleaseNotFound):
        await usecases.schedule(memory.context, "x", SOON, version=None)
    with pytest.raises(AlreadyPublished):
        await usecases.schedule(memory.context, memory.releases.published("sintel").id, SOON, version=None)
    assert release.publish_at is None


async def test_hiding_is_told_once() -> None:
    memory = Memory()
    release = memory.releases.published("bunny")
    release.pull_events()
    await usecases.unpublish(memory.context, release.id, version=1)
    await usecases.unpublish(memory.context, release.id, version=None)
    assert [type(event) for event in release.pull_events()] == [ReleaseUnpublished]
    with pytest.raises(ReleaseChanged):
        await usecases.unpublish(memory.context, release.id, version=2)
