"""Changing many releases at once: each by itself, all or none, or only told."""

import pytest

from catalog.releases.bulk.model import BulkAction, BulkChange
from catalog.releases.bulk.usecases import change_many
from catalog.releases.model import GENRES_MAX, ReleaseNotFound, Status
from kernel.access import Actor, Role
from kernel.errors import Forbidden
from tests.unit.catalog.releases.memory import Memory

EDITOR = Actor("e", "Ed", Role.EDITOR, "s")
MODERATOR = Actor("m", "Mo", Role.MODERATOR, "s")


async def test_each_is_changed_by_itself() -> None:
    memory = Memory()
    bunny = memory.releases.published("bunny")
    change = BulkChange(fields={"year": 2008}, add_genres=("Comedy",))
    result = await change_many(
        memory.bulk_context(EDITOR), [bunny.id, "gone", bunny.id], change, dry_run=False, all_or_nothing=False
    )
    assert (bunny.year, [genre.name for genre in bunny.genres]) == (2008, ["Comedy"])
    assert [type(each.error) for each in result.outcomes] == [type(None), ReleaseNotFound]


@pytest.mark.parametrize(("dry_run", "all_or_nothing"), [(True, False), (False, True)], ids=["dry run", "all or none"])
async def test_nothing_is_written_where_it_is_only_told_or_one_cannot_be(dry_run: bool, all_or_nothing: bool) -> None:
    memory = Memory()
    bunny = memory.releases.published("bunny")
    result = await change_many(
        memory.bulk_context(EDITOR),
        [bunny.id, "gone"],
        BulkChange(fields={"year": 2008}),
        dry_run=dry_run,
        all_or_nothing=all_or_nothing,
    )
    assert not result.applied
    assert (bunny.year, result.outcomes[0].changes) == (None, {"year": (None, 2008)})


async def test_one_with_too_many_genres_is_left_alone() -> None:
    memory = Memory()
    bunny = memory.releases.published("bunny")
    change = BulkChange(add_genres=tuple(f"Genre {number}" for number in range(GENRES_MAX + 1)))
    result = await change_many(memory.bulk_context(EDITOR), [bunny.id], change, dry_run=False, all_or_nothing=False)
    assert bunny.genres == []
    assert result.outcomes[0].error is not None


async def test_deleting_takes_a_moderator() -> None:
    memory = Memory()
    bunny = memory.releases.published("bunny")
    change = BulkChange(action=BulkAction.DELETE)
    with pytest.raises(Forbidden):
        await change_many(memory.bulk_context(EDITOR), [bunny.id], change, dry_run=True, all_or_nothing=False)
    await change_many(memory.bulk_context(MODERATOR), [bunny.id], change, dry_run=False, all_or_nothing=False)
    assert bunny.deleted_at is not None


async def test_editors_hide_many_at_once() -> None:
    memory = Memory()
    shown = [memory.releases.published(alias) for alias in ("bunny", "sintel")]
    change = BulkChange(action=BulkAction.UNPUBLISH)
    ids = [one.id for one in shown]
    await change_many(memory.bulk_context(EDITOR), ids, change, dry_run=False, all_or_nothing=True)
    assert {one.status for one in shown} == {Status.DRAFT}
