"""A record that may be several of our releases, or none, until somebody decides."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from catalog.imports.matching.rules import Ambiguous, Doubt
from catalog.imports.records.model import SourceRecord, to_json
from kernel.entity import Entity
from kernel.errors import Conflict, Invalid, NotFound
from kernel.events import Event

ConflictId = NewType("ConflictId", str)


class ConflictNotFound(NotFound):
    """There is no such conflict of an import."""


class ConflictDecided(Conflict):
    """Somebody decided this already."""


class DecisionIncomplete(Invalid):
    """Say which release it is, one that exists."""


@dataclass(frozen=True, kw_only=True)
class ImportConflictDecided(Event):
    """Somebody decided what an imported record is."""

    conflict_id: str
    source_id: str
    key: str
    decision: str
    release_id: str | None = None


class Decision(StrEnum):
    """What somebody decided."""

    SAME = "same"
    """It is one of our releases."""
    NEW = "new"
    IGNORE = "ignore"
    SETTLED = "settled"
    """Nobody had to: the source or the catalogue said more since."""


@dataclass(eq=False, kw_only=True)
class ImportConflict(Entity):
    """A record with the releases it may be."""

    id: ConflictId
    source_id: str
    key: str
    title: str
    record_json: dict[str, Any]
    digest: str
    doubt: Doubt
    candidates: list[str]
    """Releases, the likeliest first."""
    created_at: datetime
    updated_at: datetime
    decision: Decision | None = None
    release_id: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int = 1

    @classmethod
    def of(
        cls, conflict_id: ConflictId, source_id: str, record: SourceRecord, digest: str, what: Ambiguous, now: datetime
    ) -> "ImportConflict":
        """A new one."""
        return cls(
            id=conflict_id,
            source_id=source_id,
            key=record.key,
            title=record.title,
            record_json=to_json(record),
            digest=digest,
            doubt=what.doubt,
            candidates=list(what.release_ids),
            created_at=now,
            updated_at=now,
        )

    def decide(
        self, decision: Decision, now: datetime, *, release_id: str | None = None, by: str | None = None
    ) -> None:
        """It is settled."""
        self.decision, self.release_id, self.decided_by, self.decided_at = decision, release_id, by, now
        self.updated_at = now
        if by is not None:
            self.record(
                ImportConflictDecided(
                    at=now,
                    conflict_id=self.id,
                    source_id=self.source_id,
                    key=self.key,
                    decision=decision.value,
                    release_id=release_id,
                )
            )

    def again(self, record: SourceRecord, digest: str, what: Ambiguous, now: datetime) -> None:
        """The source says something else of it by now, and it is as doubtful."""
        self.title, self.record_json, self.digest = record.title, to_json(record), digest
        self.doubt, self.candidates, self.updated_at = what.doubt, list(what.release_ids), now
