"""Teams over REST and in the database: founding, finding, editing, members, roles, owners, the end."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from accounts.identity.repository import users
from accounts.teams.limits import MAX_TEAMS
from accounts.teams.permissions import Permission
from accounts.teams.repository import team_member_role_table, team_member_table, team_role_table, team_table
from accounts.teams.usecases import Teams, permissions_of, teams_where
from kernel.access import Role
from kernel.ids import new_id
from kernel.images.pictures import pictures
from kernel.outbox.relay import Relay
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser
from tests.integration.accounts.teams.rest import Rest
from tests.support.people import PASSWORD, Person

CHANGES = {"name": "Day Owls", "slug": "day-owls", "description": "Up early.", "visibility": "public"}


async def rows(container: Container, *tables: Any) -> list[int]:
    async with container.scope(write=False) as scope:
        return [await scope.uow.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def audited(client: AppClient, container: Container, admin: Person, team_id: str) -> list[dict[str, Any]]:
    await Relay(container).drain()
    async with client.get(f"/api/v1/admin/audit?subject_id={team_id}&page_size=200", headers=admin.headers) as answer:
        return list(reversed((await answer.json())["items"]))


@pytest.mark.both_adapters
async def test_a_team_is_founded_found_edited_and_deleted(rest: Rest, make_user: MakeUser) -> None:
    anna = await make_user()
    team = await rest.found(anna, description=" We sub\nat night. ")
    assert team["description"] == "We sub\nat night."
    assert (team["members_count"], team["trusted"], team["version"]) == (1, False, 1)
    assert team["you"]["position"] == "owner"
    assert len(team["you"]["permissions"]) == len(Permission)
    assert "auto_accept" not in team["you"]["effective"]
    path = f"/{team['id']}"

    for found in (await rest(None, "GET", path), await rest(None, "GET", "/by-slug/night-owls")):
        assert (found.status, found.body["id"], found.body["you"], found.etag) == (200, team["id"], None, '"v1"')

    edited = await rest(anna, "PUT", path, CHANGES, If_Match='"v1"')
    assert (edited.status, edited.body["name"], edited.etag) == (200, "Day Owls", '"v2"')
    stale = await rest(anna, "PUT", path, CHANGES, If_Match='"v1"')
    assert (stale.status, stale.code) == (412, "stale")
    assert (await rest(None, "GET", "/by-slug/night-owls")).status == 404

    assert (await rest(anna, "DELETE", path)).status == 204
    assert (await rest(None, "GET", path)).status == 404
    assert (await rest(anna, "PUT", path, CHANGES)).status == 404


@pytest.mark.both_adapters
async def test_an_address_belongs_to_one_team(rest: Rest, make_user: MakeUser) -> None:
    anna = await make_user()
    await rest.found(anna)
    taken = await rest(anna, "POST", "", {"name": "Others", "slug": "night-owls"})
    assert (taken.status, taken.code) == (409, "slug_taken")
    other = await rest.found(anna, "other-owls")
    taken = await rest(anna, "PUT", f"/{other['id']}", {"name": "Others", "slug": "night-owls"})
    assert (taken.status, taken.code) == (409, "slug_taken")


@pytest.mark.both_adapters
async def test_search_pages_and_hides_what_is_private(rest: Rest, make_user: MakeUser) -> None:
    anna, bob, moderator = await make_user(), await make_user(), await make_user(Role.MODERATOR)
    for name, slug, visibility in [
        ("Ёжики", "hedgehogs", "public"),
        ("100% Subs", "hundred", "public"),
        ("Night Owls", "owls-a", "public"),
        ("Night Owls II", "owls-b", "private"),
    ]:
        await rest.done(anna, "POST", "", {"name": name, "slug": slug, "visibility": visibility})

    async def names(who: Person | None, query: str) -> tuple[list[str], int]:
        page = await rest.done(who, "GET", f"?{query}")
        return [team["name"] for team in page["items"]], page["total"]

    assert await names(None, "search=night+OWLS") == (["Night Owls"], 1)
    assert await names(bob, "search=owls") == (["Night Owls"], 1)
    assert await names(anna, "search=owls") == (["Night Owls", "Night Owls II"], 2)
    assert await names(moderator, "search=owls") == (["Night Owls", "Night Owls II"], 2)
    assert await names(None, "search=ежики") == (["Ёжики"], 1)
    assert await names(None, "search=hedge") == (["Ёжики"], 1)
    assert await names(None, "search=%25") == ([], 0), "a wildcard is a character like any other"
    assert await names(None, "search=_") == ([], 0)
    assert await names(None, "page_size=2") == (["100% Subs", "Night Owls"], 3)
    assert await names(None, "page_size=2&page=2") == (["Ёжики"], 3)
    private = (await rest.done(anna, "GET", "/by-slug/owls-b"))["id"]
    for path in ("", "/members", "/roles"):
        assert (await rest(bob, "GET", f"/{private}{path}")).status == 404
        assert (await rest(None, "GET", f"/{private}{path}")).status == 404
        assert (await rest(moderator, "GET", f"/{private}{path}")).status == 200
    for method, path, body in [
        ("POST", "/leave", None),
        ("PUT", "", CHANGES),
        ("DELETE", "", None),
        ("POST", "/invitations", {"kind": "link"}),
    ]:
        assert (await rest(bob, method, f"/{private}{path}", body)).status == 404, "not even that it exists"


async def test_members_have_several_roles_and_leave_again(rest: Rest, make_user: MakeUser) -> None:
    owner = await make_user(nickname="Olga")
    team_id = (await rest.found(owner))["id"]
    anna = await rest.joined(owner, team_id, "Editor", await make_user(nickname="Anna"))
    bob = await rest.joined(owner, team_id, who=await make_user(nickname="Bob"))
    ids = await rest.role_ids(None, team_id)

    page = await rest.done(None, "GET", f"/{team_id}/members")
    shown = [(m["nickname"], m["position"], [r["title"] for r in m["roles"]]) for m in page["items"]]
    assert shown == [("Olga", "owner", ["Admin"]), ("Anna", "editor", ["Editor"]), ("Bob", "user", [])]
    assert page["total"] == 3
    assert "email" not in str(page)

    both = {"role_ids": [ids["Member"], ids["Moderator"]]}
    path = f"/{team_id}/members/{bob.user_id}"
    changed = await rest(owner, "PUT", f"{path}/roles", both, If_Match='"v1"')
    assert [role["title"] for role in changed.body["roles"]] == ["Moderator", "Member"]
    assert (changed.body["position"], changed.etag) == ("moderator", '"v2"')
    assert (await rest(owner, "PUT", f"{path}/roles", both, If_Match='"v1"')).status == 412

    found = await rest.done(None, "GET", f"/{team_id}/members?search=AN&role_id={ids['Editor']}")
    assert [m["nickname"] for m in found["items"]] == ["Anna"]
    page = await rest.done(None, "GET", f"/{team_id}/members?page=2&page_size=2")
    assert ([m["nickname"] for m in page["items"]], page["total"]) == (["Anna"], 3)

    mine = await rest.done(bob, "GET", "/mine")
    assert [(t["id"], t["position"], t["members_count"]) for t in mine["items"]] == [(team_id, "moderator", 3)]
    assert (await rest(bob, "DELETE", f"/{team_id}/members/{anna.user_id}")).status == 204
    assert (await rest(bob, "POST", f"/{team_id}/leave")).status == 204
    assert (await rest(bob, "POST", f"/{team_id}/leave")).code == "member_not_found"
    assert (await rest.done(None, "GET", f"/{team_id}"))["members_count"] == 1


@pytest.mark.both_adapters
async def test_roles_are_made_changed_ordered_and_deleted(
    rest: Rest, make_user: MakeUser, container: Container
) -> None:
    owner = await make_user()
    team_id = (await rest.found(owner))["id"]
    role = {"title": "Timer", "colour": "#AA00ff", "level": "editor", "permissions": ["propose", "propose"]}
    made = await rest(owner, "POST", f"/{team_id}/roles", role)
    assert (made.status, made.etag) == (201, '"v1"')
    assert (made.body["colour"], made.body["permissions"], made.body["position"]) == ("#aa00ff", ["propose"], 4)
    path = f"/{team_id}/roles/{made.body['id']}"
    changed = await rest(owner, "PUT", path, {**role, "permissions": []}, If_Match='"v1"')
    assert (changed.body["permissions"], changed.etag) == ([], '"v2"')
    assert (await rest(owner, "PUT", path, role, If_Match='"v1"')).status == 412
    assert (await rest(owner, "POST", f"/{team_id}/roles", role)).code == "role_title_taken"

    anna = await rest.joined(owner, team_id, "Timer")
    ids = await rest.role_ids(None, team_id)
    order = [ids["Timer"], *(id_ for title, id_ in ids.items() if title != "Timer")]
    seen = (await rest(None, "GET", f"/{team_id}/roles")).etag
    ordered = await rest.done(owner, "PUT", f"/{team_id}/roles/order", {"role_ids": order}, If_Match=seen)
    late = await rest(owner, "PUT", f"/{team_id}/roles/order", {"role_ids": order[::-1]}, If_Match=seen)
    assert late.status == 412, "somebody else's order is not overwritten unseen"
    assert [r["title"] for r in ordered["items"]] == ["Timer", "Admin", "Moderator", "Editor", "Member"]
    assert (await rest(owner, "PUT", f"/{team_id}/roles/order", {"role_ids": order[1:]})).code == "role_order_invalid"

    assert (await rest(owner, "DELETE", path)).status == 204
    members = await rest.done(None, "GET", f"/{team_id}/members?search={anna.nickname}")
    assert members["items"][0]["roles"] == []
    assert await rows(container, team_member_role_table, team_role_table) == [1, 4]


async def test_ownership_is_given_with_the_password_alone(rest: Rest, make_user: MakeUser) -> None:
    owner, outsider = await make_user(), await make_user()
    team_id = (await rest.found(owner))["id"]
    anna = await rest.joined(owner, team_id)
    to_anna = {"user_id": anna.user_id, "password": PASSWORD}
    wrong = await rest(owner, "POST", f"/{team_id}/transfer", {**to_anna, "password": "guess"})
    assert (wrong.status, wrong.code) == (403, "wrong_password")
    stranger = await rest(owner, "POST", f"/{team_id}/transfer", {**to_anna, "user_id": outsider.user_id})
    assert (stranger.status, stranger.code) == (404, "member_not_found")
    assert await rest.owners(team_id) == [owner.user_id]

    given = await rest.done(owner, "POST", f"/{team_id}/transfer", to_anna)
    assert given["you"]["position"] == "admin", "who gave it stays, with the roles they have"
    assert await rest.owners(team_id) == [anna.user_id]
    assert (await rest(owner, "POST", f"/{team_id}/transfer", to_anna)).code == "team_forbidden"
    assert (await rest(owner, "DELETE", f"/{team_id}")).code == "team_forbidden"

    await rest.done(anna, "POST", f"/{team_id}/owners", {"user_id": owner.user_id, "password": PASSWORD})
    assert sorted(await rest.owners(team_id)) == sorted([anna.user_id, owner.user_id])
    assert (await rest.done(anna, "POST", f"/{team_id}/step-down"))["you"]["position"] == "user"
    last = await rest(owner, "POST", f"/{team_id}/step-down")
    assert (last.status, last.code) == (409, "last_owner")
    assert (await rest(owner, "POST", f"/{team_id}/leave")).code == "last_owner"
    assert (await rest(owner, "DELETE", f"/{team_id}/members/{owner.user_id}")).code == "last_owner"


async def test_a_banned_owner_is_not_one_who_stays(rest: Rest, make_user: MakeUser, container: Container) -> None:
    owner, admin = await make_user(), await make_user(Role.ADMIN)
    team_id = (await rest.found(owner))["id"]
    anna, bob = await rest.joined(owner, team_id), await rest.joined(owner, team_id)
    await rest.done(owner, "POST", f"/{team_id}/owners", {"user_id": anna.user_id, "password": PASSWORD})
    async with container.scope(write=True) as scope:
        banned = users.update().where(users.c.id == anna.user_id).values(banned_at=scope.clock.now())
        await scope.uow.session.execute(banned)
    assert (await rest(owner, "POST", f"/{team_id}/leave")).code == "last_owner"
    async with container.scope(write=True) as scope:
        banned = users.update().where(users.c.id == bob.user_id).values(banned_at=scope.clock.now())
        await scope.uow.session.execute(banned)
    to_bob = {"user_id": bob.user_id, "password": PASSWORD}
    assert (await rest(owner, "POST", f"/{team_id}/transfer", to_bob)).code == "owner_banned"
    carl = await rest.joined(owner, team_id)
    to_carl = {"user_id": carl.user_id, "password": PASSWORD}
    await rest.done(admin, "POST", f"/{team_id}/owners", to_carl)
    assert carl.user_id in await rest.owners(team_id), "the site finds an owner for a team"


@pytest.mark.both_adapters
async def test_a_deleted_account_leaves_teams_and_takes_along_what_was_its_own(
    rest: Rest, make_user: MakeUser, app_client: AppClient, container: Container
) -> None:
    anna, bob = await make_user(), await make_user()
    alone, shared = await rest.found(anna, "alone"), await rest.found(anna, "shared")
    guest = await rest.found(bob, "bobs")
    await rest.joined(anna, shared["id"], who=bob)
    await rest.joined(bob, guest["id"], who=anna)
    sent_link = await rest.link(anna, shared["id"])

    async with app_client.get("/api/v1/me/data", headers=anna.headers) as answer:
        data = await answer.json()
    assert {(team["slug"], team["position"]) for team in data["teams"]} == {
        ("alone", "owner"),
        ("shared", "owner"),
        ("bobs", "user"),
    }
    assert {row["team_id"] for row in data["invitations"]} == {shared["id"]}

    async def delete_account() -> tuple[int, Any]:
        async with app_client.post("/api/v1/me/delete", json={"password": PASSWORD}, headers=anna.headers) as answer:
            return answer.status, await answer.json() if answer.content_length else None

    status, problem = await delete_account()
    assert (status, problem["code"]) == (409, "sole_owner")
    assert "Night Owls" in problem["detail"]
    assert (await rest(None, "GET", f"/{alone['id']}")).status == 200, "nothing happened by halves"

    await rest.done(anna, "POST", f"/{shared['id']}/transfer", {"user_id": bob.user_id, "password": PASSWORD})
    assert (await delete_account())[0] == 204
    assert (await rest(None, "GET", f"/{alone['id']}")).status == 404
    assert await rest.owners(shared["id"]) == [bob.user_id]
    assert (await rest.done(None, "GET", f"/{guest['id']}"))["members_count"] == 1
    assert (await rest(bob, "POST", "/invitations/accept", {"token": sent_link})).code == "invitation_over"
    assert await rows(container, team_table, team_member_table) == [2, 2]


async def test_a_picture_is_shown_replaced_and_gone_with_the_team(
    rest: Rest, make_user: MakeUser, app_client: AppClient, container: Container
) -> None:
    owner, outsider = await make_user(), await make_user()
    team_id = (await rest.found(owner))["id"]
    file = BytesIO()
    Image.new("RGB", (300, 200), "#336699").save(file, "PNG")

    async def put(who: Person, data: bytes) -> tuple[int, Any]:
        headers = {**who.headers, "Content-Type": "image/png"}
        url = f"/api/v1/teams/{team_id}/avatar"
        async with app_client.put(url, data=data, headers=headers) as answer:
            return answer.status, await answer.json()

    assert (await put(outsider, file.getvalue()))[1]["code"] == "team_forbidden"
    assert (await put(owner, b"<svg onload=alert(1)>"))[1]["code"] == "not_an_image"
    status, team = await put(owner, file.getvalue())
    assert status == 200
    async with app_client.get(team["avatar_url"]) as answer:
        assert (answer.status, answer.content_type) == (200, "image/webp")
    _, again = await put(owner, file.getvalue())
    assert again["avatar_url"] != team["avatar_url"]
    assert await rows(container, pictures) == [1], "the one before is gone"
    assert (await rest(owner, "DELETE", f"/{team_id}/avatar")).status == 204
    assert await rows(container, pictures) == [0]
    await put(owner, file.getvalue())
    await rest.done(owner, "DELETE", f"/{team_id}")
    assert await rows(container, pictures, team_role_table, team_member_table) == [0, 0, 0]


async def test_nobody_is_in_more_than_so_many_teams(rest: Rest, make_user: MakeUser, container: Container) -> None:
    anna, owner = await make_user(), await make_user()
    team_id = (await rest.found(owner))["id"]
    token = await rest.link(owner, team_id)
    async with container.scope(write=True) as scope:
        now = scope.clock.now()
        for number in range(MAX_TEAMS):
            id_ = new_id()
            team = {"id": id_, "name": "T", "name_key": "t", "slug": f"t{number}", "description": "", "version": 1}
            team |= {"is_public": True, "trusted": False, "created_at": now, "updated_at": now}
            member = {"team_id": id_, "user_id": anna.user_id, "joined_at": now, "changed_at": now}
            await scope.uow.session.execute(team_table.insert().values(**team))
            await scope.uow.session.execute(team_member_table.insert().values(**member, is_owner=True, version=1))
    for answer in (
        await rest(anna, "POST", "", {"name": "One more", "slug": "one-more"}),
        await rest(anna, "POST", "/invitations/accept", {"token": token}),
    ):
        assert (answer.status, answer.code) == (409, "too_many_teams")


async def test_what_somebody_may_do_in_a_teams_name(rest: Rest, make_user: MakeUser, container: Container) -> None:
    owner, moderator = await make_user(), await make_user(Role.MODERATOR)
    team_id = (await rest.found(owner))["id"]
    anna = await rest.joined(owner, team_id, "Moderator")

    async def may(who: Person) -> set[str]:
        async with container.scope(write=False) as scope:
            teams = scope.port(Teams)
            held = await permissions_of(teams, user_id=who.user_id, team_id=team_id)
            for permission in Permission:
                listed = await teams_where(teams, user_id=who.user_id, permission=permission)
                assert [found.team.team_id for found in listed] == ([team_id] if permission in held else [])
            assert await permissions_of(teams, user_id=who.user_id, team_id=new_id()) == frozenset()
            return set(held)

    assert await may(anna) == {"manage_members", "invite", "propose"}
    assert (await rest.done(anna, "GET", "/mine?permission=propose"))["total"] == 1
    assert (await rest.done(anna, "GET", "/mine?permission=review"))["total"] == 0
    assert (await rest(anna, "GET", "/mine?permission=rule")).status == 422
    assert await may(moderator) == set()
    trusted = await rest.done(moderator, "PUT", f"/{team_id}/trust", {"trusted": True})
    assert trusted["trusted"]
    assert await may(anna) == {"manage_members", "invite", "propose", "review", "auto_accept"}
    await rest.done(moderator, "PUT", f"/{team_id}/trust", {"trusted": False})
    assert "review" not in await may(anna)


async def test_every_change_is_audited(
    rest: Rest, make_user: MakeUser, app_client: AppClient, container: Container
) -> None:
    owner, admin = await make_user(), await make_user(Role.ADMIN)
    team_id = (await rest.found(owner))["id"]
    anna, bob = await rest.joined(owner, team_id), await rest.joined(owner, team_id)
    role = {"title": "Timer", "colour": "#aa00ff", "level": "editor", "permissions": []}
    role_id = (await rest.done(owner, "POST", f"/{team_id}/roles", role))["id"]
    await rest.done(owner, "PUT", f"/{team_id}", CHANGES)
    await rest.done(owner, "PUT", f"/{team_id}/members/{anna.user_id}/roles", {"role_ids": [role_id]})
    await rest.done(owner, "PUT", f"/{team_id}/roles/{role_id}", {**role, "title": "Timing"})
    await rest.done(owner, "DELETE", f"/{team_id}/roles/{role_id}")
    await rest.done(owner, "DELETE", f"/{team_id}/members/{bob.user_id}")
    await rest.done(owner, "POST", f"/{team_id}/owners", {"user_id": anna.user_id, "password": PASSWORD})
    await rest.done(anna, "POST", f"/{team_id}/step-down")
    await rest.done(owner, "POST", f"/{team_id}/transfer", {"user_id": anna.user_id, "password": PASSWORD})
    await rest.done(owner, "POST", f"/{team_id}/leave")
    await rest.done(admin, "PUT", f"/{team_id}/trust", {"trusted": True})
    sent = await rest.done(anna, "POST", f"/{team_id}/invitations", {"kind": "email", "email": "x@example.org"})
    await rest.done(anna, "DELETE", f"/{team_id}/invitations/{sent['id']}")
    await rest.done(anna, "DELETE", f"/{team_id}")

    entries = await audited(app_client, container, admin, team_id)
    happened = {entry["event"]: entry for entry in entries}
    assert set(happened) == {
        *("TeamCreated", "TeamUpdated", "TeamDeleted", "TeamTrustChanged"),
        *("MemberAdded", "MemberLeft", "MemberRemoved", "MemberRolesChanged"),
        *("TeamRoleCreated", "TeamRoleChanged", "TeamRoleDeleted"),
        *("OwnerAppointed", "OwnerSteppedDown", "OwnershipTransferred"),
        *("InvitationSent", "InvitationAccepted", "InvitationRevoked"),
    }
    assert happened["TeamUpdated"]["details"]["changes"]["name"] == ["Night Owls", "Day Owls"]
    assert happened["TeamUpdated"]["actor_id"] == owner.user_id
    assert happened["MemberRolesChanged"]["details"]["added"] == ["Timer"]
    assert happened["TeamDeleted"]["details"]["member_ids"] == [anna.user_id]
    assert "x@example.org" not in str(entries), "addresses of strangers do not belong into a log that is never cleared"


async def test_hostile_input_is_told_so(rest: Rest, make_user: MakeUser) -> None:
    anna = await make_user()
    for body, code in [
        ({"name": "a\x00b", "slug": "abc"}, 422),
        ({"name": "evil\u202egpj", "slug": "abc"}, 400),
        ({"name": "Owls", "slug": "../admin"}, 400),
        ({"name": "Owls", "slug": "invite"}, 400),
        ({"name": "Owls", "slug": "abc", "description": "x" * 2_001}, 400),
        ({"name": "Owls", "slug": "abc", "trusted": True}, 422),
        ({"name": "Owls", "slug": "abc", "visibility": "secret"}, 422),
        ({"name": ["Owls"], "slug": "abc"}, 422),
        ([], 422),
    ]:
        assert (await rest(anna, "POST", "", body)).status == code, body
    team_id = (await rest.found(anna))["id"]
    role = {"title": "Timer", "colour": "#aa00ff", "level": "editor", "permissions": []}
    changes: list[tuple[dict[str, Any], int]] = [
        ({"level": "owner"}, 422),
        ({"level": "root"}, 422),
        ({"permissions": ["everything"]}, 422),
        ({"permissions": ["invite"] * 100}, 422),
        ({"colour": "red;}"}, 400),
        ({"title": "\u200b"}, 400),
    ]
    for change, code in changes:
        assert (await rest(anna, "POST", f"/{team_id}/roles", {**role, **change})).status == code, change
    for path in ("/not-an-id", f"/{new_id()}", f"/{team_id}'--", f"/{team_id}/members/x/roles", "/by-slug/%00"):
        assert (await rest(anna, "GET", path)).status in {404, 405}, path
    for query in ("page=0", "page_size=101", "page=99999999999", "role_id=x"):
        assert (await rest(anna, "GET", f"/{team_id}/members?{query}")).status == 422, query
    assert (await rest(None, "GET", "?search=%00")).status == 422
    too_many = {"role_ids": [new_id()] * 31}
    assert (await rest(anna, "PUT", f"/{team_id}/members/{anna.user_id}/roles", too_many)).status == 422
