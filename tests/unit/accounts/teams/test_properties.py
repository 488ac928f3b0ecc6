"""Whatever a crowd of people tries with a team, in whatever order, some things always hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.teams.invitations.model import Invitation
from accounts.teams.model import Person, Team
from accounts.teams.permissions import Level, Permission, Standing
from accounts.teams.roles import rules
from accounts.teams.roles.model import RoleDraft
from kernel.access import Actor, Role
from kernel.errors import AniError
from tests.unit.accounts.teams.people import NOW, actor, draft

PEOPLE = tuple("abcde")
STEWARD = "steward"

who = st.sampled_from(PEOPLE)
index = st.integers(0, 9)
levels = st.sampled_from(Level)
grants = st.frozensets(st.sampled_from(Permission))


@dataclass
class World:
    """A team, what was sent for it, and who is banned."""

    team: Team = field(default_factory=lambda: Team.found(draft(), "a", NOW))
    invitations: list[Invitation] = field(default_factory=list)
    banned: set[str] = field(default_factory=set)

    def role_id(self, number: int) -> str:
        roles = self.team.roles_in_order()
        return roles[number % len(roles)].id if roles else "none"


Step = Callable[[World, str], str]
"""Does something in somebody's name; returns in whose name it gives anything away."""


def _set_roles(whom: str, numbers: list[int]) -> Step:
    def step(world: World, by: str) -> str:
        world.team.set_roles(_actor(by), whom, [world.role_id(n) for n in numbers], NOW, version=None)
        return by

    return step


def _add_role(level: Level, permissions: frozenset[Permission]) -> Step:
    def step(world: World, by: str) -> str:
        title = f"Role {len(world.team.roles)} {level} {len(permissions)}"
        rules.add_role(world.team, _actor(by), _role(title, level, permissions), NOW)
        return by

    return step


def _change_role(number: int, level: Level, permissions: frozenset[Permission]) -> Step:
    def step(world: World, by: str) -> str:
        role = world.team.role(world.role_id(number))
        changed = _role(role.title, level, permissions)
        rules.change_role(world.team, _actor(by), role.id, changed, NOW, version=None)
        return by

    return step


def _delete_role(number: int) -> Step:
    def step(world: World, by: str) -> str:
        rules.delete_role(world.team, _actor(by), world.role_id(number), NOW)
        return by

    return step


def _invite(number: int | None) -> Step:
    def step(world: World, by: str) -> str:
        role_id = None if number is None else world.role_id(number)
        made, _ = Invitation.by_link(
            world.team, _actor(by), role_id=role_id, lifetime=timedelta(days=1), max_uses=2, now=NOW
        )
        world.invitations.append(made)
        return by

    return step


def _accept(number: int) -> Step:
    def step(world: World, by: str) -> str:
        if not world.invitations:
            return by
        invitation = world.invitations[number % len(world.invitations)]
        invitation.accept(world.team, Person(user_id=by, nickname=by), NOW)
        return invitation.inviter_id

    return step


def _leave(world: World, by: str) -> str:
    world.team.leave(by, NOW, banned=world.banned)
    return by


def _step_down(world: World, by: str) -> str:
    world.team.step_down(_actor(by), NOW, banned=world.banned)
    return by


def _remove(whom: str) -> Step:
    def step(world: World, by: str) -> str:
        world.team.remove_member(_actor(by), whom, NOW, banned=world.banned)
        return by

    return step


def _crown(whom: str, *, transfer: bool) -> Step:
    def step(world: World, by: str) -> str:
        give = world.team.transfer if transfer else world.team.appoint
        give(_actor(by), whom, NOW, banned=world.banned)
        return by

    return step


steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(_set_roles, who, st.lists(index, max_size=3)),
    st.builds(_add_role, levels, grants),
    st.builds(_change_role, index, levels, grants),
    st.builds(_delete_role, index),
    st.builds(_invite, st.none() | index),
    st.builds(_accept, index),
    st.builds(_accept, index),
    st.builds(_remove, who),
    st.builds(_crown, who, transfer=st.booleans()),
    st.just(_leave),
    st.just(_step_down),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.sampled_from((*PEOPLE, STEWARD)), steps), max_size=40))
def test_there_is_always_an_owner_and_nobody_gives_more_than_they_have(history: list[tuple[str, Step]]) -> None:
    world = World()
    for number, person in enumerate(PEOPLE[1:]):  # somebody at every level, or most attempts would come to nothing
        role = world.team.roles_in_order()[number]
        world.team.join(person, invited_by="a", role=role, now=NOW)
    # One of them rules over roles and members, and has little more to give.
    allowed = frozenset({Permission.MANAGE_ROLES, Permission.MANAGE_MEMBERS, Permission.INVITE})
    boss = rules.add_role(world.team, actor("a"), _role("Boss", Level.MODERATOR, allowed), NOW)
    world.team.set_roles(actor("a"), "c", [boss.id], NOW, version=None)
    for by, step in history:
        before = standings(world.team)
        try:
            granter = step(world, by)
        except AniError:
            assert standings(world.team) == before, "what is refused changes nothing"
            continue
        after = standings(world.team)
        assert any(standing.is_owner for standing in after.values())
        assert len({role.title.casefold() for role in world.team.roles}) == len(world.team.roles)
        given_by = before.get(granter, Standing())
        if granter == STEWARD:
            given_by = world.team.standing(_actor(STEWARD))
        ensure_nobody_got_more(before, after, given_by)
        ensure_nobody_reached_up(before, after, by, granter, given_by)


def ensure_nobody_got_more(before: Mapping[str, Standing], after: Mapping[str, Standing], giver: Standing) -> None:
    for person, standing in after.items():
        was = before.get(person, Standing())
        joined_as_user = was.is_outsider and standing.rank == Level.USER.rank
        assert giver.is_owner or standing.rank <= was.rank or joined_as_user or standing.rank < giver.rank
        assert giver.is_owner or standing.permissions - was.permissions <= giver.permissions


def ensure_nobody_reached_up(
    before: Mapping[str, Standing], after: Mapping[str, Standing], by: str, granter: str, giver: Standing
) -> None:
    for person, standing in before.items():
        lowered = person not in after or after[person].rank < standing.rank
        if lowered and person not in {by, granter}:
            assert giver.rank > standing.rank


def standings(team: Team) -> dict[str, Standing]:
    return {member.user_id: member.standing for member in team.members}


def _actor(user_id: str) -> Actor:
    return actor(user_id, Role.ADMIN if user_id == STEWARD else Role.USER)


def _role(title: str, level: Level, permissions: frozenset[Permission]) -> RoleDraft:
    return RoleDraft.parse(title=title, colour="#336699", level=level, permissions=permissions)
