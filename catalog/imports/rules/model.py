"""Genres of sources and ours; and the blacklist."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from catalog.imports.records.model import SourceRecord
from catalog.releases.model import slug_of
from kernel.changes import Changes
from kernel.errors import Conflict, NotFound
from kernel.events import Event
from kernel.text.titles import title_key

GENRE_MAX: Final = 80
BLACKLIST_MAX: Final = 10_000
"""Entries: read whole for each chunk, some 10 ms."""


class BlacklistFull(Conflict):
    """The blacklist holds 10,000 entries, and that is as many as there can be."""


class BlacklistEntryNotFound(NotFound):
    """There is no such entry of the blacklist."""


class GenreRule(StrEnum):
    """What becomes of a genre of a source: one of ours, nothing, or nobody has said."""

    MAPPED = "mapped"
    """It is one of ours."""
    IGNORED = "ignored"
    UNMAPPED = "unmapped"
    """Nobody said yet; it is left out until somebody does."""


@dataclass(frozen=True, slots=True)
class SourceGenre:
    """A genre in a source's own words, and what it is here."""

    name: str
    rule: GenreRule
    genre: str | None = None


def genre_key(name: str) -> str:
    """What a source's spellings of one genre have in common."""
    return slug_of(name)[:GENRE_MAX]


@dataclass(frozen=True, slots=True)
class GenreMap:
    """How the genres of one source are taken over: by their keys; ``ours`` are our own genres by theirs."""

    rules: Mapping[str, SourceGenre]
    ours: Mapping[str, str]

    def translated(self, names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Our genres for a source's, and those it has that nobody mapped.  One that is called as one of ours is that one."""
        found: list[str] = []
        unmapped: list[str] = []
        for name in names:
            key = genre_key(name)
            rule = self.rules.get(key)
            if rule is not None and rule.rule is GenreRule.IGNORED:
                continue
            genre = rule.genre if rule is not None and rule.rule is GenreRule.MAPPED else self.ours.get(key)
            if genre is not None:
                found.append(genre)
            elif key:
                unmapped.append(name)
        return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unmapped))


class Mark(StrEnum):
    """What an entry of the blacklist knows works by."""

    KEY = "key"
    """What the source calls it."""
    TITLE = "title"
    """Any of its names, without regard to case and signs."""
    EXTERNAL_ID = "external-id"
    """Such as ``mal:1``."""


@dataclass(frozen=True, slots=True)
class BlacklistEntry:
    """A work that is never imported, from one source, or from any."""

    id: str
    source_id: str | None
    mark: Mark
    value: str
    reason: str
    created_by: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Blacklist:
    """All entries that count for one source."""

    keys: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entries: Collection[BlacklistEntry]) -> "Blacklist":
        """For looking up."""
        return cls(
            frozenset(each.value for each in entries if each.mark is Mark.KEY),
            frozenset(title_key(each.value) for each in entries if each.mark is Mark.TITLE),
            frozenset(each.value for each in entries if each.mark is Mark.EXTERNAL_ID),
        )

    def holds(self, record: SourceRecord) -> bool:
        """Whether it is not to be imported."""
        return (
            record.key in self.keys
            or any(f"{catalogue}:{number}" in self.ids for catalogue, number in record.external_ids.items())
            or (bool(self.titles) and any(title_key(name.text) in self.titles for name in record.all_names))
        )


@dataclass(frozen=True, kw_only=True)
class ImportRulesChanged(Event):
    """What imports do with genres, or never take, was changed."""

    source_id: str | None
    changes: Changes = field(default_factory=dict)
