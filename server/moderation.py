"""What moderation in the catalogue needs to know of accounts and teams, bound in ``wiring.py``."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

import accounts.teams.usecases
import catalog.moderation.usecases
from accounts.identity.model import UserDeleted
from accounts.identity.repository import users
from accounts.teams.errors import TeamNotFound
from accounts.teams.usecases import Teams
from catalog.moderation.model import Subject
from catalog.moderation.usecases import Proposals
from kernel.access import Actor
from kernel.scope import Scope


class TeamPermissions:
    """The permissions of teams that count outside them."""

    def __init__(self, scope: Scope) -> None:
        self._teams = scope.port(Teams)

    async def permissions(self, user_id: str, team_id: str) -> frozenset[str]:
        return frozenset(await accounts.teams.usecases.permissions_of(self._teams, user_id=user_id, team_id=team_id))


class Nicknames:
    """What users are called."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def nicknames(self, user_ids: Collection[str]) -> Mapping[str, str]:
        found = await self._session.execute(select(users.c.id, users.c.nickname).where(users.c.id.in_(user_ids)))
        return {row.id: row.nickname for row in found}


class ReportedElsewhere:
    """Users and teams, as something to report."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def title(self, actor: Actor, kind: Subject, target_id: str) -> str | None:
        if kind is Subject.USER:
            return (await Nicknames(self._scope).nicknames([target_id])).get(target_id)
        team = await self._scope.port(Teams).get(target_id)
        if team is None:
            return None
        try:
            team.ensure_visible(actor)
        except TeamNotFound:
            return None
        return team.name


async def author_is_gone(scope: Scope, event: UserDeleted) -> None:
    """Nobody is left to answer questions: what they asked for is withdrawn."""
    await catalog.moderation.usecases.forget_author(scope.port(Proposals), event.user_id, scope.clock.now())
