"""Every endpoint of teams × everybody who may call it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.teams import routes
from accounts.teams.invitations import routes as invitations
from accounts.teams.members import routes as members
from accounts.teams.roles import routes as roles
from kernel.access import Role
from tests.conftest import MakeUser
from tests.integration.accounts.teams.rest import Rest
from tests.support.people import PASSWORD, Person

SIGNED_OUT, OUTSIDER, MEMBER, EDITOR, MODERATOR, ADMIN, OWNER, SITE_MODERATOR, SITE_ADMIN = everybody = (
    *("signed out", "outsider", "member", "editor", "moderator", "admin", "owner"),
    *("site moderator", "site admin"),
)
ANYBODY = set(everybody)
SIGNED_IN = ANYBODY - {SIGNED_OUT}
MEMBERS = {MEMBER, EDITOR, MODERATOR, ADMIN, OWNER}
INVITERS = {MODERATOR, ADMIN, OWNER}
MANAGERS = INVITERS | {SITE_ADMIN}
EDITORS = {ADMIN, OWNER, SITE_ADMIN}
OWNERS = {OWNER, SITE_ADMIN}

ROLE = {"colour": "#336699", "level": "user", "permissions": []}


@dataclass
class Stage:
    """A team with one of each in it."""

    rest: Rest
    team_id: str
    people: dict[str, Person | None]
    count: int = 0

    @property
    def owner(self) -> Person:
        owner = self.people[OWNER]
        assert owner is not None
        return owner

    def fresh(self) -> str:
        self.count += 1
        return f"Fresh {self.count}"

    async def guest(self) -> Person:
        """Somebody new in the team, without a role."""
        return await self.rest.joined(self.owner, self.team_id)

    async def role(self) -> str:
        made = await self.rest.done(self.owner, "POST", f"/{self.team_id}/roles", {**ROLE, "title": self.fresh()})
        return str(made["id"])

    async def invitation(self) -> str:
        email = f"fresh{self.count}@example.org"
        self.count += 1
        body = {"kind": "email", "email": email}
        return str((await self.rest.done(self.owner, "POST", f"/{self.team_id}/invitations", body))["id"])


@pytest.fixture
async def stage(rest: Rest, make_user: MakeUser) -> Stage:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    people: dict[str, Person | None] = {SIGNED_OUT: None, OUTSIDER: await make_user(), OWNER: owner}
    for level in (MEMBER, EDITOR, MODERATOR, ADMIN):
        people[level] = await rest.joined(owner, team_id, level.title())
    people[SITE_MODERATOR] = await make_user(Role.MODERATOR)
    people[SITE_ADMIN] = await make_user(Role.ADMIN)
    return Stage(rest, team_id, people)


Call = tuple[str, Any]
"""What follows ``/api/v1/teams``, and the body."""
Prepare = Callable[[Stage], Awaitable[Call]]


def plain(path: str, body: Any = None) -> Prepare:
    async def prepare(stage: Stage) -> Call:
        return path.format(team_id=stage.team_id), body

    return prepare


async def found(stage: Stage) -> Call:
    stage.count += 1
    return "", {"name": "Others", "slug": f"others-{stage.count}"}


async def member_roles(stage: Stage) -> Call:
    return f"/{stage.team_id}/members/{(await stage.guest()).user_id}/roles", {"role_ids": []}


async def member(stage: Stage) -> Call:
    return f"/{stage.team_id}/members/{(await stage.guest()).user_id}", None


async def new_owner(stage: Stage) -> Call:
    return f"/{stage.team_id}/owners", {"user_id": (await stage.guest()).user_id, "password": PASSWORD}


async def successor(stage: Stage) -> Call:
    return f"/{stage.team_id}/transfer", {"user_id": (await stage.guest()).user_id, "password": PASSWORD}


async def new_role(stage: Stage) -> Call:
    return f"/{stage.team_id}/roles", {**ROLE, "title": stage.fresh()}


async def order(stage: Stage) -> Call:
    ids = await stage.rest.role_ids(stage.owner, stage.team_id)
    return f"/{stage.team_id}/roles/order", {"role_ids": list(ids.values())}


async def role(stage: Stage) -> Call:
    return f"/{stage.team_id}/roles/{await stage.role()}", {**ROLE, "title": stage.fresh()}


async def invitation(stage: Stage) -> Call:
    return f"/{stage.team_id}/invitations/{await stage.invitation()}", None


async def resend(stage: Stage) -> Call:
    return f"/{stage.team_id}/invitations/{await stage.invitation()}/resend", None


async def foreign_accept(stage: Stage) -> Call:
    return f"/invitations/{await stage.invitation()}/accept", None


async def foreign_decline(stage: Stage) -> Call:
    return f"/invitations/{await stage.invitation()}/decline", None


EDIT = {"name": "Night Owls", "slug": "night-owls"}
LINK = {"kind": "link"}
TOKEN = {"token": "x" * 43}

MATRIX: dict[str, tuple[Prepare, set[str]]] = {
    "GET /api/v1/teams": (plain(""), ANYBODY),
    "POST /api/v1/teams": (found, SIGNED_IN),
    "GET /api/v1/teams/mine": (plain("/mine"), SIGNED_IN),
    "GET /api/v1/teams/by-slug/{slug}": (plain("/by-slug/night-owls"), ANYBODY),
    "GET /api/v1/teams/{team_id}": (plain("/{team_id}"), ANYBODY),
    "PUT /api/v1/teams/{team_id}": (plain("/{team_id}", EDIT), EDITORS),
    "PUT /api/v1/teams/{team_id}/trust": (plain("/{team_id}/trust", {"trusted": True}), {SITE_MODERATOR, SITE_ADMIN}),
    "DELETE /api/v1/teams/{team_id}/avatar": (plain("/{team_id}/avatar"), EDITORS),
    "GET /api/v1/teams/{team_id}/members": (plain("/{team_id}/members"), ANYBODY),
    "PUT /api/v1/teams/{team_id}/members/{user_id}/roles": (member_roles, MANAGERS),
    "DELETE /api/v1/teams/{team_id}/members/{user_id}": (member, MANAGERS),
    "POST /api/v1/teams/{team_id}/owners": (new_owner, OWNERS),
    "GET /api/v1/teams/{team_id}/roles": (plain("/{team_id}/roles"), ANYBODY),
    "POST /api/v1/teams/{team_id}/roles": (new_role, EDITORS),
    "PUT /api/v1/teams/{team_id}/roles/order": (order, EDITORS),
    "PUT /api/v1/teams/{team_id}/roles/{role_id}": (role, EDITORS),
    "DELETE /api/v1/teams/{team_id}/roles/{role_id}": (role, EDITORS),
    "GET /api/v1/teams/{team_id}/invitations": (plain("/{team_id}/invitations"), INVITERS | {SITE_ADMIN}),
    "POST /api/v1/teams/{team_id}/invitations": (plain("/{team_id}/invitations", LINK), INVITERS),
    "POST /api/v1/teams/{team_id}/invitations/{invitation_id}/resend": (resend, INVITERS),
    "DELETE /api/v1/teams/{team_id}/invitations/{invitation_id}": (invitation, INVITERS | {SITE_ADMIN}),
    "GET /api/v1/teams/invitations": (plain("/invitations"), SIGNED_IN),
    # Of others: nobody has those addresses, nor these tokens.
    "POST /api/v1/teams/invitations/look-up": (plain("/invitations/look-up", TOKEN), set()),
    "POST /api/v1/teams/invitations/accept": (plain("/invitations/accept", TOKEN), set()),
    "POST /api/v1/teams/invitations/decline": (plain("/invitations/decline", TOKEN), set()),
    "POST /api/v1/teams/invitations/{invitation_id}/accept": (foreign_accept, set()),
    "POST /api/v1/teams/invitations/{invitation_id}/decline": (foreign_decline, set()),
}
LAST: dict[str, tuple[Prepare, set[str]]] = {
    # These end something of the stage, so who may comes last.
    "POST /api/v1/teams/{team_id}/transfer": (successor, {OWNER}),
    "POST /api/v1/teams/{team_id}/step-down": (plain("/{team_id}/step-down"), {OWNER}),
    "POST /api/v1/teams/{team_id}/leave": (plain("/{team_id}/leave"), MEMBERS),
    "DELETE /api/v1/teams/{team_id}": (plain("/{team_id}"), OWNERS),
}
BY_HAND = {"PUT /api/v1/teams/{team_id}/avatar"}
"""Takes a picture; see ``test_teams.py``."""


def test_the_matrix_knows_every_endpoint() -> None:
    routers = (routes.router, members.router, roles.router, invitations.router)
    endpoints = [endpoint for router in routers for endpoint in router.endpoints]
    assert {f"{e.method} {e.path}" for e in endpoints} == MATRIX.keys() | LAST.keys() | BY_HAND


async def test_who_may_do_what(stage: Stage) -> None:
    wrong: list[str] = []
    for name, (prepare, allowed) in MATRIX.items():
        path, body = await prepare(stage)
        for who in sorted(everybody, key=lambda who: who in allowed):  # those first for whom nothing is to happen
            if who in allowed:
                path, body = await prepare(stage)
            answer = await stage.rest(stage.people[who], name.partition(" ")[0], path, body)
            good = answer.status < 300 if who in allowed else answer.status in refusals(who)
            if not good:
                wrong.append(f"{name} by {who}: {answer}")
    assert wrong == []


def refusals(who: str) -> set[int]:
    return {401, 410} if who == SIGNED_OUT else {403, 404, 410}


async def test_who_may_end_what(stage: Stage) -> None:
    for name, (prepare, allowed) in LAST.items():
        method = name.partition(" ")[0]
        path, body = await prepare(stage)
        for who in everybody:
            if who not in allowed:
                answer = await stage.rest(stage.people[who], method, path, body)
                assert answer.status in refusals(who), (name, who, answer)
    assert await stage.rest.owners(stage.team_id) == [stage.owner.user_id], "nothing of that had an effect"
    for who in (MEMBER, EDITOR, MODERATOR, ADMIN):
        assert (await stage.rest(stage.people[who], "POST", f"/{stage.team_id}/leave")).status == 204
    assert (await stage.rest(stage.owner, "DELETE", f"/{stage.team_id}")).status == 204


async def test_what_belongs_to_one_team_is_out_of_reach_from_another(stage: Stage, make_user: MakeUser) -> None:
    rest, eve = stage.rest, await make_user()
    own = (await rest.found(eve, "eves"))["id"]
    role_id, invitation_id = await stage.role(), await stage.invitation()
    victim = await stage.guest()
    attempts: list[tuple[str, str, Any]] = [
        ("PUT", f"/roles/{role_id}", {**ROLE, "title": "Mine"}),
        ("DELETE", f"/roles/{role_id}", None),
        ("DELETE", f"/invitations/{invitation_id}", None),
        ("POST", f"/invitations/{invitation_id}/resend", None),
        ("DELETE", f"/members/{victim.user_id}", None),
        ("PUT", f"/members/{victim.user_id}/roles", {"role_ids": []}),
        ("PUT", f"/members/{eve.user_id}/roles", {"role_ids": [role_id]}),
        ("POST", "/transfer", {"user_id": victim.user_id, "password": PASSWORD}),
        ("POST", "/invitations", {"kind": "link", "role_id": role_id}),
    ]
    for method, path, body in attempts:
        answer = await rest(eve, method, f"/{own}{path}", body)
        assert answer.status == 404, (method, path, answer)
