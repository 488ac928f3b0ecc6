"""What a watch folder needs of the catalogue."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

from typing_extensions import override

import catalog.releases.episodes.queries
import catalog.releases.queries
import catalog.translations.queries
from catalog.imports.matching.rules import keys_of
from catalog.imports.matching.titles import NamedRelease, meant, spellings
from catalog.releases.model import ReleaseType
from catalog.releases.queries import MAX_VALUES
from kernel.feature import Feature
from kernel.scope import Scope
from streaming.ingest.watch_folder.file_names import WorkTitle
from streaming.ingest.watch_folder.model import WatchedRelease
from streaming.ingest.watch_folder.usecases import WatchCatalogue

T = TypeVar("T")


class CatalogueOfFolder(WatchCatalogue):
    """Releases by alias and by title, with their episodes."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    @override
    async def of_aliases(self, aliases: Collection[str]) -> Mapping[str, WatchedRelease]:
        ids = await catalog.releases.queries.ids_of_aliases(self._session, aliases)
        named = await self._named(ids)
        watched = await self._watched(named)
        return {each.alias: watched[each.release_id] for each in named}

    @override
    async def of_titles(self, titles: Collection[WorkTitle]) -> Mapping[WorkTitle, Sequence[WatchedRelease]]:
        keys = {one: keys_of(spellings(one.title, one.season)) for one in titles}
        ids = set[str]()
        for part in _parts({key for group in keys.values() for key in group}):
            ids |= await catalog.releases.queries.releases_with_name_keys(self._session, part)
            ids.update(await catalog.translations.queries.releases_with_name_keys(self._session, part))
        by_key: dict[str, list[NamedRelease]] = defaultdict(list)
        for each in await self._named(ids):
            for key in keys_of(each.names):
                by_key[key].append(each)
        found = {
            one: meant(
                one.title,
                one.season,
                one.year,
                {each.release_id: each for key in group for each in by_key.get(key, ())}.values(),
            )
            for one, group in keys.items()
        }
        watched = await self._watched({each.release_id: each for group in found.values() for each in group}.values())
        return {one: [watched[each.release_id] for each in group] for one, group in found.items()}

    async def _named(self, release_ids: Collection[str]) -> list[NamedRelease]:
        named = list[NamedRelease]()
        rows = await catalog.releases.queries.names_of(self._session, release_ids)
        for part in _parts({row.release_id: row for row in rows}.values()):
            translated = await catalog.translations.queries.names_of_releases(
                self._session, [row.release_id for row in part]
            )
            for row in part:
                others = [name for name in translated.get(row.release_id, ()) if name]
                film = row.kind is ReleaseType.MOVIE
                named.append(
                    NamedRelease(row.release_id, row.alias, row.names[0], (*row.names, *others), row.year, film)
                )
        return named

    async def _watched(self, named: Iterable[NamedRelease]) -> dict[str, WatchedRelease]:
        watched = dict[str, WatchedRelease]()
        for part in _parts(named):
            episodes, playable = defaultdict[str, dict[float, str]](dict), defaultdict[str, set[str]](set)
            for row in await catalog.releases.episodes.queries.ordinals(
                self._session, [one.release_id for one in part]
            ):
                episodes[row.release_id][row.ordinal] = row.episode_id
                if row.playable:
                    playable[row.release_id].add(row.episode_id)
            for one in part:
                watched[one.release_id] = WatchedRelease(
                    one.release_id,
                    one.title,
                    one.season,
                    one.is_film,
                    episodes[one.release_id],
                    frozenset(playable[one.release_id]),
                )
        return watched


def _parts(values: Iterable[T]) -> Iterable[list[T]]:
    held = list(values)
    return [held[first : first + MAX_VALUES] for first in range(0, len(held), MAX_VALUES)]


JOINED = Feature(ports={WatchCatalogue: CatalogueOfFolder})
"""A part of ``server/wiring.py``."""
