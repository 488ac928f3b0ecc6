"""Credits of teams, counted from accepted proposals."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select

from catalog.moderation.credits.usecases import Credit
from catalog.moderation.proposals.model import ProposalKind
from catalog.moderation.proposals.repository import proposal_table
from catalog.moderation.proposals.states import ProposalState
from catalog.releases.model import Status
from catalog.releases.repository import release_table
from kernel.db import UnitOfWork

_c = proposal_table.c
_CHANGES = func.count().label("changes")
_LAST_AT = func.max(_c.decided_at).label("last_at")


class SqlCredits:
    """Credits of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def of_release(self, release_id: str, *, limit: int) -> list[Credit]:
        """Teams by number of accepted proposals."""
        found = await self._session.execute(
            select(_c.team_id, _CHANGES, _LAST_AT)
            .where(_c.release_id == release_id, _c.team_id.is_not(None), _c.state == ProposalState.ACCEPTED)
            .group_by(_c.team_id)
            .order_by(_CHANGES.desc(), _c.team_id)
            .limit(limit)
        )
        rows = found.all()
        kinds = await self._kinds(_c.team_id, [row.team_id for row in rows], _c.release_id == release_id)
        return [Credit(row.team_id, release_id, tuple(kinds[row.team_id]), row.changes, row.last_at) for row in rows]

    async def of_team(
        self, team_id: str, *, sees_drafts: bool, offset: int, limit: int
    ) -> tuple[Sequence[Credit], int]:
        """Releases by the last accepted proposal, and how many there are."""
        conditions = [_c.team_id == team_id, _c.state == ProposalState.ACCEPTED, release_table.c.id == _c.release_id]
        if not sees_drafts:
            conditions.append(release_table.c.status == Status.PUBLISHED)
        total = await self._session.scalar(select(func.count(_c.release_id.distinct())).where(*conditions))
        found = await self._session.execute(
            select(_c.release_id, _CHANGES, _LAST_AT)
            .where(*conditions)
            .group_by(_c.release_id)
            .order_by(_LAST_AT.desc(), _c.release_id)
            .offset(offset)
            .limit(limit)
        )
        rows = found.all()
        kinds = await self._kinds(_c.release_id, [row.release_id for row in rows], _c.team_id == team_id)
        credits_ = [
            Credit(team_id, row.release_id, tuple(kinds[row.release_id]), row.changes, row.last_at) for row in rows
        ]
        return credits_, total or 0

    async def _kinds(
        self, key: ColumnElement[str], ids: Collection[str], condition: ColumnElement[bool]
    ) -> dict[str, list[ProposalKind]]:
        """What was changed, in the order of :class:`ProposalKind`."""
        found = await self._session.execute(
            select(key.label("key"), _c.kind)
            .where(condition, key.in_(ids), _c.state == ProposalState.ACCEPTED)
            .distinct()
        )
        kinds: dict[str, list[ProposalKind]] = {}
        for row in found:
            kinds.setdefault(row.key, []).append(row.kind)
        return {id_: sorted(some, key=list(ProposalKind).index) for id_, some in kinds.items()}
