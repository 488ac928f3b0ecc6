"""One's own scores: on shelves, in files that are brought along and taken away, in the copy of one's data."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.integration.accounts.library.importing import apply, preview
from tests.support.catalog.library import Api, add_show

MAL = """<myanimelist><anime><series_animedb_id>1</series_animedb_id><series_title>One</series_title>
<my_score>9</my_score><my_status>Completed</my_status></anime>
<anime><series_animedb_id>2</series_animedb_id><series_title>Two</series_title>
<my_score>0</my_score><my_status>Watching</my_status></anime>
<anime><series_animedb_id>3</series_animedb_id><series_title>Three</series_title>
<my_score>77</my_score><my_status>Dropped</my_status></anime></myanimelist>"""


@pytest.fixture
async def people(app_client: AppClient, make_user: MakeUser) -> tuple[Api, Api, Api]:
    ann, bob, editor = await make_user(), await make_user(), await make_user(Role.EDITOR)
    return Api(app_client, ann), Api(app_client, bob), Api(app_client, editor)


@pytest.mark.both_adapters
async def test_a_shelf_by_score(services: Services, people: tuple[Api, Api, Api]) -> None:
    ann, bob, editor = people
    shows = [(await add_show(services, editor, episodes=1)).release_id for _ in range(4)]
    for release_id, score in zip(shows, (5, 9, None, 7), strict=True):
        await ann("PUT", f"library/collections/{release_id}", {"type": "PLANNED"})
        if score:
            assert (await ann("PUT", f"releases/{release_id}/vote", {"score": score}))[0] == 200
    await bob("PUT", f"releases/{shows[2]}/vote", {"score": 10})

    async def listed(query: str) -> list[tuple[int, int | None]]:
        page = await ann.get(f"library/collections?type=PLANNED{query}")
        assert page["total"] >= len(page["items"])
        return [(shows.index(item["release_id"]), item["score"]) for item in page["items"]]

    assert await listed("") == [(3, 7), (2, None), (1, 9), (0, 5)]
    assert await listed("&sort=-score") == [(1, 9), (3, 7), (0, 5), (2, None)]
    assert await listed("&sort=score") == [(0, 5), (3, 7), (1, 9), (2, None)]
    assert await listed("&sort=-score&page_size=2&page=2") == [(0, 5), (2, None)]
    assert await listed("&score_from=6") == [(3, 7), (1, 9)]
    assert await listed("&score_to=6&sort=changed_at") == [(0, 5)]
    assert (await ann("GET", "library/collections?score_from=0"))[0] == 422


@pytest.mark.both_adapters
async def test_scores_come_from_a_list_and_go_with_the_library(
    services: Services, people: tuple[Api, Api, Api]
) -> None:
    ann, bob, editor = people
    shows = {
        number: (await add_show(services, editor, episodes=1, external_ids={"mal": number})).release_id
        for number in "123"
    }
    await ann("PUT", f"releases/{shows['1']}/vote", {"score": 2})
    lone = (await add_show(services, editor, episodes=1)).release_id
    await ann("PUT", f"releases/{lone}/vote", {"score": 4})
    read = await preview(ann, MAL.encode())
    rows = (await ann.get(f"library/import/{read['id']}/rows"))["items"]
    assert [row["change"]["score"] for row in rows] == [9, None, None]
    assert (await apply(ann, read["id"]))["scores"] == 1
    rating = await bob.get(f"releases/{shows['1']}/rating")
    assert (rating["histogram"], rating["ranked_votes"]) == ([0] * 8 + [1, 0], 1)  # it was put among what was watched
    # Mine stays, where that is wanted.
    await ann("PUT", f"releases/{shows['1']}/vote", {"score": 3})
    read = await preview(ann, MAL.encode())
    assert (await apply(ann, read["id"], policy="mine"))["scores"] == 0
    # Away, and to another account.
    async with ann._client.get("/api/v1/library/export", headers=ann._headers) as answer:
        file = await answer.read()
    kept: dict[str, Any] = {part["release"]["id"]: part.get("score") for part in orjson.loads(file)["releases"]}
    assert {id_: score and score["value"] for id_, score in kept.items()} == {
        shows["1"]: 3, shows["2"]: None, shows["3"]: None, lone: 4
    }  # fmt: skip
    assert (await apply(bob, (await preview(bob, file))["id"]))["scores"] == 2
    assert (await bob.get(f"releases/{lone}/rating"))["own"] == 4
    copy = await bob.get("me/data")
    assert {row["release_id"]: row["score"] for row in copy["scores"]} == {shows["1"]: 3, lone: 4}
    assert datetime.fromisoformat(copy["scores"][0]["voted_at"]) <= datetime.now(UTC)
    assert new_id() not in kept
