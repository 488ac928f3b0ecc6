"""Teams, their members and owners: the verbs.

Who changes a team holds it until the end of the transaction. Who joins one is held first, always in this order, so that two
people who wait for each other cannot be.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.teams import names
from accounts.teams.errors import LastOwner, SoleOwner, TeamNotFound, TooManyTeams
from accounts.teams.limits import MAX_TEAMS
from accounts.teams.model import Member, Person, Team, TeamDraft, end_with_account
from accounts.teams.permissions import Permission, effective
from kernel.access import Actor, Role
from kernel.versions import ensure_unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCard:
    """A team in a list."""

    team_id: str
    name: str
    slug: str
    description: str
    is_public: bool
    trusted: bool
    avatar_url: str | None
    created_at: datetime
    members_count: int


@dataclass(frozen=True, slots=True)
class Membership:
    """A team somebody is in, and their place there."""

    team: TeamCard
    member: Member


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A member with the name others know them by."""

    member: Member
    person: Person


class Teams(Protocol):
    """Where teams are kept, whole: with their roles and members."""

    async def add(self, team: Team) -> None:
        """Raises :class:`SlugTaken`."""
        ...

    async def get(self, team_id: str) -> Team | None:
        """By id, read only; ``None`` for none."""
        ...

    async def by_slug(self, slug: str) -> Team | None:
        """By short address, read only; ``None`` for none."""
        ...

    async def lock(self, team_id: str) -> Team | None:
        """The team as it is now, which nobody else changes until the end of the transaction."""
        ...

    async def flush(self) -> None:
        """Write what changed, so that versions are the new ones. Raises :class:`SlugTaken`."""
        ...

    async def remove(self, team: Team) -> None:
        """Delete the team with all that belongs to it."""
        ...

    async def of_user(self, user_id: str) -> list[Membership]:
        """The teams somebody is in, by name."""
        ...

    async def count_of_user(self, user_id: str) -> int:
        """How many teams somebody is in."""
        ...

    async def find(
        self, *, search: str, viewer_id: str | None, sees_private: bool, offset: int, limit: int
    ) -> tuple[list[TeamCard], int]:
        """One page of the teams ``viewer_id`` can see, by name, and how many there are."""
        ...


class People(Protocol):
    """What identity knows of accounts; bound in ``server/wiring.py``."""

    async def known(self, user_ids: Collection[str]) -> Mapping[str, Person]:
        """User id → person, of those accounts that exist."""
        ...

    async def lock(self, user_id: str) -> None:
        """Until the end of the transaction nobody else makes this person join anything."""
        ...


# Reading.


async def find(
    teams: Teams, actor: Actor | None, *, search: str, offset: int, limit: int
) -> tuple[list[TeamCard], int]:
    """Public teams, one's own, and for moderators of the site all of them."""
    return await teams.find(
        search=search,
        viewer_id=None if actor is None else actor.user_id,
        sees_private=actor is not None and actor.may(Role.MODERATOR),
        offset=offset,
        limit=limit,
    )


async def visible(teams: Teams, actor: Actor | None, team_id: str) -> Team:
    """Raises :class:`TeamNotFound`, also for a private team of others."""
    return _seen(await teams.get(team_id), actor)


async def visible_by_slug(teams: Teams, actor: Actor | None, slug: str) -> Team:
    """Raises :class:`TeamNotFound`, also for a private team of others."""
    # Others than these were never given out, and some of them no database takes.
    return _seen(await teams.by_slug(slug) if names.is_slug(slug) else None, actor)


def _seen(team: Team | None, actor: Actor | None) -> Team:
    if team is None:
        raise TeamNotFound
    team.ensure_visible(actor)
    return team


async def permissions_of(teams: Teams, *, user_id: str, team_id: str) -> frozenset[Permission]:
    """What somebody may do in a team's name, less what only trusted teams may; nothing where they are no member."""
    team = await teams.get(team_id)
    return frozenset() if team is None else team.effective_permissions(user_id)


async def teams_where(teams: Teams, *, user_id: str, permission: Permission | None = None) -> list[Membership]:
    """The teams somebody is in, or those in which they may do something, as :func:`permissions_of` answers it."""
    return [
        found
        for found in await teams.of_user(user_id)
        if permission is None or permission in effective(found.member.standing.permissions, trusted=found.team.trusted)
    ]


# The team itself.


async def found(teams: Teams, people: People, actor: Actor, draft: TeamDraft, now: datetime) -> Team:
    """Raises :class:`TooManyTeams`, :class:`SlugTaken`."""
    await people.lock(actor.user_id)
    await ensure_room(teams, actor.user_id)
    team = Team.found(draft, actor.user_id, now)
    await teams.add(team)
    return team


async def ensure_room(teams: Teams, user_id: str) -> None:
    """Raises :class:`TooManyTeams`; the caller holds the person."""
    if await teams.count_of_user(user_id) >= MAX_TEAMS:
        raise TooManyTeams(limit=MAX_TEAMS)


async def locked(teams: Teams, actor: Actor, team_id: str) -> Team:
    """The team, for a change. Raises :class:`TeamNotFound`, also for a private team of others."""
    return _seen(await teams.lock(team_id), actor)


async def edit(
    teams: Teams, actor: Actor, team_id: str, draft: TeamDraft, now: datetime, *, version: int | None
) -> Team:
    """Raises :class:`TeamNotFound`, :class:`TeamForbidden`, :class:`SlugTaken`, :class:`kernel.errors.Stale`."""
    team = await locked(teams, actor, team_id)
    team.edit(actor, draft, now, version=version)
    await teams.flush()
    return team


async def ensure_may_edit(teams: Teams, actor: Actor, team_id: str) -> None:
    """Raises :class:`TeamNotFound`, :class:`TeamForbidden`."""
    (await visible(teams, actor, team_id)).require(actor, Permission.EDIT_TEAM)


async def show(
    teams: Teams, actor: Actor, team_id: str, avatar_url: str | None, now: datetime, *, version: int | None = None
) -> tuple[Team, str | None]:
    """Another picture, or none; also returns the one before.

    Raises :class:`TeamNotFound`, :class:`TeamForbidden`, :class:`kernel.errors.Stale`.
    """
    team = await locked(teams, actor, team_id)
    ensure_unchanged(team.version, version)
    replaced = team.show(actor, avatar_url, now)
    await teams.flush()
    return team, replaced


async def trust(teams: Teams, actor: Actor, team_id: str, *, trusted: bool, now: datetime) -> Team:
    """Raises :class:`TeamNotFound`, :class:`TeamForbidden`."""
    team = await locked(teams, actor, team_id)
    team.trust(actor, trusted=trusted, now=now)
    await teams.flush()
    return team


async def dissolve(teams: Teams, actor: Actor, team_id: str, now: datetime) -> str | None:
    """Delete a team; returns the address of its picture. Raises :class:`TeamNotFound`, :class:`TeamForbidden`."""
    team = await locked(teams, actor, team_id)
    team.dissolve(actor, now)
    await teams.remove(team)
    return team.avatar_url


# Members and owners.


async def end_account(teams: Teams, people: People, user_id: str, now: datetime) -> list[str]:
    """Take somebody who deletes their account out of all teams; teams of theirs alone end with it.

    Returns the addresses of pictures nobody shows any more. Raises :class:`SoleOwner`, after which nothing of this may be
    committed.
    """
    await people.lock(user_id)
    pictures: list[str] = []
    # In one order everywhere, or two people in the same teams could wait for each other.
    for team_id in sorted(found.team.team_id for found in await teams.of_user(user_id)):
        team = await teams.lock(team_id)
        if team is None or team.member(user_id) is None:
            continue
        try:
            ends = end_with_account(team, user_id, now)
        except LastOwner:
            raise SoleOwner(team=team.name, team_id=team.id) from None
        if ends:
            await teams.remove(team)
            pictures += [team.avatar_url] if team.avatar_url else []
    return pictures


# Roles.
