"""Releases and their episodes in memory, as the use cases see them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from catalog.releases.episodes.model import Episode, EpisodeDraft, EpisodeId
from catalog.releases.model import Genre, GenreId, Release, ReleaseDraft, ReleaseId, ReleaseType, Status
from catalog.releases.names import Names
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

    async def genres(self) -> list[Genre]:
        shown = [release for release in self.kept.values() if release.status is Status.PUBLISHED]
        found = {genre.name: genre for release in shown for genre in release.genres}
        return [found[name] for name in sorted(found)]

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

    def add(self, episode: Episode) -> None:
        self.kept[episode.id] = episode

    async def remove(self, episode: Episode) -> None:
        del self.kept[episode.id]
