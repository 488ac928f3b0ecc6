"""Locking fields of a release against imports."""

from datetime import timedelta

import pytest

from catalog.releases.locks import usecases
from catalog.releases.locks.model import Lock, LockedField, ReleaseLocksChanged
from catalog.releases.model import ReleaseNotFound
from tests.unit.catalog.releases.memory import NOW, Memory


async def test_who_locked_a_field_first_stays() -> None:
    memory = Memory()
    release = memory.releases.published("bunny")
    await usecases.lock(memory.locks_context, release.id, [LockedField.YEAR], by="ann")
    memory.now += timedelta(days=1)
    locks = await usecases.lock(memory.locks_context, release.id, [LockedField.YEAR, LockedField.NAME], by="bob")
    assert locks == [Lock(LockedField.NAME, "bob", memory.now), Lock(LockedField.YEAR, "ann", NOW)]
    assert await usecases.locks_of(memory.locks_context, release.id) == locks


async def test_only_what_changes_is_told() -> None:
    memory = Memory()
    release = memory.releases.published("bunny")
    for fields in ([LockedField.YEAR, LockedField.YEAR], [LockedField.YEAR], []):
        await usecases.lock(memory.locks_context, release.id, fields, by="ann")
    assert memory.locks.events == [
        ReleaseLocksChanged(at=NOW, release_id=release.id, changes={"locks": ([], ["year"])}),
        ReleaseLocksChanged(at=NOW, release_id=release.id, changes={"locks": (["year"], [])}),
    ]


async def test_a_release_has_to_be_there() -> None:
    with pytest.raises(ReleaseNotFound):
        await usecases.locks_of(Memory().locks_context, "x")
    with pytest.raises(ReleaseNotFound):
        await usecases.lock(Memory().locks_context, "x", [], by="ann")
