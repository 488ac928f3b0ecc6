"""Voting over HTTP, and what watching and liking do to the rankings."""

from typing import Any

import pytest

from catalog.ratings.jobs import weigh_releases
from kernel.access import Role
from kernel.ids import new_id
from kernel.outbox.relay import Relay
from server import boot
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import Api, add_show
from tests.support.catalog.search import soon


@pytest.fixture(autouse=True)
def no_recount(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not while a test runs: what it finds in the library before the event of it is delivered counts twice, until the next hour."""
    monkeypatch.setattr(boot, "STARTUP_DELAY_S", 3_600)


@pytest.fixture
async def editor(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.EDITOR))


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


@pytest.mark.both_adapters
async def test_one_votes_changes_and_withdraws(
    services: Services, app_client: AppClient, ann: Api, editor: Api
) -> None:
    show = await add_show(services, editor, alias="the-show")
    path = f"releases/{show.release_id}"
    nothing = {
        "release_id": show.release_id,
        "votes": 0,
        "ranked_votes": 0,
        "mean": None,
        "weighted": None,
        "members": 0,
        "histogram": [0] * 10,
        "minimum_votes": 5,
        "own": None,
    }
    assert await ann.get(f"{path}/rating") == nothing
    status, rating = await ann("PUT", "releases/the-show/vote", {"score": 8})
    voted = nothing | {"votes": 1, "mean": 8.0, "histogram": [0] * 7 + [1, 0, 0], "own": 8}
    assert (status, rating) == (200, voted)
    assert await ann.get("releases/the-show/rating") == voted
    assert await editor.get(f"{path}/rating") == voted | {"own": None}
    async with app_client.get(f"/api/v1/{path}/rating") as answer:
        assert await answer.json() == voted | {"own": None}
    status, rating = await ann("PUT", f"{path}/vote", {"score": 3})
    assert (rating["histogram"], rating["own"]) == ([0, 0, 1] + [0] * 7, 3)
    for _ in range(2):
        status, rating = await ann("DELETE", f"{path}/vote")
        assert (status, rating) == (200, nothing)


async def test_no_vote_but_one_to_ten(services: Services, ann: Api, editor: Api) -> None:
    show = await add_show(services, editor, episodes=1)
    bad: list[Any] = [{}, [], *({"score": score} for score in (0, 11, 7.5, "8", True, None)), {"score": 8, "x": 1}]
    for body in bad:
        assert (await ann("PUT", f"releases/{show.release_id}/vote", body))[0] == 422, body
    assert (await ann.get(f"releases/{show.release_id}/rating"))["votes"] == 0


async def test_nobody_votes_on_what_is_not_there(
    services: Services, app_client: AppClient, ann: Api, editor: Api
) -> None:
    draft = await add_show(services, editor, episodes=1, published=False)
    for name in (draft.release_id, new_id(), "no-such-show", "%00", "a" * 300, "Ärger"):
        for method, part in (("PUT", "vote"), ("DELETE", "vote"), ("GET", "rating")):
            status, problem = await ann(method, f"releases/{name}/{part}", {"score": 5} if method == "PUT" else None)
            assert (status, problem["code"]) == (404, "release_not_found"), name
    async with app_client.put(f"/api/v1/releases/{draft.release_id}/vote", json={"score": 5}) as answer:
        assert answer.status == 401
    status, page = await ann("GET", "ratings?id=" + draft.release_id)
    assert (status, page) == (200, {"items": []})
    assert (await ann("GET", "ratings"))[0] == 422
    assert (await ann("GET", "ratings?id=nobody"))[0] == 422


@pytest.mark.both_adapters
async def test_the_ranking_is_of_those_who_watched(
    services: Services, app_client: AppClient, make_user: MakeUser, editor: Api
) -> None:
    show, unseen = await add_show(services, editor, episodes=5), await add_show(services, editor, episodes=5)
    voters = [Api(app_client, await make_user()) for _ in range(5)]
    for number, voter in enumerate(voters):
        if number < 4:  # one of five episodes is a fifth; the last votes first
            await voter("PUT", f"library/progress/{show.episodes[0]}", {"watched": True})
        for release_id in (show.release_id, unseen.release_id):
            assert (await voter("PUT", f"releases/{release_id}/vote", {"score": 9}))[0] == 200
    rating = await editor.get(f"releases/{show.release_id}/rating")
    assert (rating["votes"], rating["ranked_votes"], rating["weighted"]) == (5, 4, None)
    await voters[4]("PUT", f"library/progress/{show.episodes[0]}", {"watched": True})
    await Relay(services.container).drain()
    # As the application does every minute: whether the minute was up must make no difference.
    await weigh_releases(services.container)
    rating = await editor.get(f"releases/{show.release_id}/rating")
    assert (rating["ranked_votes"], rating["weighted"]) == (5, 9.0)
    top = await editor.get("rankings/top")
    assert [(row["place"], row["release_id"], row["weighted"]) for row in top["items"]] == [(1, show.release_id, 9.0)]
    assert (top["total"], (await editor.get("rankings/top?page=2"))["items"]) == (1, [])


@pytest.mark.both_adapters
async def test_what_people_do_makes_it_popular_and_trending(
    services: Services, app_client: AppClient, make_user: MakeUser, ann: Api, editor: Api
) -> None:
    started, liked, quiet = [await add_show(services, editor, episodes=3) for _ in range(3)]
    bob = Api(app_client, await make_user())
    await ann("PUT", f"library/progress/{started.episodes[0]}", {"watched": True})  # begins to watch
    await ann("PUT", f"releases/{started.release_id}/vote", {"score": 1})
    for _ in range(3):  # adding and removing is no news
        await bob("POST", f"favorites/{liked.release_id}")
        await bob("DELETE", f"favorites/{liked.release_id}")
    await bob("PUT", f"library/collections/{liked.release_id}", {"type": "PLANNED"})
    await bob("PUT", f"library/collections/{quiet.release_id}", {"type": "ABANDONED"})
    await bob("DELETE", f"library/collections/{quiet.release_id}")
    await Relay(services.container).drain()

    async def ranked(by: str, value: str) -> dict[str, Any]:
        return {row["release_id"]: row[value] for row in (await ann.get(f"rankings/{by}"))["items"]}

    # What the application's own relay is in the middle of may be tried again a moment later.
    wanted = {started.release_id: 5.0, liked.release_id: 3.0}
    trending = await soon(lambda: ranked("trending", "trend"), lambda found: found == wanted)
    assert list(trending.items()) == list(wanted.items()), "the first has most"
    members = {started.release_id: 1, liked.release_id: 1}
    assert await soon(lambda: ranked("popular", "members"), lambda found: found == members) == members
    figures = (await ann.get(f"ratings?id={quiet.release_id}&id={liked.release_id}&id={new_id()}"))["items"]
    assert [(row["release_id"], row["members"]) for row in figures] == [(quiet.release_id, 0), (liked.release_id, 1)]


@pytest.mark.both_adapters
async def test_a_ban_takes_votes_out_and_an_unban_brings_them_back(
    services: Services, ann: Api, editor: Api, app_client: AppClient, make_user: MakeUser
) -> None:
    show = await add_show(services, editor, episodes=1)
    moderator = Api(app_client, await make_user(Role.MODERATOR))
    await ann("PUT", f"releases/{show.release_id}/vote", {"score": 1})

    async def votes() -> int:
        return int((await editor.get(f"releases/{show.release_id}/rating"))["votes"])

    assert (await moderator("POST", f"admin/users/{ann.person.user_id}/ban", {"reason": "Votes for money."}))[0] < 300
    await Relay(services.container).drain()
    assert await soon(votes, lambda count: count == 0) == 0  # the job runs beside
    assert (await moderator("DELETE", f"admin/users/{ann.person.user_id}/ban"))[0] < 300
    await Relay(services.container).drain()
    assert await soon(votes, lambda count: count == 1) == 1
