"""Writing a whole library, piece by piece: never more of it in memory than some releases."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final, Protocol

import orjson
from pydantic import BaseModel

from accounts.library.transfer.document import Work
from accounts.library.transfer.formats.schemas import VERSION, ListPart, ReleasePart
from accounts.library.transfer.jobs import library_of
from accounts.library.transfer.usecases import Library
from kernel.scope import Container

PAGE: Final = 100
"""Releases read in one transaction, so that a slow reader holds none open."""


class ShelvedReleases(Protocol):
    """Every release that a library says something of."""

    async def after(self, user_id: str, release_id: str | None, *, limit: int) -> list[str]:
        """The ones after ``release_id``, by number."""
        ...


async def export(container: Container, user_id: str, now: datetime) -> AsyncIterator[bytes]:
    """A :class:`ani_json.LibraryFile`."""
    head = {"format": "ani-library", "version": VERSION, "exported_at": now}
    yield orjson.dumps(head)[:-1] + b',"lists":['
    async with container.scope(write=False) as scope:
        lists = library_of(scope).lists
        rows = await lists.of_owner(user_id)
        items = await lists.items_of([row.id for row in rows])
    separator = b""
    for row in rows:
        yield separator + _json(ListPart.of(row, list(items.get(row.id, ()))))
        separator = b","
    yield b'],"releases":['
    separator = b""
    async for ids in _released(container, user_id):
        async with container.scope(write=False) as scope:
            parts = await _parts(library_of(scope), user_id, ids)
        for part in parts:
            yield separator + _json(part)
            separator = b","
    yield b"]}"


async def _released(container: Container, user_id: str) -> AsyncIterator[list[str]]:
    """Every release that the library says something of, then those that its owner has but voted for."""
    last: str | None = None
    async with container.scope(write=False) as scope:
        voted = set(await library_of(scope).scores.all_of(user_id))
    while True:
        async with container.scope(write=False) as scope:
            ids = await scope.port(ShelvedReleases).after(user_id, last, limit=PAGE)
        if not ids:
            break
        last = ids[-1]
        voted.difference_update(ids)
        yield ids
    rest = sorted(voted)
    for first in range(0, len(rest), PAGE):
        yield rest[first : first + PAGE]


async def _parts(library: Library, user_id: str, ids: list[str]) -> list[ReleasePart]:
    works = await library.catalogue.works(ids)
    favorites = await library.collections.favorites(user_id, ids)
    shelved = await library.collections.items(user_id, ids)
    history = await library.history.of_releases(user_id, ids)
    episodes = await library.catalogue.episodes(ids)
    scores = await library.scores.of(user_id, ids)
    parts = []
    for id_ in ids:
        favorite, item = favorites.get(id_), shelved.get(id_)
        parts.append(
            ReleasePart.of(
                works.get(id_, Work(release_id=id_)),  # one taken down since is still part of the library
                favorite if favorite and not favorite.removed else None,
                item if item and not item.removed else None,
                scores.get(id_),
                sorted((row for row in history if row.release_id == id_), key=lambda row: row.episode_id),
                {ref.episode.episode_id: ref.ordinal for ref in episodes.get(id_, ())},
            )
        )
    return parts


def _json(part: BaseModel) -> bytes:
    return part.model_dump_json(exclude_none=True).encode()
