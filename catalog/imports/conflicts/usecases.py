"""Deciding what a record is."""

from dataclasses import dataclass, replace
from datetime import datetime

from catalog.imports.applying import usecases as applying
from catalog.imports.applying.model import KnownRecord, RecordState
from catalog.imports.applying.usecases import ApplyContext
from catalog.imports.conflicts.model import (
    ConflictDecided,
    ConflictNotFound,
    Decision,
    DecisionIncomplete,
    ImportConflict,
)
from catalog.imports.conflicts.ports import Conflicts
from catalog.imports.records.model import Row, of_json
from catalog.imports.sources import usecases as sources_usecases
from catalog.imports.sources.usecases import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionContext:
    """What a decision works with."""

    conflicts: Conflicts
    sources: Sources
    apply: ApplyContext
    """Of any source; its own is put in its place."""
    by: str
    now: datetime


async def get(conflicts: Conflicts, conflict_id: str) -> ImportConflict:
    """Raises :class:`ConflictNotFound`."""
    found = await conflicts.get(conflict_id)
    if found is None:
        raise ConflictNotFound
    return found


async def decide(
    context: DecisionContext, conflict_id: str, decision: Decision, release_id: str | None
) -> ImportConflict:
    """Do at once what somebody decided, and remember it for all runs to come.

    Raises :class:`ConflictNotFound`, :class:`ConflictDecided`, :class:`DecisionIncomplete`.
    """
    conflict = await get(context.conflicts, conflict_id)
    if conflict.decision is not None:
        raise ConflictDecided
    if decision is Decision.SAME and (
        release_id is None or release_id not in await context.conflicts.releases([release_id])
    ):
        raise DecisionIncomplete
    source = await sources_usecases.get(context.sources, conflict.source_id)
    apply = replace(context.apply, source_id=source.id, publish=source.publish)
    row = Row(of_json(conflict.record_json), conflict.digest)
    known = KnownRecord(source.id, conflict.key, conflict.digest, RecordState.WAITING)
    chosen = release_id if decision is Decision.SAME else None
    if decision is Decision.IGNORE:
        await apply.records.keep([replace(known, state=RecordState.IGNORED)])
    else:
        outcome = await applying.link(apply, row, chosen, known)
        chosen = outcome.release_id
    conflict.decide(decision, context.now, release_id=chosen, by=context.by)
    return conflict
