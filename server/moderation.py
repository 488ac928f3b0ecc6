"""What moderation in the catalogue needs to know of accounts and teams, and they of it; bound in ``wiring.py``."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, or_, select

import accounts.teams.usecases
import catalog.moderation.proposals.usecases
from accounts.identity.model import UserDeleted
from accounts.identity.repository import users
from accounts.personal.contributions import PAGE, CommentMade, ProposalMade, ReportMade
from accounts.teams.errors import TeamNotFound
from accounts.teams.permissions import Permission
from accounts.teams.repository import team_member_table, team_table
from accounts.teams.usecases import Teams
from catalog.moderation.comments.model import Comment
from catalog.moderation.comments.ports import Comments
from catalog.moderation.comments.repository import comment_table
from catalog.moderation.proposals.model import Proposal
from catalog.moderation.proposals.ports import Proposals, TeamName
from catalog.moderation.proposals.repository import proposal_table
from catalog.moderation.reports.model import Report, Subject
from catalog.moderation.reports.repository import report_table
from kernel.access import Actor, Role
from kernel.scope import Scope


class TeamPermissions:
    """The permissions of teams that count outside them."""

    def __init__(self, scope: Scope) -> None:
        self._teams = scope.port(Teams)

    async def permissions(self, user_id: str, team_id: str) -> frozenset[str]:
        return frozenset(await accounts.teams.usecases.permissions_of(self._teams, user_id=user_id, team_id=team_id))

    async def where(self, user_id: str, permission: str) -> frozenset[str]:
        found = await accounts.teams.usecases.teams_where(
            self._teams, user_id=user_id, permission=Permission(permission)
        )
        return frozenset(one.team.team_id for one in found)


class NamesOfTeams:
    """What teams are called."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def named(self, team_ids: Collection[str]) -> Mapping[str, TeamName]:
        return await self._found(team_table.c.id.in_(team_ids))

    async def visible(self, actor: Actor | None, team_ids: Collection[str]) -> Mapping[str, TeamName]:
        """As ``Team.ensure_visible`` has it, for many at once."""
        if actor is not None and actor.may(Role.MODERATOR):
            return await self.named(team_ids)
        seen: ColumnElement[bool] = team_table.c.is_public
        if actor is not None:
            theirs = select(team_member_table.c.team_id).where(team_member_table.c.user_id == actor.user_id)
            seen = or_(seen, team_table.c.id.in_(theirs))
        return await self._found(team_table.c.id.in_(team_ids), seen)

    async def _found(self, *conditions: ColumnElement[bool]) -> Mapping[str, TeamName]:
        c = team_table.c
        found = await self._session.execute(select(c.id, c.name, c.slug, c.avatar_url).where(*conditions))
        return {row.id: TeamName(row.id, row.name, row.slug, row.avatar_url) for row in found}


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


class ContributionsOf:
    """What a person gave to moderation, for the copy of their data."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def proposals(self, user_id: str, after: str | None) -> Sequence[ProposalMade]:
        c = proposal_table.c
        query = select(Proposal).where(c.author_id == user_id, *_later(c.id, after)).order_by(c.id).limit(PAGE)
        return [
            ProposalMade(
                id=each.id,
                kind=each.kind,
                target_id=each.target_id,
                team_id=each.team_id,
                title=each.title,
                note=each.note,
                changes={name: (change.before, change.after) for name, change in each.diff.items()},
                state=each.state,
                reason=each.reason,
                created_at=each.created_at,
                submitted_at=each.submitted_at,
                decided_at=each.decided_at,
            )
            for each in await self._session.scalars(query)
        ]

    async def comments(self, user_id: str, after: str | None) -> Sequence[CommentMade]:
        c = comment_table.c
        query = select(Comment).where(c.author_id == user_id, *_later(c.id, after)).order_by(c.id).limit(PAGE)
        return [
            CommentMade(
                id=each.id,
                proposal_id=each.proposal_id,
                text=each.text,
                created_at=each.created_at,
                edited_at=each.edited_at,
                deleted_at=each.deleted_at,
            )
            for each in await self._session.scalars(query)
        ]

    async def reports(self, user_id: str, after: str | None) -> Sequence[ReportMade]:
        c = report_table.c
        query = select(Report).where(c.reporter_id == user_id, *_later(c.id, after)).order_by(c.id).limit(PAGE)
        return [
            ReportMade(
                id=each.id,
                kind=each.kind,
                target_id=each.target_id,
                title=each.title,
                reason=each.reason,
                text=each.text,
                state=each.state,
                filed_at=each.filed_at,
                closed_at=each.closed_at,
                outcome=each.outcome,
            )
            for each in await self._session.scalars(query)
        ]


def _later(column: Column[Any], after: str | None) -> list[ColumnElement[bool]]:
    return [] if after is None else [column > after]


async def withdraw_proposals_of_user(scope: Scope, event: UserDeleted) -> None:
    """Nobody is left to answer questions: what they asked for is withdrawn, and what they said is taken back."""
    now = scope.clock.now()
    await catalog.moderation.proposals.usecases.forget_author(scope.port(Proposals), event.user_id, now)
    await scope.port(Comments).forget_author(event.user_id, now)
