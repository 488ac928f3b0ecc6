"""Several people at a team at once, on both databases."""

import asyncio

import pytest
from sqlalchemy import func, select

from accounts.teams.limits import MAX_TEAMS
from accounts.teams.repository import team_member_table, team_table
from kernel.ids import new_id
from kernel.scope import Container
from tests.conftest import MakeUser
from tests.integration.accounts.teams.rest import Rest
from tests.support.people import PASSWORD, Person

pytestmark = pytest.mark.both_adapters


async def test_of_two_owners_who_leave_at_once_one_stays(rest: Rest, make_user: MakeUser) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    anna = await rest.joined(owner, team_id)
    for _ in range(5):
        owners = await rest.owners(team_id)
        missing = {owner.user_id, anna.user_id} - set(owners)
        stayed = owner if owners[0] == owner.user_id else anna
        for user_id in missing:
            gone = owner if user_id == owner.user_id else anna
            if gone.user_id not in [
                m["user_id"] for m in (await rest.done(None, "GET", f"/{team_id}/members"))["items"]
            ]:
                await rest.joined(stayed, team_id, who=gone)
            body = {"user_id": gone.user_id, "password": PASSWORD}
            await rest.done(stayed, "POST", f"/{team_id}/owners", body)
        answers = await asyncio.gather(
            rest(owner, "POST", f"/{team_id}/leave"), rest(anna, "POST", f"/{team_id}/leave")
        )
        assert sorted(answer.status for answer in answers) == [204, 409]
        assert len(await rest.owners(team_id)) == 1


async def test_leaving_handing_over_and_stepping_down_at_once_leave_an_owner(rest: Rest, make_user: MakeUser) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    anna, bob = await rest.joined(owner, team_id), await rest.joined(owner, team_id)
    await rest.done(owner, "POST", f"/{team_id}/owners", {"user_id": anna.user_id, "password": PASSWORD})
    to_bob = {"user_id": bob.user_id, "password": PASSWORD}
    answers = await asyncio.gather(
        rest(owner, "POST", f"/{team_id}/leave"),
        rest(anna, "POST", f"/{team_id}/transfer", to_bob),
        rest(anna, "POST", f"/{team_id}/step-down"),
        rest(owner, "POST", f"/{team_id}/transfer", to_bob),
        rest(bob, "POST", f"/{team_id}/leave"),
    )
    assert {answer.status for answer in answers} <= {200, 204, 403, 404, 409}
    assert len(await rest.owners(team_id)) >= 1


async def test_a_link_for_three_lets_in_three_of_eight(rest: Rest, make_user: MakeUser) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    token = await rest.link(owner, team_id, max_uses=3)
    crowd = [await make_user() for _ in range(8)]
    answers = await asyncio.gather(*(rest(who, "POST", "/invitations/accept", {"token": token}) for who in crowd))
    assert sorted(answer.status for answer in answers) == [200] * 3 + [410] * 5
    assert (await rest.done(None, "GET", f"/{team_id}"))["members_count"] == 4


async def test_accepting_twice_at_once_is_joining_once(rest: Rest, make_user: MakeUser) -> None:
    owner, anna = await make_user(), await make_user()
    team_id = (await rest.found(owner))["id"]
    token = await rest.link(owner, team_id)
    answers = await asyncio.gather(*(rest(anna, "POST", "/invitations/accept", {"token": token}) for _ in range(4)))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    listed = await rest.done(owner, "GET", f"/{team_id}/invitations")
    assert listed["items"][0]["uses"] == 1


async def test_the_limit_of_teams_holds_for_two_invitations_at_once(
    rest: Rest, make_user: MakeUser, container: Container
) -> None:
    owner, anna = await make_user(), await make_user()
    tokens = [await rest.link(owner, (await rest.found(owner, f"team-{n}"))["id"]) for n in range(3)]
    await fill(container, anna, MAX_TEAMS - 1)
    answers = await asyncio.gather(*(rest(anna, "POST", "/invitations/accept", {"token": token}) for token in tokens))
    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    async with container.scope(write=False) as scope:
        mine = select(func.count()).where(team_member_table.c.user_id == anna.user_id)
        assert await scope.uow.session.scalar(mine) == MAX_TEAMS


async def fill(container: Container, who: Person, count: int) -> None:
    async with container.scope(write=True) as scope:
        now = scope.clock.now()
        for number in range(count):
            id_ = new_id()
            team = {"id": id_, "name": "T", "name_key": "t", "slug": f"t{number}", "description": "", "version": 1}
            team |= {"is_public": True, "trusted": False, "created_at": now, "updated_at": now}
            member = {"team_id": id_, "user_id": who.user_id, "joined_at": now, "changed_at": now}
            await scope.uow.session.execute(team_table.insert().values(**team))
            await scope.uow.session.execute(team_member_table.insert().values(**member, is_owner=True, version=1))


async def test_founding_two_teams_at_one_address_founds_one(rest: Rest, make_user: MakeUser) -> None:
    anna, bob = await make_user(), await make_user()
    body = {"name": "Night Owls", "slug": "night-owls"}
    answers = await asyncio.gather(rest(anna, "POST", "", body), rest(bob, "POST", "", body))
    assert sorted(answer.status for answer in answers) == [201, 409]


async def test_edits_from_one_version_win_once(rest: Rest, make_user: MakeUser) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    answers = await asyncio.gather(
        *(
            rest(owner, "PUT", f"/{team_id}", {"name": f"Owls {n}", "slug": "night-owls"}, If_Match='"v1"')
            for n in range(4)
        )
    )
    assert sorted(answer.status for answer in answers) == [200, 412, 412, 412]


async def test_everybody_deletes_their_account_at_once(rest: Rest, make_user: MakeUser) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    anna = await rest.joined(owner, team_id)
    await rest.done(owner, "POST", f"/{team_id}/owners", {"user_id": anna.user_id, "password": PASSWORD})

    async def delete(who: Person) -> int:
        body = {"password": PASSWORD}
        async with rest.client.post("/api/v1/me/delete", json=body, headers=who.headers) as answer:
            return answer.status

    assert sorted(await asyncio.gather(delete(owner), delete(anna))) == [204, 204]
    assert (await rest(None, "GET", f"/{team_id}")).status == 404, "who came second was alone in it"
