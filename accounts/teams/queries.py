"""What teams let others read: plain rows, without the rules of a team."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from accounts.teams.invitations.repository import team_invitation_table
from accounts.teams.repository import team_member_table, team_table


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team, as lists elsewhere show it."""

    team_id: str
    name: str
    slug: str
    avatar_url: str | None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation by letter: to which team, and to which address (folded)."""

    team: str
    email_key: str


async def teams(session: AsyncSession, team_ids: Collection[str]) -> dict[str, TeamRow]:
    """Those of ``team_ids`` that exist."""
    return await _teams(session, team_table.c.id.in_(team_ids))


async def visible_teams(session: AsyncSession, team_ids: Collection[str], member_id: str | None) -> dict[str, TeamRow]:
    """Those of ``team_ids`` that are public, or that ``member_id`` is a member of."""
    seen: ColumnElement[bool] = team_table.c.is_public
    if member_id is not None:
        theirs = select(team_member_table.c.team_id).where(team_member_table.c.user_id == member_id)
        seen = or_(seen, team_table.c.id.in_(theirs))
    return await _teams(session, team_table.c.id.in_(team_ids), seen)


async def team_name(session: AsyncSession, team_id: str) -> str:
    """Empty where there is no such team (any more)."""
    return await session.scalar(select(team_table.c.name).where(team_table.c.id == team_id)) or ""


async def invitation(session: AsyncSession, invitation_id: str) -> InvitationRow | None:
    """``None`` for one that is gone, and for a link, which is addressed to nobody."""
    c = team_invitation_table.c
    row = (
        await session.execute(
            select(team_table.c.name, c.email_key)
            .join(team_table, team_table.c.id == c.team_id)
            .where(c.id == invitation_id, c.email_key.is_not(None))
        )
    ).one_or_none()
    return None if row is None else InvitationRow(row.name, row.email_key)


async def _teams(session: AsyncSession, *conditions: ColumnElement[bool]) -> dict[str, TeamRow]:
    c = team_table.c
    found = await session.execute(select(c.id, c.name, c.slug, c.avatar_url).where(*conditions))
    return {row.id: TeamRow(row.id, row.name, row.slug, row.avatar_url) for row in found}
