"""Roles of a team: the verbs."""

from collections.abc import Sequence
from datetime import datetime

from accounts.teams.model import Team
from accounts.teams.roles import rules
from accounts.teams.roles.model import RoleDraft, TeamRole
from accounts.teams.usecases import Teams, locked
from kernel.access import Actor
from kernel.versions import ensure_unchanged


async def add_role(teams: Teams, actor: Actor, team_id: str, draft: RoleDraft, now: datetime) -> TeamRole:
    """Raises as :func:`rules.add_role`, :class:`TeamNotFound`."""
    team = await locked(teams, actor, team_id)
    role = rules.add_role(team, actor, draft, now)
    await teams.flush()
    return role


async def change_role(
    teams: Teams, actor: Actor, team_id: str, role_id: str, draft: RoleDraft, now: datetime, *, version: int | None
) -> TeamRole:
    """Raises as :func:`rules.change_role`, :class:`TeamNotFound`."""
    team = await locked(teams, actor, team_id)
    role = rules.change_role(team, actor, role_id, draft, now, version=version)
    await teams.flush()
    return role


async def order_roles(
    teams: Teams, actor: Actor, team_id: str, role_ids: Sequence[str], now: datetime, *, version: int | None
) -> Team:
    """Raises as :func:`rules.order_roles`, :class:`TeamNotFound`, :class:`kernel.errors.Stale`."""
    team = await locked(teams, actor, team_id)
    ensure_unchanged(rules.order_version(team), version)
    rules.order_roles(team, actor, role_ids, now)
    await teams.flush()
    return team


async def delete_role(teams: Teams, actor: Actor, team_id: str, role_id: str, now: datetime) -> None:
    """Raises as :func:`rules.delete_role`, :class:`TeamNotFound`."""
    team = await locked(teams, actor, team_id)
    rules.delete_role(team, actor, role_id, now)
