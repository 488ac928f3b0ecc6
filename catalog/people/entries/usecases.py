"""What editors and viewers do with people, studios and tags, and what that needs from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from catalog.people.entries.model import (
    Entry,
    EntryAliasTaken,
    EntryDraft,
    MergedIntoItself,
    StillInUse,
    UnknownEntry,
    alias_from,
    is_key,
    numbered,
)
from catalog.releases.model import Release
from catalog.releases.usecases import Reader, Releases, release_called
from kernel.errors import NotFound
from kernel.events import Event
from kernel.ids import is_id, new_id
from kernel.text.titles import folded, stored_key
from kernel.versions import ensure_unchanged

NAMESAKES: Final = 50
"""Aliases tried before one gets its id as an alias; nobody has so many namesakes in a catalogue."""

Among = Mapping[str, Collection[str]]
"""Field → the values that are wanted."""
NO_CONDITION: Final[Among] = {}

E = TypeVar("E", bound=Entry[Any])


@dataclass(frozen=True, slots=True)
class Counted(Generic[E]):
    """An entry, and how many published releases that the reader sees name it."""

    entry: E
    releases: int


class Entries(Protocol[E]):
    """Where the entries of one kind are kept, and which releases name them."""

    async def get(self, entry_id: str) -> E | None:
        """``None`` where there is none with this id."""
        ...

    async def by_alias(self, alias: str) -> E | None:
        """``None`` where none has this alias."""
        ...

    async def find(
        self, words: Sequence[str], among: Among, reader: Reader, *, offset: int, limit: int
    ) -> tuple[list[Counted[E]], int]:
        """Those with all ``words`` (folded) in their names, and how many; viewers get those that a release they see names."""
        ...

    async def count_releases(self, entry_id: str, reader: Reader, *, drafts: bool) -> int:
        """How many releases that ``reader`` sees name it; without ``drafts`` published ones alone."""
        ...

    async def releases_of(self, entry_id: str, reader: Reader, *, offset: int, limit: int) -> tuple[Sequence[str], int]:
        """One page of the ids of releases that name it and ``reader`` sees, the newest first, and how many there are."""
        ...

    async def resolved(self, keys: Collection[str]) -> Mapping[str, E]:
        """Id or alias, of one that was merged as well → entry, for those of ``keys`` that are known."""
        ...

    async def with_name_keys(self, keys: Collection[str]) -> Mapping[str, E]:
        """Stored key of the name (``kernel.text.titles``) → the oldest entry with it."""
        ...

    def add(self, entry: E) -> None:
        """Keep a new one."""
        ...

    async def remove(self, entry: E) -> None:
        """Delete one that no release names."""
        ...

    async def merge(self, entry: E, into: E) -> None:
        """Let the releases of ``entry`` name ``into``, delete it, and redirect its id and alias."""
        ...


class ReleaseLists(Protocol):
    """What the lists of a release that name entries need."""

    async def lock(self, release_id: str) -> None:
        """Until the end of the transaction nobody else changes the lists of this release."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesContext(Generic[E]):
    """What the use cases here work with: ports of one transaction, who looks, and its moment."""

    kind: type[E]
    missing: type[NotFound]
    """Raised where there is no such entry, or none that ``reader`` may see."""
    entries: Entries[E]
    reader: Reader
    now: datetime


async def find(
    context: EntriesContext[E], text: str, among: Among = NO_CONDITION, *, offset: int, limit: int
) -> tuple[list[Counted[E]], int]:
    """Those whose names contain all words of ``text``; viewers see those that a release they see names."""
    words = folded(text).split()
    if text.strip() and not words:
        return [], 0
    return await context.entries.find(words, among, context.reader, offset=offset, limit=limit)


async def entry(context: EntriesContext[E], key: str) -> Counted[E]:
    """The one with this id or alias, or the one it was merged into.  Raises ``context.missing``."""
    found = await _known(context, key)
    releases = await context.entries.count_releases(found.id, context.reader, drafts=False)
    if not releases and not context.reader.sees_drafts:
        raise context.missing
    return Counted(found, releases)


async def releases_of(context: EntriesContext[E], key: str, *, offset: int, limit: int) -> tuple[E, Sequence[str], int]:
    """The ids of the releases that name an entry, those that the reader can see.  Raises ``context.missing``."""
    found = (await entry(context, key)).entry
    return found, *(await context.entries.releases_of(found.id, context.reader, offset=offset, limit=limit))


async def create(context: EntriesContext[E], draft: EntryDraft) -> E:
    """Raises :class:`EntryAliasTaken` for an alias that was asked for, ``BadAlias``."""
    entry_id = new_id()
    if draft.alias is None:
        alias = await _free_alias(context.entries, draft.name, entry_id)
    else:
        alias = draft.alias
        if await context.entries.by_alias(alias) is not None:
            raise EntryAliasTaken(alias=alias)
    created: E = context.kind.create(entry_id, alias, draft, context.now)
    context.entries.add(created)
    return created


async def edit(context: EntriesContext[E], key: str, draft: EntryDraft, *, version: int | None) -> E:
    """Raises ``context.missing``, :class:`EntryAliasTaken`, ``BadAlias``, ``Stale``."""
    found = await _known(context, key)
    ensure_unchanged(found.version, version)
    if draft.alias is not None:
        other = await context.entries.by_alias(draft.alias)
        if other is not None and other.id != found.id:
            raise EntryAliasTaken(alias=draft.alias)
    found.edit(draft, context.now)
    return found


async def delete(context: EntriesContext[E], key: str, *, version: int | None) -> None:
    """Raises ``context.missing``, :class:`StillInUse`, ``Stale``."""
    found = await _known(context, key)
    ensure_unchanged(found.version, version)
    releases = await context.entries.count_releases(found.id, Reader(sees_drafts=True), drafts=True)
    if releases:
        raise StillInUse(releases=releases)
    found.deleted(context.now)
    await context.entries.remove(found)


async def merge(context: EntriesContext[E], key: str, into: str) -> E:
    """Make one of two: ``into`` stays.  Raises ``context.missing``, :class:`UnknownEntry`, :class:`MergedIntoItself`."""
    found = await _known(context, key)
    [kept] = await resolved(context, [into])
    if kept.id == found.id:
        raise MergedIntoItself
    found.merged_into(kept.id, context.now)
    await context.entries.merge(found, kept)
    return kept


async def named(context: EntriesContext[E], drafts: Sequence[EntryDraft]) -> list[E]:
    """The entries with the names of ``drafts``, made where they are new; two spellings of a name are one.  For imports.

    What is there is left as it is: whoever edited it knew better.
    """
    by_key = {stored_key(draft.name): draft for draft in drafts}
    by_key.pop("", None)
    known = dict(await context.entries.with_name_keys(list(by_key)))
    for key, draft in by_key.items():
        if key not in known:
            known[key] = await create(context, draft)
    return [known[key] for key in by_key]


async def resolved(context: EntriesContext[E], keys: Sequence[str]) -> list[E]:
    """The entry for each of ``keys``, ids or aliases.  Raises :class:`UnknownEntry`."""
    found = await context.entries.resolved({key for key in keys if is_key(key)})
    for key in keys:
        if key not in found:
            raise UnknownEntry(key=key)
    return [found[key] for key in keys]


async def release_with(releases: Releases, reader: Reader, key: str) -> Release:
    """The release with this id or alias, as far as ``reader`` can see it.  Raises ``ReleaseNotFound``, or why it is blocked."""
    found = await release_called(releases, key)
    reader.check(found)
    return found


async def _known(context: EntriesContext[E], key: str) -> E:
    found = (await context.entries.resolved([key])).get(key) if is_key(key) else None
    if found is None:
        raise context.missing
    return found


async def _free_alias(entries: Entries[E], name: str, entry_id: str) -> str:
    wanted = alias_from(name)
    if wanted and not is_id(wanted):
        for alias in (wanted, *(numbered(wanted, number) for number in range(2, NAMESAKES))):
            if await entries.by_alias(alias) is None:
                return alias
    # The end of an id is its random part; the beginning is the time, which those of one import share.
    return f"x-{entry_id[-12:]}"
