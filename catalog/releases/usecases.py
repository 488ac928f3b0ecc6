"""What editors and viewers do with the catalogue, and what that needs from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from catalog.releases.blocks import Blocks
from catalog.releases.model import (
    AliasTaken,
    Genre,
    Release,
    ReleaseDraft,
    ReleaseId,
    ReleaseNotFound,
    Status,
)
from kernel.errors import Stale, UnavailableForLegalReasons
from kernel.ids import is_id, new_id


class ReleaseChanged(Stale):
    """Somebody changed this release in the meantime. Compare with what it is now and repeat your change."""

    code = Stale.code
    """What programs know it by: it says more than that one, and is no other."""

    def __init__(self, release: Release, expected_version: int) -> None:
        super().__init__(expected_version=expected_version, current_version=release.version)
        self.release = release


class Releases(Protocol):
    """The releases, without deleted ones, and the genres they are filed under."""

    async def get(self, release_id: str) -> Release | None:
        """``None`` where there is none with this id."""
        ...

    async def locked(self, release_id: str) -> Release | None:
        """As :meth:`get`; nobody else changes it until the end of the transaction."""
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

    def add(self, release: Release) -> None:
        """Keep a new one."""
        ...

    async def remove(self, release: Release) -> None:
        """Delete it for good, with its episodes."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseContext:
    """What the verbs of releases work with: ports of one transaction, and its moment."""

    releases: Releases
    now: datetime


@dataclass(frozen=True)
class Reader:
    """Who looks: editors see drafts and what is blocked, viewers do not."""

    sees_drafts: bool
    region: str | None = None
    """Where they are (ISO 3166-1 alpha-2); ``None``: unknown."""
    everywhere: bool = False
    """It stands for people in several regions, each of whom is asked by themselves when they play."""

    def check(self, release: Release) -> None:
        """Raises :class:`ReleaseNotFound`, or why it is blocked (:meth:`Blocks.check`)."""
        if self.sees_drafts:
            return
        if release.status is Status.DRAFT:
            raise ReleaseNotFound
        self.check_blocks(release.blocks)

    def check_blocks(self, blocks: Blocks) -> None:
        """Of a published release.  Raises why it is blocked (:meth:`Blocks.check`)."""
        if self.sees_drafts:
            return
        if self.everywhere:
            blocks.check_everywhere()
        else:
            blocks.check(self.region)

    def sees(self, release: Release) -> bool:
        """Whether :meth:`check` lets it pass; in SQL: ``catalog.releases.queries.seen_by``."""
        try:
            self.check(release)
        except (ReleaseNotFound, UnavailableForLegalReasons):
            return False
        return True


async def release(releases: Releases, reader: Reader, release_id: str) -> Release:
    """One that ``reader`` can see.  Raises :class:`ReleaseNotFound`, or why it is blocked (:meth:`Blocks.check`)."""
    found = await existing_release(releases, release_id)
    reader.check(found)
    return found


async def release_called(releases: Releases, key: str) -> Release:
    """The one with this id or alias, whoever may see it.  Raises :class:`ReleaseNotFound`."""
    found = None if "\0" in key else await (releases.get(key) if is_id(key) else releases.by_alias(key))
    if found is None:
        raise ReleaseNotFound
    return found


async def create_release(context: ReleaseContext, draft: ReleaseDraft, genres: Sequence[str]) -> Release:
    """A draft; ``genres`` are names.  Raises :class:`AliasTaken`, ``BadAlias``."""
    if await context.releases.by_alias(draft.alias) is not None:
        raise AliasTaken(alias=draft.alias)
    filed_under = await context.releases.genres_named(genres)
    created = Release.create(ReleaseId(new_id()), draft, filed_under, context.now)
    context.releases.add(created)
    return created


async def edit_release(
    context: ReleaseContext, release_id: str, draft: ReleaseDraft, genres: Sequence[str], *, version: int | None
) -> Release:
    """Replace what is said of a release; ``version`` is the one the editor saw, ``None`` to overwrite any.

    Raises :class:`ReleaseNotFound`, :class:`ReleaseChanged`, :class:`AliasTaken`, ``BadAlias``.
    """
    found = await locked_release(context.releases, release_id, version)
    other = await context.releases.by_alias(draft.alias)
    if other is not None and other.id != found.id:
        raise AliasTaken(alias=draft.alias)
    found.edit(draft, await context.releases.genres_named(genres), context.now)
    return found


async def publish_release(context: ReleaseContext, release_id: str, *, version: int | None = None) -> Release:
    """Show it to viewers; twice is once.  Raises :class:`ReleaseNotFound`, :class:`ReleaseChanged`."""
    found = await locked_release(context.releases, release_id, version)
    found.publish(context.now)
    return found


async def delete_release(
    context: ReleaseContext, episodes: EpisodeIds, release_id: str, *, version: int | None
) -> None:
    """Take it away with its episodes, until it is restored or purged.

    Raises :class:`ReleaseNotFound`, :class:`ReleaseChanged`.
    """
    found = await locked_release(context.releases, release_id, version)
    found.delete(await episodes.ids_of_release(release_id), context.now)


async def existing_release(releases: Releases, release_id: str) -> Release:
    """One whoever may see it.  Raises :class:`ReleaseNotFound`."""
    found = await releases.get(release_id)
    if found is None:
        raise ReleaseNotFound
    return found


async def locked_release(releases: Releases, release_id: str, version: int | None = None) -> Release:
    """One to change, if it still is the ``version`` its editor saw; ``None``: whichever it is.

    Raises :class:`ReleaseNotFound`, :class:`ReleaseChanged`.
    """
    found = await releases.locked(release_id)
    if found is None:
        raise ReleaseNotFound
    if version is not None and version != found.version:
        raise ReleaseChanged(found, version)
    return found


def require_version(present: int, seen: int | None) -> None:
    """Raises :class:`Stale` where somebody has changed it since ``seen``; ``None`` is content with any version."""
    if seen is not None and seen != present:
        raise Stale
