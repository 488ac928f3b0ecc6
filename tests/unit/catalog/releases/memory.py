"""Releases and their episodes in memory, as the use cases see them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from catalog.releases.bulk.usecases import BulkContext
from catalog.releases.deletion.usecases import DeletionContext
from catalog.releases.episodes.model import Episode, EpisodeDraft, EpisodeId, EpisodePlace
from catalog.releases.episodes.usecases import EpisodeContext
from catalog.releases.locks.model import Lock
from catalog.releases.locks.usecases import LocksContext
from catalog.releases.model import Genre, GenreId, Release, ReleaseDraft, ReleaseId, ReleaseType
from catalog.releases.names import Names
from kernel.access import Actor
from kernel.events import Event
from kernel.ids import new_id

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class MemoryReleases:
    def __init__(self) -> None:
        self.kept: dict[str, Release] = {}

    def published(self, alias: str) -> Release:
        """One that everybody sees."""
        draft = ReleaseDraft(alias, ReleaseType.TV, Names(alias))
        release = Release.create(ReleaseId(new_id()), draft, [], NOW)
        release.publish(NOW)
        self.add(release)
        return release

    async def get(self, release_id: str) -> Release | None:
        found = self.kept.get(release_id)
        return None if found is None or found.deleted_at is not None else found

    async def locked(self, release_id: str) -> Release | None:
        return await self.get(release_id)

    async def by_alias(self, alias: str) -> Release | None:
        return next((one for one in self.kept.values() if one.alias == alias and one.deleted_at is None), None)

    async def many(self, release_ids: Sequence[str]) -> list[Release]:
        found = [await self.get(release_id) for release_id in release_ids]
        return [release for release in found if release is not None]

    async def genres_named(self, names: Sequence[str]) -> list[Genre]:
        known = {genre.name: genre for release in self.kept.values() for genre in release.genres}
        return [known.get(name) or Genre(GenreId(new_id()), name.lower(), name) for name in names]

    def add(self, release: Release) -> None:
        self.kept[release.id] = release

    async def remove(self, release: Release) -> None:
        del self.kept[release.id]


class MemoryEpisodes:
    def __init__(self, releases: MemoryReleases) -> None:
        self._releases = releases
        self.kept: dict[str, Episode] = {}

    def published(self, release: Release, ordinal: float = 1) -> Episode:
        """One that everybody can play."""
        episode = Episode.add(EpisodeId(new_id()), release.id, EpisodeDraft(ordinal), NOW)
        episode.media_ready(duration_ms=60_000, thumbnail_url=None, now=NOW)
        episode.publish(NOW)
        self.add(episode)
        return episode

    async def ids_of_release(self, release_id: str) -> tuple[str, ...]:
        return tuple(episode.id for episode in await self.of_release(release_id))

    async def get(self, episode_id: str) -> Episode | None:
        found = self.kept.get(episode_id)
        return None if found is None or await self._releases.get(found.release_id) is None else found

    async def stored(self, episode_id: str) -> Episode | None:
        return self.kept.get(episode_id)

    async def of_release(self, release_id: str) -> list[Episode]:
        return sorted(
            (one for one in self.kept.values() if one.release_id == release_id), key=lambda episode: episode.ordinal
        )

    async def places(self, release_id: str, *, held: bool = False) -> list[EpisodePlace]:
        found = await self.of_release(release_id)
        return [EpisodePlace(one.id, one.release_id, one.ordinal, one.playable, one.thumbnail_url) for one in found]

    def add(self, episode: Episode) -> None:
        self.kept[episode.id] = episode

    async def remove(self, episode: Episode) -> None:
        del self.kept[episode.id]


class MemoryDeletedReleases:
    """Those of ``releases`` that were deleted."""

    def __init__(self, releases: MemoryReleases) -> None:
        self._releases = releases

    async def get(self, release_id: str) -> Release | None:
        found = self._releases.kept.get(release_id)
        return found if found is not None and found.deleted_at is not None and found.merged_into_id is None else None

    async def merged(self, release_id: str) -> Release | None:
        found = self._releases.kept.get(release_id)
        return found if found is not None and found.merged_into_id is not None else None

    async def page(self, *, offset: int, limit: int) -> tuple[list[Release], int]:
        found = sorted(self._deleted(), key=_deleted_at, reverse=True)
        return found[offset : offset + limit], len(found)

    async def expired(self, before: datetime, limit: int) -> Sequence[Release]:
        return sorted((one for one in self._deleted() if _deleted_at(one) < before), key=_deleted_at)[:limit]

    def _deleted(self) -> list[Release]:
        return [one for one in self._releases.kept.values() if one.deleted_at is not None]


def _deleted_at(release: Release) -> datetime:
    assert release.deleted_at is not None
    return release.deleted_at


class MemoryLocks:
    def __init__(self) -> None:
        self.kept: dict[str, list[Lock]] = {}
        self.events: list[Event] = []

    async def of(self, release_id: str) -> Sequence[Lock]:
        return sorted(self.kept.get(release_id, []), key=lambda lock: lock.field)

    async def replace(self, release_id: str, locks: Sequence[Lock]) -> None:
        self.kept[release_id] = list(locks)

    def announce(self, event: Event) -> None:
        self.events.append(event)


class Memory:
    """A catalogue at the moment ``now``; versions stay 1, for it is the database that counts them."""

    def __init__(self) -> None:
        self.releases = MemoryReleases()
        self.episodes = MemoryEpisodes(self.releases)
        self.locks = MemoryLocks()
        self.now = NOW

    @property
    def context(self) -> EpisodeContext:
        return EpisodeContext(releases=self.releases, episodes=self.episodes, now=self.now)

    @property
    def deletion_context(self) -> DeletionContext:
        return DeletionContext(
            releases=self.releases,
            episodes=self.episodes,
            deleted=MemoryDeletedReleases(self.releases),
            now=self.now,
        )

    @property
    def locks_context(self) -> LocksContext:
        return LocksContext(releases=self.releases, locks=self.locks, now=self.now)

    def bulk_context(self, actor: Actor) -> BulkContext:
        return BulkContext(
            releases=self.releases,
            to_change=_ToChange(self.releases),
            episodes=self.episodes,
            now=self.now,
            actor=actor,
        )


class _ToChange:
    def __init__(self, releases: MemoryReleases) -> None:
        self._releases = releases

    async def locked(self, release_ids: Sequence[str]) -> Mapping[str, Release]:
        return {release.id: release for release in await self._releases.many(release_ids)}
