"""Creating, editing, publishing and deleting releases."""

import pytest

from catalog.releases import usecases
from catalog.releases.blocks import Blocks
from catalog.releases.events import ReleaseCreated, ReleaseDeleted, ReleasePublished, ReleaseUpdated
from catalog.releases.model import (
    AliasTaken,
    BadAlias,
    Release,
    ReleaseDraft,
    ReleaseNotFound,
    ReleaseType,
    Status,
)
from catalog.releases.names import Names
from catalog.releases.usecases import Reader, ReleaseChanged
from kernel.errors import Stale, UnavailableForLegalReasons
from tests.unit.catalog.releases.memory import NOW, Memory

VIEWER = Reader(sees_drafts=False, region="NL")
EDITOR = Reader(sees_drafts=True)


def draft(alias: str = "bunny", name: str = "Big Buck Bunny") -> ReleaseDraft:
    return ReleaseDraft(alias, ReleaseType.MOVIE, Names(name))


async def created(memory: Memory, alias: str = "bunny", *genres: str) -> Release:
    release = await usecases.create_release(memory.context, draft(alias), genres)
    release.pull_events()
    return release


async def test_a_release_begins_as_a_draft_in_its_genres() -> None:
    memory = Memory()
    release = await usecases.create_release(memory.context, draft(), ["Comedy", "Short"])
    assert memory.releases.kept == {release.id: release}
    assert (release.status, [genre.name for genre in release.genres]) == (Status.DRAFT, ["Comedy", "Short"])
    assert [type(event) for event in release.pull_events()] == [ReleaseCreated]


async def test_two_releases_do_not_have_one_alias() -> None:
    memory = Memory()
    first, other = await created(memory), await created(memory, "other")
    with pytest.raises(AliasTaken):
        await usecases.create_release(memory.context, draft(), [])
    with pytest.raises(AliasTaken):
        await usecases.edit_release(memory.context, other.id, draft(), [], version=None)
    await usecases.edit_release(memory.context, first.id, draft(name="Renamed"), [], version=1)  # its own is free to it
    assert first.name.main == "Renamed"
    assert [type(event) for event in first.pull_events()] == [ReleaseUpdated]


async def test_what_is_no_alias_creates_nothing() -> None:
    memory = Memory()
    with pytest.raises(BadAlias):
        await usecases.create_release(memory.context, draft("Not An Alias"), [])
    assert memory.releases.kept == {}


async def test_a_deleted_release_frees_its_alias() -> None:
    memory = Memory()
    release = await created(memory)
    await usecases.delete_release(memory.context, memory.episodes, release.id, version=None)
    assert (await created(memory)).alias == "bunny"


async def test_a_release_goes_with_its_episodes() -> None:
    memory = Memory()
    release = memory.releases.published("bunny")
    second, first = memory.episodes.published(release, 2), memory.episodes.published(release, 1)
    release.pull_events()
    await usecases.delete_release(memory.context, memory.episodes, release.id, version=1)
    assert release.pull_events() == [ReleaseDeleted(at=NOW, release_id=release.id, episode_ids=(first.id, second.id))]
    with pytest.raises(ReleaseNotFound):
        await usecases.release(memory.releases, EDITOR, release.id)


async def test_publishing_twice_is_told_once() -> None:
    memory = Memory()
    release = await created(memory)
    await usecases.publish_release(memory.context, release.id, version=1)
    await usecases.publish_release(memory.context, release.id)
    assert [type(event) for event in release.pull_events()] == [ReleasePublished]


async def test_who_comes_second_is_shown_what_it_is_by_now() -> None:
    memory = Memory()
    release = await created(memory)
    release.version = 2
    for change in (
        usecases.edit_release(memory.context, release.id, draft(), [], version=1),
        usecases.publish_release(memory.context, release.id, version=1),
        usecases.delete_release(memory.context, memory.episodes, release.id, version=1),
    ):
        with pytest.raises(ReleaseChanged) as stale:
            await change
        assert stale.value.release is release
    assert (release.status, release.deleted_at, release.pull_events()) == (Status.DRAFT, None, [])


async def test_what_is_not_there_is_not_found() -> None:
    context = Memory().context
    for change in (
        usecases.edit_release(context, "x", draft(), [], version=None),
        usecases.publish_release(context, "x"),
        usecases.delete_release(context, Memory().episodes, "x", version=None),
    ):
        with pytest.raises(ReleaseNotFound):
            await change


async def test_viewers_see_what_is_published_and_not_blocked_where_they_are() -> None:
    memory = Memory()
    release = await created(memory)
    assert await usecases.release(memory.releases, EDITOR, release.id) is release
    with pytest.raises(ReleaseNotFound):
        await usecases.release(memory.releases, VIEWER, release.id)
    release.publish(NOW)
    assert await usecases.release(memory.releases, VIEWER, release.id) is release
    release.blocks = Blocks(regions=("NL",))
    with pytest.raises(UnavailableForLegalReasons):
        await usecases.release(memory.releases, VIEWER, release.id)
    assert await usecases.release(memory.releases, EDITOR, release.id) is release


async def test_a_release_is_called_by_its_id_or_its_alias() -> None:
    memory = Memory()
    release = await created(memory)
    for key in (release.id, "bunny"):
        assert await usecases.release_called(memory.releases, key) is release
    for key in ("rabbit", "bunny\0", ""):
        with pytest.raises(ReleaseNotFound):
            await usecases.release_called(memory.releases, key)


def test_any_version_is_good_for_who_has_seen_none() -> None:
    usecases.require_version(3, None)
    usecases.require_version(3, 3)
    with pytest.raises(Stale):
        usecases.require_version(3, 2)
