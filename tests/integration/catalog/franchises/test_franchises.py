"""Franchises over HTTP and in both databases: editors put them together, viewers see how far they are."""

import asyncio
from typing import Any

import pytest

from catalog.franchises import usecases
from catalog.franchises.relations import RelationCircle, RelationKind
from catalog.franchises.usecases import FranchiseContext, Franchises
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import Api, Show, add_show


@pytest.fixture
async def editor(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.EDITOR))


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


def franchise(*shows: str | Show, **changes: Any) -> dict[str, Any]:
    ids = [show.release_id if isinstance(show, Show) else show for show in shows]
    members = [{"release_id": one, "release_place": place} for place, one in enumerate(ids, start=1)]
    return {"alias": "world", "name": "The World", "members": members, **changes}


def places(body: Any, order: str) -> list[str]:
    ordered = sorted(body["members"], key=lambda member: member[f"{order}_place"])
    return [member["release"]["id"] for member in ordered]


@pytest.mark.both_adapters
async def test_a_franchise_from_its_making_to_its_end(services: Services, editor: Api, ann: Api) -> None:
    one, two = [await add_show(services, editor, episodes=1) for _ in range(2)]
    draft = await add_show(services, editor, episodes=1, published=False)
    body = franchise(
        two, one, draft, relations=[{"from_id": two.release_id, "to_id": one.release_id, "kind": "prequel"}]
    )
    body["members"][0] |= {"chronological_place": 7, "recommended_place": 5, "may_skip": True, "note": "A recap"}
    status, made = await editor("POST", "franchises", body)
    assert status == 201, made
    assert places(made, "release") == [two.release_id, one.release_id, draft.release_id]
    assert places(made, "chronological") == [one.release_id, draft.release_id, two.release_id]
    assert (made["members"][0]["may_skip"], made["members"][0]["note"]) == (True, "A recap")
    kept = {"from_id": one.release_id, "to_id": two.release_id, "kind": "sequel"}
    assert made["relations"] == [kept]

    for path in (f"franchises/{made['id']}", "franchises/world", f"releases/{one.release_id}/franchise"):
        seen = await ann.get(path)
        seen = seen.get("franchise", seen)
        assert places(seen, "release") == [two.release_id, one.release_id], "drafts are for editors"
        assert seen["relations"] == [kept]
    assert (await ann("GET", f"releases/{draft.release_id}/franchise"))[0] == 404
    listed = (await ann.get("franchises?search=the wor"))["items"]
    assert [(row["alias"], row["releases"]) for row in listed] == [("world", 2)]
    assert (await ann.get("franchises?search=50%25"))["total"] == 0

    first = editor.etag if (await editor("GET", "franchises/world"))[0] == 200 else None
    changed = franchise(one, two, name="Worlds", alias="worlds")
    status, after = await editor("PUT", "franchises/world", changed, if_match=first)
    assert (status, after["name"], after["version"], after["relations"]) == (200, "Worlds", 2, [])
    assert (await editor("PUT", "franchises/worlds", changed, if_match=first))[0] == 412
    assert (await editor("DELETE", f"franchises/{made['id']}", if_match=first))[0] == 412
    assert (await editor("DELETE", f"franchises/{made['id']}"))[0] == 204
    status, gone = await ann("GET", "franchises/worlds")
    assert (status, gone["code"]) == (404, "franchise_not_found")
    assert await ann.get(f"releases/{one.release_id}/franchise") == {"franchise": None}


@pytest.mark.both_adapters
async def test_what_makes_no_sense_is_refused_and_nothing_changes(services: Services, editor: Api, ann: Api) -> None:
    one, two = [(await add_show(services, editor, episodes=0, episodes_total=None)).release_id for _ in range(2)]
    assert (await editor("POST", "franchises", franchise(one)))[0] == 201
    before = await editor.get("franchises/world")
    pair = [{"from_id": one, "to_id": two, "kind": "sequel"}, {"from_id": two, "to_id": one, "kind": "sequel"}]
    twice = franchise(one, two)
    twice["members"][1]["chronological_place"] = 1
    for body, code in (
        (franchise(one, two, relations=pair), (400, "relation_circle")),
        (franchise(one, relations=pair[:1]), (400, "relation_outside")),
        (franchise(one, one), (400, "member_twice")),
        (twice, (400, "place_twice")),
        (franchise(one, new_id()), (404, "unknown_member")),
        (franchise(one, name=" "), (422, "invalid_payload")),
        (franchise(one, members=[{"release_id": one, "release_place": 0}]), (422, "invalid_payload")),
        (franchise(*(new_id() for _ in range(301))), (422, "invalid_payload")),
        (franchise(one, unknown=1), (422, "invalid_payload")),
    ):
        status, problem = await editor("PUT", "franchises/world", body)
        assert (status, problem["code"]) == code, problem
    for body, code in (
        (franchise(two), (409, "franchise_alias_taken")),
        (franchise(one, two, alias="other"), (409, "in_another_franchise")),
    ):
        status, problem = await editor("POST", "franchises", body)
        assert (status, problem["code"]) == code, problem
    assert await editor.get("franchises/world") == before
    assert (await ann("POST", "franchises", franchise(two)))[0] == 403
    assert (await ann.get("franchises"))["total"] == 1


@pytest.mark.both_adapters
async def test_two_editors_at_once(services: Services, editor: Api) -> None:
    shows = [await add_show(services, editor, episodes=0, episodes_total=None) for _ in range(3)]
    await editor("POST", "franchises", franchise(shows[0]))
    await editor("GET", "franchises/world")
    tag = editor.etag
    answers = await asyncio.gather(
        *(editor("PUT", "franchises/world", franchise(shows[0], show), if_match=tag) for show in shows[1:])
    )
    assert sorted(status for status, _ in answers) in ([200, 409], [200, 412])
    won = next(body for status, body in answers if status == 200)
    assert places(await editor.get("franchises/world"), "release") == places(won, "release")
    # One release, two new franchises.
    free = next(show for show in shows if show.release_id not in places(won, "release"))
    made = await asyncio.gather(*(editor("POST", "franchises", franchise(free, alias=f"new-{n}")) for n in range(2)))
    assert sorted(status for status, _ in made) == [201, 409]


@pytest.mark.both_adapters
async def test_relations_make_join_and_unite_franchises(services: Services, editor: Api) -> None:
    a, b, c, d, e = [(await add_show(services, editor, episodes=0, episodes_total=None)).release_id for _ in range(5)]
    aliases = {one: (await editor.get(f"releases/{one}"))["alias"] for one in (a, d)}

    async def relate(one: str, other: str, kind: str = "sequel") -> Any:
        status, body = await editor("POST", f"releases/{one}/relations", {"release": other, "kind": kind})
        assert status == 200, body
        return body

    first = await relate(a, b)
    assert (first["alias"], places(first, "recommended")) == (aliases[a], [a, b])
    assert places(await relate(c, b, "prequel"), "release") == [a, b, c]
    assert (await relate(a, b))["version"] == 2, "said already"
    await relate(e, aliases[d], "prequel")
    whole = await relate(c, d)
    assert places(whole, "chronological") == [a, b, c, d, e]
    assert len(whole["relations"]) == 4
    assert (await editor.get("franchises"))["total"] == 1
    status, problem = await editor("POST", f"releases/{e}/relations", {"release": a, "kind": "sequel"})
    assert (status, problem["code"]) == (400, "relation_circle"), problem
    assert "Show → Show" in problem["detail"], "by name"
    assert (await editor("POST", f"releases/{a}/relations", {"release": a, "kind": "sequel"}))[0] == 400
    assert (await editor("POST", f"releases/{a}/relations", {"release": "nobody", "kind": "sequel"}))[0] == 404
    # A release that is deleted leaves its place, and the rest stands.
    async with services.container.scope(write=True) as scope:
        releases = scope.port(Releases)
        gone = await releases.get(c)
        assert gone is not None
        await releases.remove(gone)
    assert places(await editor.get(f"franchises/{whole['id']}"), "release") == [a, b, d, e]


@pytest.mark.both_adapters
async def test_an_import_that_closes_a_circle_is_told_so(services: Services, editor: Api) -> None:
    a, b = [(await add_show(services, editor, episodes=0, episodes_total=None)).release_id for _ in range(2)]
    with pytest.raises(RelationCircle, match="→"):
        async with services.container.scope(write=True) as scope:
            context = FranchiseContext(
                franchises=scope.port(Franchises), releases=scope.port(Releases), now=scope.clock.now()
            )
            await usecases.relate(context, a, b, RelationKind.SEQUEL)
            await usecases.relate(context, b, a, RelationKind.SEQUEL)
    assert (await editor.get("franchises"))["total"] == 0


@pytest.mark.both_adapters
async def test_progress_over_all_seasons_and_what_comes_next(services: Services, editor: Api, ann: Api) -> None:
    one, recap, two = [await add_show(services, editor, episodes=count) for count in (2, 1, 3)]
    elsewhere = await add_show(services, editor, episodes=0, episodes_total=12)
    body = franchise(one, recap, two, elsewhere)
    body["members"][1]["may_skip"] = True
    await editor("POST", "franchises", body)

    async def progress() -> tuple[int, int, Any]:
        found = await ann.get("franchises/world/progress")
        return found["watched"], found["total"], found["next"]

    def upcoming(show: Show, episode: int | None, kind: str | None = "next", position_ms: int = 0) -> Any:
        return {
            "release_id": show.release_id,
            "episode_id": None if episode is None else show.episodes[episode],
            "kind": kind,
            "position_ms": position_ms,
        }

    assert await progress() == (0, 18, upcoming(one, 0))
    await ann.watch(one.episodes[0], 10)
    assert await progress() == (0, 18, upcoming(one, 0, "resume", 600_000))
    for episode in one.episodes:
        await ann.watch(episode, 24)
    assert await progress() == (2, 18, upcoming(two, 0)), "the recap may be skipped"
    listed = (await ann.get("library/continue"))["items"]
    assert [(row["episode_id"], row["kind"]) for row in listed] == [(two.episodes[0], "next")]
    await ann("DELETE", f"library/continue/{two.release_id}")
    assert (await ann.get("library/continue"))["items"] == []
    await ann("PUT", f"library/collections/{two.release_id}", {"type": "WATCHED"})
    assert await progress() == (5, 18, upcoming(elsewhere, None, None))
    await ann("PUT", f"library/collections/{elsewhere.release_id}", {"type": "ABANDONED"})
    assert await progress() == (5, 18, None)
    rows = (await ann.get("franchises/world/progress"))["releases"]
    assert [(row["is_finished"], row["may_skip"], row["abandoned"]) for row in rows] == [
        (True, False, False),
        (False, True, False),
        (True, False, False),
        (False, False, True),
    ]
    assert (await editor.get("franchises/world/progress"))["watched"] == 0, "of others nobody learns"
