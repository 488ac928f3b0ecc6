"""What editors and viewers do with the catalogue, and what that needs from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.releases.model import (
    AliasTaken,
    Genre,
    Release,
    ReleaseDraft,
    ReleaseId,
    ReleaseNotFound,
    Status,
)
from kernel.errors import Stale
from kernel.ids import new_id


class Releases(Protocol):
    """The releases, and the genres they are filed under."""

    async def get(self, release_id: str) -> Release | None:
        """``None`` where there is none with this id."""
        ...

    async def by_alias(self, alias: str) -> Release | None:
        """``None`` where none has this alias."""
        ...

    async def many(self, release_ids: Sequence[str]) -> list[Release]:
        """Those of ``release_ids`` that exist, in this order."""
        ...

    async def genres_named(self, names: Sequence[str]) -> list[Genre]:
        """The genres with these names, made where they are new."""
        ...

    async def genres(self) -> list[Genre]:
        """All genres that a published release has, by name."""
        ...

    def add(self, release: Release) -> None:
        """Keep a new one."""
        ...

    async def remove(self, release: Release) -> None:
        """Delete it with its episodes."""
        ...


class EpisodeIds(Protocol):
    """Which episodes a release has."""

    async def ids_of_release(self, release_id: str) -> tuple[str, ...]:
        """By ordinal, drafts too."""
        ...


class NameSearch(Protocol):
    """Finds releases by what people remember of their names."""

    async def find(self, text: str, *, drafts: bool) -> Sequence[str] | None:
        """The identifiers of the releases meant, best first; ``None`` while the names are not read yet."""
        ...


class TranslatedText(Protocol):
    """What a release or an episode is called in another language; empty where the original's name stands."""

    @property
    def language(self) -> str:
        """Canonical BCP 47."""
        ...

    @property
    def name(self) -> str:
        """Empty where the original's stands."""
        ...

    @property
    def description(self) -> str:
        """Empty where the original's stands, and for episodes."""
        ...

    @property
    def version(self) -> int:
        """Counts up with every change."""
        ...


class TranslatedTexts(Protocol):
    """Texts in other languages."""

    async def best(self, subject_ids: Collection[str], language: str) -> Mapping[str, TranslatedText]:
        """For each release or episode that has one, the text for a reader of ``language`` (canonical BCP 47)."""
        ...


@dataclass(frozen=True)
class Reader:
    """Who looks: editors see drafts, viewers do not."""

    sees_drafts: bool


async def release(releases: Releases, reader: Reader, release_id: str) -> Release:
    """One that ``reader`` can see.  Raises :class:`ReleaseNotFound`."""
    found = await releases.get(release_id)
    if found is None or (found.status is Status.DRAFT and not reader.sees_drafts):
        raise ReleaseNotFound
    return found


async def create_release(releases: Releases, draft: ReleaseDraft, genres: Sequence[str], now: datetime) -> Release:
    """A draft; ``genres`` are names.  Raises :class:`AliasTaken`, ``BadAlias``."""
    if await releases.by_alias(draft.alias) is not None:
        raise AliasTaken(alias=draft.alias)
    created = Release.create(ReleaseId(new_id()), draft, await releases.genres_named(genres), now)
    releases.add(created)
    return created


async def edit_release(
    releases: Releases,
    release_id: str,
    draft: ReleaseDraft,
    genres: Sequence[str],
    now: datetime,
    *,
    version: int | None,
) -> Release:
    """Replace what is said of a release; ``version`` is the one the editor saw, ``None`` to overwrite any."""
    found = await existing_release(releases, release_id)
    require_version(found.version, version)
    other = await releases.by_alias(draft.alias)
    if other is not None and other.id != found.id:
        raise AliasTaken(alias=draft.alias)
    found.edit(draft, await releases.genres_named(genres), now)
    return found


async def publish_release(releases: Releases, release_id: str, now: datetime) -> Release:
    """Show it to viewers; twice is once.  Raises :class:`ReleaseNotFound`."""
    found = await existing_release(releases, release_id)
    found.publish(now)
    return found


async def delete_release(
    releases: Releases, episodes: EpisodeIds, release_id: str, now: datetime, *, version: int | None
) -> None:
    """With its episodes.  Raises :class:`ReleaseNotFound`, :class:`Stale`."""
    found = await existing_release(releases, release_id)
    require_version(found.version, version)
    found.deleted(await episodes.ids_of_release(release_id), now)
    await releases.remove(found)


async def existing_release(releases: Releases, release_id: str) -> Release:
    """One whoever may see it.  Raises :class:`ReleaseNotFound`."""
    found = await releases.get(release_id)
    if found is None:
        raise ReleaseNotFound
    return found


def require_version(present: int, seen: int | None) -> None:
    """Raises :class:`Stale` where somebody has changed it since ``seen``; ``None`` is content with any version."""
    if seen is not None and seen != present:
        raise Stale
