"""Invites in the database: which there are, how often each was used, which were withdrawn."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from kernel.concurrency.group_commit import GroupCommit
from kernel.db import Id, UtcDateTime, metadata
from kernel.scope import Container
from realtime.party.domain.model import Role
from realtime.party.domain.tokens import GUEST_LIFE_S, Invite
from realtime.party.ports import InviteBook, InviteUse, KnownInvite
from realtime.party.stores.repository import upsert

invite_table = sa.Table(
    "party_invite",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("party_id", Id),
    sa.Column("role", sa.String(12), nullable=False, server_default=Role.GUEST.value),
    sa.Column("max_uses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_by", sa.String(64), nullable=False, server_default=""),
    sa.Column("made_at_ms", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("uses", sa.Integer, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_party_invite_party_id", "party_id"),
    sa.Index("ix_party_invite_created_by", "created_by"),
)
"""``party_id`` is empty where an invite was counted before invites were kept, and has not been shown since."""


class SqlInvites:
    """The table; ``use_all`` is what a group commit calls."""

    def __init__(self, container: Container) -> None:
        self._container = container

    async def add(self, invite: Invite) -> None:
        """Store a new one; durable when it returns."""
        async with self._container.scope(write=True) as scope:
            await self.insert(scope.uow.session, invite)

    async def insert(self, session: AsyncSession, invite: Invite) -> None:
        """Store a new one in somebody's transaction."""
        await session.execute(sa.insert(invite_table).values(**_row(invite), uses=0))

    async def use_all(self, invites: Sequence[Invite]) -> list[InviteUse]:
        """Count one use of each, in order, in one transaction."""
        async with self._container.scope(write=True) as scope:
            # One order of locks, so that nodes that count the same invites cannot deadlock.
            order = sorted(range(len(invites)), key=lambda index: invites[index].invite_id)
            outcomes = {index: await _use(scope.uow.session, invites[index]) for index in order}
            return [outcomes[index] for index in range(len(invites))]

    async def is_revoked(self, invite_id: str) -> bool:
        """Whether it was withdrawn."""
        async with self._container.scope(write=False) as scope:
            revoked = await scope.uow.session.scalar(
                sa.select(invite_table.c.revoked).where(invite_table.c.id == invite_id)
            )
            return bool(revoked)

    async def of_party(self, party_id: str, *, limit: int) -> list[KnownInvite]:
        """Those that could still let somebody in, newest first."""
        async with self._container.scope(write=False) as scope:
            rows = await scope.uow.session.execute(
                sa.select(invite_table)
                .where(
                    invite_table.c.party_id == party_id,
                    invite_table.c.revoked.is_(False),
                    invite_table.c.expires_at > scope.clock.now(),
                    sa.or_(invite_table.c.max_uses == 0, invite_table.c.uses < invite_table.c.max_uses),
                )
                .order_by(invite_table.c.id.desc())
                .limit(limit)
            )
            return [_known(row._mapping) for row in rows]

    async def revoke(self, party_id: str, invite_id: str) -> None:
        """Withdraw it, whether it is known yet or not."""
        async with self._container.scope(write=True) as scope:
            await scope.uow.session.execute(
                sa.update(invite_table)
                .where(invite_table.c.party_id == party_id, invite_table.c.id == invite_id)
                .values(revoked=True)
            )

    async def forget_expired(self) -> None:
        """A day later than they end: so long a pass made from a withdrawn one still has to be told from others."""
        async with self._container.scope(write=True) as scope:
            before = scope.clock.now() - timedelta(seconds=GUEST_LIFE_S)
            await scope.uow.session.execute(sa.delete(invite_table).where(invite_table.c.expires_at < before))


class GroupedInvites(InviteBook):
    """An :class:`~realtime.party.ports.InviteBook`: a crowd at the door is counted in few transactions."""

    def __init__(self, table: SqlInvites, commits: GroupCommit[Invite, InviteUse]) -> None:
        self._table = table
        self._commits = commits

    @override
    async def add(self, invite: Invite) -> None:
        await self._table.add(invite)

    @override
    async def use(self, invite: Invite) -> InviteUse:
        return await self._commits.submit(invite)

    @override
    async def is_revoked(self, invite_id: str) -> bool:
        return await self._table.is_revoked(invite_id)

    @override
    async def of_party(self, party_id: str, *, limit: int) -> Sequence[KnownInvite]:
        return await self._table.of_party(party_id, limit=limit)

    @override
    async def revoke(self, party_id: str, invite_id: str) -> None:
        await self._table.revoke(party_id, invite_id)


async def made_by(session: AsyncSession, member_id: str) -> list[tuple[KnownInvite, bool]]:
    """All that somebody made and that are still known, newest first; with each, whether it was withdrawn."""
    rows = await session.execute(
        sa.select(invite_table).where(invite_table.c.created_by == member_id).order_by(invite_table.c.id.desc())
    )
    return [(_known(row._mapping), row.revoked) for row in rows]


async def withdraw_of_member(session: AsyncSession, member_id: str) -> None:
    """End the invites of somebody whose account goes, and forget who made them."""
    await session.execute(
        sa.update(invite_table).where(invite_table.c.created_by == member_id).values(revoked=True, created_by="")
    )


# Inside -------------------------------------------------------------------------------------------------------------


async def _use(session: AsyncSession, invite: Invite) -> InviteUse:
    row = _row(invite)
    statement = upsert(session, invite_table).values(**row, uses=1)
    uses = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=[invite_table.c.id],
            # All of it again, for one that was counted before invites were kept.
            set_={
                "uses": invite_table.c.uses + 1,
                **{name: statement.excluded[name] for name in ("party_id", "role", "max_uses")},
            },
            where=sa.and_(
                invite_table.c.revoked.is_(False),
                sa.or_(sa.literal(invite.max_uses) == 0, invite_table.c.uses < invite.max_uses),
            ),
        ).returning(invite_table.c.uses)
    )
    if uses is not None:
        return InviteUse.COUNTED
    revoked = await session.scalar(sa.select(invite_table.c.revoked).where(invite_table.c.id == invite.invite_id))
    return InviteUse.REVOKED if revoked else InviteUse.USED_UP


def _row(invite: Invite) -> dict[str, Any]:
    return {
        "id": invite.invite_id,
        "party_id": invite.party_id,
        "role": invite.role.value,
        "max_uses": invite.max_uses,
        "created_by": invite.by,
        "made_at_ms": invite.made_at_ms,
        "expires_at": datetime.fromtimestamp(invite.expires_at_s, UTC),
        "revoked": False,
    }


def _known(row: Any) -> KnownInvite:
    invite = Invite(
        invite_id=row["id"],
        party_id=row["party_id"],
        role=Role(row["role"]),
        expires_at_s=int(row["expires_at"].timestamp()),
        max_uses=row["max_uses"],
        by=row["created_by"],
        made_at_ms=row["made_at_ms"],
    )
    return KnownInvite(invite=invite, uses=row["uses"])
