"""What moderation in the catalogue needs to know of accounts and teams, and they of it."""

from collections.abc import Collection, Mapping, Sequence

from typing_extensions import override

import accounts.identity.queries
import accounts.teams.queries
import accounts.teams.usecases
import catalog.moderation.proposals.usecases
import catalog.moderation.queries
import catalog.recommendations.similar.queries
from accounts.identity.events import UserDeleted
from accounts.personal.contributions import PAGE, CommentMade, Contributions, ProposalMade, ReportMade
from accounts.teams.errors import TeamNotFound
from accounts.teams.permissions import Permission
from accounts.teams.queries import TeamRow
from accounts.teams.usecases import Teams
from catalog.moderation.comments.ports import Comments
from catalog.moderation.proposals.ports import People, Proposals, TeamName, TeamNames, TeamRights
from catalog.moderation.reports.model import ReportSubject
from catalog.moderation.reports.ports import Subjects
from catalog.releases.locks.usecases import Lockers
from kernel.access import Actor, Role
from kernel.feature import Feature
from kernel.scope import Scope


class TeamPermissions:
    """The permissions of teams that count outside them."""

    def __init__(self, scope: Scope) -> None:
        self._teams = scope.port(Teams)

    async def permissions(self, user_id: str, team_id: str) -> frozenset[str]:
        """What a user may do in the name of a team, by the names that count outside it."""
        return frozenset(await accounts.teams.usecases.permissions_of(self._teams, user_id=user_id, team_id=team_id))

    async def where(self, user_id: str, permission: str) -> frozenset[str]:
        """The teams in whose name a user may do this."""
        found = await accounts.teams.usecases.teams_where(
            self._teams, user_id=user_id, permission=Permission(permission)
        )
        return frozenset(one.team.team_id for one in found)


class NamesOfTeams:
    """What teams are called."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def named(self, team_ids: Collection[str]) -> Mapping[str, TeamName]:
        """Those of ``team_ids`` that exist."""
        return _names(await accounts.teams.queries.teams(self._session, team_ids))

    async def visible(self, actor: Actor | None, team_ids: Collection[str]) -> Mapping[str, TeamName]:
        """As ``Team.ensure_visible`` has it, for many at once."""
        if actor is not None and actor.may(Role.MODERATOR):
            return await self.named(team_ids)
        member_id = None if actor is None else actor.user_id
        return _names(await accounts.teams.queries.visible_teams(self._session, team_ids, member_id))


def _names(rows: Mapping[str, TeamRow]) -> Mapping[str, TeamName]:
    return {row.team_id: TeamName(row.team_id, row.name, row.slug, row.avatar_url) for row in rows.values()}


class Nicknames:
    """What users are called."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    async def nicknames(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """Of those of ``user_ids`` that exist."""
        return await accounts.identity.queries.nicknames(self._session, user_ids)


class ReportedElsewhere(Subjects):
    """Users, teams and pairs of similar releases, as something to report."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    async def title(self, actor: Actor, kind: ReportSubject, target_id: str) -> str | None:
        """What it is called; ``None`` where there is no such thing that ``actor`` can see."""
        if kind is ReportSubject.USER:
            return (await Nicknames(self._scope).nicknames([target_id])).get(target_id)
        if kind is ReportSubject.SIMILAR:
            return await catalog.recommendations.similar.queries.title(self._scope.uow.session, target_id)
        team = await self._scope.port(Teams).get(target_id)
        if team is None:
            return None
        try:
            team.ensure_visible(actor)
        except TeamNotFound:
            return None
        return team.name

    @override
    async def releases_of(self, pair_ids: Collection[str]) -> Mapping[str, str]:
        return await catalog.recommendations.similar.queries.releases_of(self._scope.uow.session, pair_ids)


class ContributionsOf(Contributions):
    """What a person gave to moderation, for the copy of their data."""

    def __init__(self, scope: Scope) -> None:
        self._session = scope.uow.session

    @override
    async def proposals(self, user_id: str, after: str | None) -> Sequence[ProposalMade]:
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
            for each in await catalog.moderation.queries.proposals_of(self._session, user_id, after, PAGE)
        ]

    @override
    async def comments(self, user_id: str, after: str | None) -> Sequence[CommentMade]:
        return [
            CommentMade(
                id=each.id,
                proposal_id=each.proposal_id,
                text=each.text,
                created_at=each.created_at,
                edited_at=each.edited_at,
                deleted_at=each.deleted_at,
            )
            for each in await catalog.moderation.queries.comments_of(self._session, user_id, after, PAGE)
        ]

    @override
    async def reports(self, user_id: str, after: str | None) -> Sequence[ReportMade]:
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
            for each in await catalog.moderation.queries.reports_of(self._session, user_id, after, PAGE)
        ]


async def withdraw_proposals_of_user(scope: Scope, event: UserDeleted) -> None:
    """Nobody is left to answer questions: what they asked for is withdrawn, and what they said is taken back."""
    now = scope.clock.now()
    await catalog.moderation.proposals.usecases.forget_author(scope.port(Proposals), event.user_id, now)
    await scope.port(Comments).forget_author(event.user_id, now)


JOINED = Feature(
    ports={
        TeamRights: TeamPermissions,
        People: Nicknames,
        Lockers: Nicknames,
        TeamNames: NamesOfTeams,
        Subjects: ReportedElsewhere,
    }
)
