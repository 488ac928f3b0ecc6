"""Mapping genres, and keeping the blacklist."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from catalog.imports.rules.model import (
    BLACKLIST_MAX,
    Blacklist,
    BlacklistEntry,
    BlacklistEntryNotFound,
    BlacklistFull,
    GenreMap,
    ImportRulesChanged,
    Mark,
    SourceGenre,
)
from kernel.events import Event
from kernel.ids import new_id


class Rules(Protocol):
    """What imports are told."""

    async def genre_map(self, source_id: str) -> GenreMap:
        """Of a source, with our own genres."""
        ...

    async def genres(self, source_id: str) -> Sequence[SourceGenre]:
        """The genres a source was seen to have, the unmapped ones first."""
        ...

    async def note_unmapped(self, source_id: str, names: Sequence[str]) -> None:
        """Remember genres that nobody mapped; those that are known stay as they are."""
        ...

    async def map_genres(self, source_id: str, genres: Sequence[SourceGenre]) -> None:
        """Map these from now on; the next run takes every record of the source up again."""
        ...

    async def blacklist_for(self, source_id: str) -> Blacklist:
        """What counts for a source."""
        ...

    async def blacklist(self, *, offset: int, limit: int) -> tuple[Sequence[BlacklistEntry], int]:
        """Newest first, and how many there are."""
        ...

    async def add_entry(self, entry: BlacklistEntry) -> None:
        """Keep a new one."""
        ...

    async def remove_entry(self, entry_id: str) -> bool:
        """Whether there was one."""
        ...

    def announce(self, event: Event) -> None:
        """Record ``event`` with this transaction."""
        ...


async def map_genres(rules: Rules, source_id: str, genres: Sequence[SourceGenre], now: datetime) -> None:
    """From now on these mean that; what was imported before is taken up again by the next run."""
    await rules.map_genres(source_id, genres)
    changes = {each.name: (None, each.genre or each.rule.value) for each in genres[:50]}
    rules.announce(ImportRulesChanged(at=now, source_id=source_id, changes=changes))


async def forbid(
    rules: Rules, source_id: str | None, mark: Mark, value: str, reason: str, *, by: str, now: datetime
) -> BlacklistEntry:
    """Never import a work.  Raises :class:`BlacklistFull`."""
    _, total = await rules.blacklist(offset=0, limit=1)
    if total >= BLACKLIST_MAX:
        raise BlacklistFull
    entry = BlacklistEntry(new_id(), source_id, mark, value, reason, by, now)
    await rules.add_entry(entry)
    rules.announce(ImportRulesChanged(at=now, source_id=source_id, changes={"blacklist": (None, f"{mark}: {value}")}))
    return entry


async def allow(rules: Rules, entry_id: str, now: datetime) -> None:
    """Take an entry of the blacklist away.  Raises :class:`BlacklistEntryNotFound`."""
    if not await rules.remove_entry(entry_id):
        raise BlacklistEntryNotFound
    rules.announce(ImportRulesChanged(at=now, source_id=None, changes={"blacklist": (entry_id, None)}))
