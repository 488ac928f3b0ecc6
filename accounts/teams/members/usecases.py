"""Members and owners of a team: the verbs."""

from collections.abc import Collection
from datetime import datetime

from accounts.teams.model import Member, Team
from accounts.teams.usecases import MemberCard, People, Teams, locked
from kernel.access import Actor


async def members(people: People, team: Team, *, search: str = "", role_id: str | None = None) -> list[MemberCard]:
    """Owners first, then by level, then who has been there longest."""
    known = await people.known([member.user_id for member in team.members])
    wanted = search.strip().casefold()
    cards = [
        MemberCard(member, known[member.user_id])
        for member in team.members
        if member.user_id in known
        and wanted in known[member.user_id].nickname.casefold()
        and (role_id is None or any(role.id == role_id for role in member.roles))
    ]
    return sorted(cards, key=lambda card: (-card.member.standing.rank, card.member.joined_at, card.member.user_id))


async def set_roles(
    teams: Teams,
    actor: Actor,
    team_id: str,
    user_id: str,
    role_ids: Collection[str],
    now: datetime,
    *,
    version: int | None,
) -> Member:
    """Raises as :meth:`Team.set_roles`, :class:`TeamNotFound`."""
    team = await locked(teams, actor, team_id)
    member = team.set_roles(actor, user_id, role_ids, now, version=version)
    await teams.flush()
    return member


async def remove_member(teams: Teams, people: People, actor: Actor, team_id: str, user_id: str, now: datetime) -> None:
    """Raises as :meth:`Team.remove_member`, :class:`TeamNotFound`."""
    team = await locked(teams, actor, team_id)
    team.remove_member(actor, user_id, now, banned=await _banned(people, team.owner_ids))


async def leave(teams: Teams, people: People, actor: Actor, team_id: str, now: datetime) -> None:
    """Raises :class:`TeamNotFound`, :class:`MemberNotFound`, :class:`LastOwner`."""
    team = await locked(teams, actor, team_id)
    team.leave(actor.user_id, now, banned=await _banned(people, team.owner_ids))


async def appoint(teams: Teams, people: People, actor: Actor, team_id: str, user_id: str, now: datetime) -> Team:
    """Raises as :meth:`Team.appoint`, :class:`TeamNotFound`."""
    team = await locked(teams, actor, team_id)
    team.appoint(actor, user_id, now, banned=await _banned(people, [user_id]))
    await teams.flush()
    return team


async def transfer(teams: Teams, people: People, actor: Actor, team_id: str, user_id: str, now: datetime) -> Team:
    """Hand one's ownership over, all of it in this transaction. Raises as :meth:`Team.transfer`, :class:`TeamNotFound`."""
    team = await locked(teams, actor, team_id)
    team.transfer(actor, user_id, now, banned=await _banned(people, [user_id]))
    await teams.flush()
    return team


async def step_down(teams: Teams, people: People, actor: Actor, team_id: str, now: datetime) -> Team:
    """Raises :class:`TeamNotFound`, :class:`TeamForbidden`, :class:`LastOwner`."""
    team = await locked(teams, actor, team_id)
    team.step_down(actor, now, banned=await _banned(people, team.owner_ids))
    await teams.flush()
    return team


async def _banned(people: People, user_ids: Collection[str]) -> frozenset[str]:
    """Who of them counts as away. Somebody banned in this very moment still counts as there; an administrator of the site,
    who banned them, can appoint another owner."""
    known = await people.known(user_ids)
    return frozenset(id_ for id_ in user_ids if id_ not in known or known[id_].is_banned)
