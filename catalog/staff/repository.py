"""Everywhere in the catalogue that says who of the staff did something, in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Table, select, update

from catalog.imports.conflicts.repository import import_conflict_table
from catalog.imports.rules.repository import import_blacklist_table
from catalog.imports.runs.repository import import_run_table
from catalog.imports.sources.repository import import_stop_table
from catalog.moderation.proposals.repository import proposal_table
from catalog.moderation.proposals.states import ProposalState
from catalog.moderation.reports.repository import report_table
from catalog.releases.locks.repository import release_lock_table
from catalog.releases.merging.repository import release_merge_table
from catalog.releases.splitting.repository import release_split_table
from catalog.search.learning.repository import alias_candidate_table
from kernel.db import UnitOfWork
from kernel.ids import NOBODY


class _Place(NamedTuple):
    table: Table
    by: str
    at: str
    after: Mapping[str, Any] = MappingProxyType({})
    """What stands there when the account is gone, where ``by`` being NULL and nothing else would say something wrong."""

    def column(self, name: str) -> "Column[str]":
        return self.table.c[name]


PLACES: Final = {
    "merged": _Place(release_merge_table, "merged_by", "merged_at"),
    "merge_undone": _Place(release_merge_table, "undone_by", "undone_at"),
    "split": _Place(release_split_table, "split_by", "split_at"),
    "split_undone": _Place(release_split_table, "undone_by", "undone_at"),
    "locked_field": _Place(release_lock_table, "locked_by", "locked_at"),
    "decided_name": _Place(alias_candidate_table, "decided_by", "decided_at"),
    "blacklisted": _Place(import_blacklist_table, "created_by", "created_at"),
    "stopped_imports": _Place(import_stop_table, "stopped_by", "stopped_at"),
    "decided_conflict": _Place(import_conflict_table, "decided_by", "decided_at"),
    "started_import": _Place(import_run_table, "started_by", "created_at"),
    # Without a decider a proposal was accepted by itself, and counts nothing for the trust in its author.
    "decided_proposal": _Place(proposal_table, "decided_by", "decided_at", {"decided_by": NOBODY}),
    "took_proposal": _Place(
        proposal_table,
        "taken_by",
        "taken_until",
        {
            "taken_by": None,
            "taken_until": None,
            "state": ProposalState.PENDING,
            "version": proposal_table.c.version + 1,
        },
    ),
    "closed_report": _Place(report_table, "closed_by", "closed_at", {"closed_by": NOBODY}),
}
"""What somebody did → where that stands."""
ACTS_MAX: Final = 5_000
"""Of one kind in the copy of somebody's data, the newest: the audit log has all."""


@dataclass(frozen=True, slots=True)
class StaffAct:
    """Something done under somebody's name; ``subject_id`` is the row that says so, or the release of a lock."""

    kind: str
    subject_id: str
    at: datetime | None


class SqlStaffActs:
    """Acts of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def of(self, user_id: str) -> Sequence[StaffAct]:
        """By kind, the newest first."""
        found: list[StaffAct] = []
        for kind, place in PLACES.items():
            first = next(iter(place.table.primary_key.columns))
            at = place.column(place.at)
            query = (
                select(first, at).where(place.column(place.by) == user_id).order_by(at.desc(), first).limit(ACTS_MAX)
            )
            found += [StaffAct(kind, str(row[0]), row[1]) for row in await self._session.execute(query)]
        return found

    async def forget(self, user_id: str) -> None:
        """What was done stays, and nobody's name with it."""
        for place in PLACES.values():
            await self._session.execute(
                update(place.table)
                .where(place.column(place.by) == user_id)
                .values(dict(place.after) or {place.by: None})
            )
