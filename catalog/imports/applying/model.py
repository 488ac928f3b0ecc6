"""What is remembered of a source's records, and what became of them in a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from catalog.imports.applying.plan import Change
from catalog.imports.matching.rules import Ambiguous
from catalog.imports.records.model import Row, SourceRelation

MERGED: Final = "merged_into"
"""Beside the fields in what was written: release → what went there while the record's own was a part of it."""


class RecordState(StrEnum):
    """What became of a record of a source: a release stands for it, nobody wants it, or it waits for somebody to decide."""

    LINKED = "linked"
    """It is one of our releases."""
    IGNORED = "ignored"
    """Somebody decided that we do not want it."""
    WAITING = "waiting"
    """A person has to decide what it is."""


@dataclass(frozen=True, slots=True)
class RecordMark:
    """What tells whether a record says anything new."""

    key: str
    digest: str
    state: RecordState
    release_id: str | None
    was_merged: bool
    """Whether its release was a part of another one when the record was taken last."""


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record that a source had in an earlier run, or earlier in this one."""

    source_id: str
    key: str
    digest: str
    state: RecordState
    release_id: str | None = None
    written: Mapping[str, Any] = field(default_factory=dict)
    """Field → what this source wrote there last: what is otherwise by now was edited by somebody."""

    def written_to(self, release_id: str) -> Mapping[str, Any]:
        """What was written last to its release, or to one that this was a part of; at first there as what it brought along."""
        own = {name: value for name, value in self.written.items() if name != MERGED}
        found: Mapping[str, Any] = self.written.get(MERGED, {}).get(release_id, own)
        return found

    def writing(self, release_id: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """What to remember of ``values`` written to ``release_id``; what was written to the linked one stays for when they part."""
        if release_id == self.release_id:
            return dict(values)
        return {**self.written, MERGED: {release_id: dict(values)}}


class Action(StrEnum):
    """What a row came to."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    IGNORED = "ignored"
    BLACKLISTED = "blacklisted"
    REMOVED = "removed"
    """Its release was deleted by an editor, and is not made again."""
    FAILED = "failed"


TAKEN: Final = frozenset({Action.CREATED, Action.UPDATED, Action.UNCHANGED})
"""The record is a release then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a row came to, and what it changed."""

    key: str
    title: str
    action: Action
    release_id: str | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)
    message: str = ""
    says: tuple[SourceRelation, ...] | None = None
    """Of a dry run the relations that nobody made or refused yet, in place of what its record said before; ``None``: it never said any."""
    links: bool = False
    """Of a dry run: whether its record would be a release that it was not before."""
    doubt: tuple[Row, Ambiguous] | None = None
    """Of a conflict that is new, or about something else than before."""
