"""What is remembered of a source's records, and what became of them in a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from catalog.imports.applying.plan import Change
from catalog.imports.matching.rules import Ambiguous
from catalog.imports.records.model import Row


class RecordState(StrEnum):
    """What became of a record of a source: a release stands for it, nobody wants it, or it waits for somebody to decide."""

    LINKED = "linked"
    """It is one of our releases."""
    IGNORED = "ignored"
    """Somebody decided that we do not want it."""
    WAITING = "waiting"
    """A person has to decide what it is."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a row came to, and what it changed."""

    key: str
    title: str
    action: Action
    release_id: str | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)
    message: str = ""
    doubt: tuple[Row, Ambiguous] | None = None
    """Of a conflict that is new, or about something else than before."""
