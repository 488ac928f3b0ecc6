"""What libraries need of the catalogue."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import accounts.library.collections.model
import catalog.franchises.queries
import catalog.releases.episodes.queries
import catalog.releases.queries
import catalog.translations.queries
from accounts.library.progress.model import CatalogEpisode
from accounts.library.transfer.document import Work
from accounts.library.transfer.matching import title_keys
from accounts.library.transfer.plan import EpisodeRef
from catalog.releases.episodes.queries import EpisodeRow
from catalog.releases.external_ids import PATTERNS
from catalog.releases.queries import MAX_VALUES, ReleaseRow
from kernel.scope import Scope
from kernel.text.titles import KEY_CHARS

T = TypeVar("T")


def _parts(values: Iterable[T], size: int) -> Iterator[list[T]]:
    held = list(values)
    for first in range(0, len(held), size):
        yield held[first : first + size]


def _episode(row: EpisodeRow) -> CatalogEpisode:
    return CatalogEpisode(
        episode_id=row.episode_id,
        release_id=row.release_id,
        duration_ms=row.duration_ms,
        ending_start_ms=row.ending_start_ms,
    )


class WatchedEpisodes:
    """The episodes that positions are kept for."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def known(self, episode_ids: Collection[str]) -> Mapping[str, CatalogEpisode]:
        """Those of ``episode_ids`` that exist."""
        found = await catalog.releases.episodes.queries.episodes(self._session, episode_ids)
        return {row.episode_id: _episode(row) for row in found.values()}


class PublishedReleases:
    """What viewers can see, for favourites, shelves and "continue watching"."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def known(
        self, release_ids: Collection[str]
    ) -> Mapping[str, accounts.library.collections.model.CatalogRelease]:
        """Those of ``release_ids`` that are published."""
        found = await catalog.releases.queries.published_lengths(self._session, release_ids)
        return {
            one.release_id: accounts.library.collections.model.CatalogRelease(
                release_id=one.release_id, episodes_total=one.episodes_total
            )
            for one in found.values()
        }

    async def in_order(self, release_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The episodes of each that can be watched."""
        return await catalog.releases.episodes.queries.playable_episode_ids(self._session, release_ids)

    async def following(self, release_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Those behind each in the recommended order of its franchise."""
        return await catalog.franchises.queries.following(self._session, release_ids)


class CatalogueWorks:
    """The published catalogue, as imports and exports need it."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def works(self, release_ids: Collection[str]) -> Mapping[str, Work]:
        """Those of ``release_ids`` that are published, with their names in every language."""
        found: dict[str, Work] = {}
        async for page in catalog.releases.queries.published_releases(self._session, release_ids):
            found.update((str(work.release_id), work) for work in await self._works(page))
        return found

    async def with_external_ids(self, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[Work]]:
        """By catalogue and number there: what is published under them."""
        found: dict[tuple[str, str], list[Work]] = {}
        for catalogue in PATTERNS:
            wanted = [number for name, number in keys if name == catalogue]
            async for page in catalog.releases.queries.releases_with_external_ids(self._session, catalogue, wanted):
                for work in await self._works(page):
                    found.setdefault((catalogue, work.external[catalogue]), []).append(work)
        return found

    async def with_titles(self, keys: Collection[str]) -> Mapping[str, Sequence[Work]]:
        """By title key (``kernel.text.titles``): what is published under such a name, in any language."""
        wanted, found = frozenset(keys), dict[str, list[Work]]()
        ids = set[str]()
        # The database holds the beginnings of keys.
        for part in _parts({key[:KEY_CHARS] for key in wanted}, MAX_VALUES):
            ids |= await catalog.releases.queries.releases_with_name_keys(self._session, part)
            ids.update(await catalog.translations.queries.releases_with_name_keys(self._session, part))
        for work in sorted((await self.works(ids)).values(), key=lambda work: str(work.release_id)):
            for key in title_keys(work) & wanted:
                found.setdefault(key, []).append(work)
        return found

    async def episodes(self, release_ids: Collection[str]) -> Mapping[str, Sequence[EpisodeRef]]:
        """The published episodes of each, in their order."""
        seasons: dict[str, list[EpisodeRef]] = {}
        for part in _parts(release_ids, MAX_VALUES):
            for release_id, rows in (
                await catalog.releases.episodes.queries.published_episodes(self._session, part)
            ).items():
                seasons[release_id] = [EpisodeRef(_episode(row), row.ordinal) for row in rows]
        return seasons

    async def _works(self, rows: Sequence[ReleaseRow]) -> list[Work]:
        translated = await catalog.translations.queries.names_of_releases(
            self._session, [row.release_id for row in rows]
        )
        return [
            Work(
                titles=tuple(dict.fromkeys(name for name in (*row.names, *translated.get(row.release_id, ())) if name)),
                year=row.year,
                kind=row.kind,
                release_id=row.release_id,
                external=dict(row.external_ids),
            )
            for row in rows
        ]
