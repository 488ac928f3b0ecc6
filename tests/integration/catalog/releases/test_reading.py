"""Ways to read releases: by alias, in part, the latest, at random, and the reference lists."""

import pytest

from kernel.access import Role
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.library import Api, add_show


@pytest.mark.both_adapters
async def test_an_alias_stands_for_the_identifier(
    services: Services, app_client: AppClient, make_user: MakeUser
) -> None:
    editor = Api(app_client, await make_user(Role.MODERATOR))
    show = await add_show(services, editor, alias="monster", episodes=1, published=False)
    assert (await editor.get("releases/monster"))["id"] == show.release_id
    assert [item["id"] for item in (await editor.get("releases/monster/episodes"))["items"]] == show.episodes
    body = {"alias": "monster", "type": "TV", "name": {"main": "Monster"}}
    assert (await editor("PUT", "releases/monster", body))[1]["name"]["main"] == "Monster"
    assert (await editor("POST", "releases/monster/publish"))[1]["status"] == "published"
    assert (await editor("POST", "favorites/monster"))[0] == 204
    assert (await editor.get("favorites"))["items"][0]["release_id"] == show.release_id
    assert (await editor("PUT", "library/collections/monster", {"type": "WATCHING"}))[0] in {200, 204}
    assert (await editor.get("library/collections"))["items"][0]["release_id"] == show.release_id
    assert (await editor("PUT", "releases/monster/translations/de", {"name": "Ungeheuer"}))[0] == 200
    assert (await editor("DELETE", "favorites/monster"))[0] == 204
    assert (await editor("DELETE", "releases/monster"))[0] == 204
    for gone in ("monster", "m" * 101, "%00", "no.such%2Fone", show.release_id.upper()):
        assert (await editor("GET", f"releases/{gone}"))[0] in {400, 404, 422}, gone
    assert (await editor("GET", "episodes/monster"))[0] == 404, "an episode has none"


async def test_a_mask_names_fields_that_there_are(app_client: AppClient, make_user: MakeUser) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    await editor("POST", "releases", {"alias": "monster", "type": "TV", "name": {"main": "Monster"}})
    kept = await editor.get("releases/monster?include=alias,name.main,genres.slug&exclude=genres")
    assert kept == {"alias": "monster", "name": {"main": "Monster"}}
    assert (await editor.get("releases?include=alias"))["items"] == [{"alias": "monster"}]
    for path, pointers in (
        ("releases/monster?include=alias,titel", ["/include"]),
        ("releases?exclude=name.deutsch,items", ["/exclude", "/exclude"]),
        ("releases/monster?include=alias.x", ["/include"]),
        (f"releases/monster?include={'a' * 3_000}", ["/include"]),
    ):
        status, problem = await editor("GET", path)
        assert (status, [one["pointer"] for one in problem["errors"]]) == (422, pointers), path


@pytest.mark.both_adapters
async def test_the_latest_and_some_at_random(services: Services, app_client: AppClient, make_user: MakeUser) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    old = await add_show(services, editor, episodes=1)
    new = await add_show(services, editor, episodes=1)
    for hidden in ({"published": False}, {"blocks": {"copyright": True}}, {"blocks": {"regions": ["DE"]}}):
        await add_show(services, editor, episodes=1, **hidden)

    async def picked(path: str) -> list[str]:
        return [item["id"] for item in (await editor.get(path))["items"]]

    assert await picked("releases/latest") == [new.release_id, old.release_id]
    assert await picked("releases/latest?limit=1") == [new.release_id]
    assert sorted(await picked("releases/random")) == sorted([old.release_id, new.release_id])
    assert {*[(await picked("releases/random?limit=1"))[0] for _ in range(40)]} == {old.release_id, new.release_id}
    assert (await editor("GET", "releases/random?limit=51"))[0] == 422


@pytest.mark.both_adapters
async def test_reference_lists(services: Services, app_client: AppClient, make_user: MakeUser) -> None:
    editor = Api(app_client, await make_user(Role.EDITOR))
    await add_show(services, editor, episodes=1, year=2004, genres=["Драма", "Sci-Fi", "Cooking"])
    await add_show(services, editor, episodes=1, year=1999, published=False, genres=["Horror"])
    lists = await editor.get("references?language=ru")
    assert lists["years"] == [2004]
    assert [(genre["value"], genre["label"]) for genre in lists["genres"]] == [
        ("cooking", "Cooking"), ("драма", "Драма"), ("sci-fi", "Фантастика"),
    ]  # fmt: skip
    assert {"value": "MOVIE", "label": "Фильм"} in lists["types"]
    english = await editor.get("references?language=en")
    assert "Drama" in [genre["label"] for genre in english["genres"]]
    assert {"value": 18, "label": "Adults only"} in english["age_ratings"]
    assert (await app_client.get("/api/v1/references")).headers["Vary"] == "Accept-Language"
