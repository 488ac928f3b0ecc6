"""The catalogue over HTTP, as editors and viewers meet it."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientResponse

from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.usecases import media_ready
from kernel.access import Role
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.search import soon

UNUSED_ID = "01a20000-0000-7000-8000-000000000000"  # parameters must be the same in every worker of a test run

RELEASE: dict[str, Any] = {
    "alias": "big-buck-bunny",
    "type": "MOVIE",
    "name": {"main": "Большой Бак", "english": "Big Buck Bunny"},
    "year": 2008,
    "genres": ["Comedy", "Short"],
}


async def problem(response: ClientResponse) -> tuple[int, str]:
    assert response.content_type == "application/problem+json"
    body = await response.json()
    assert body["status"] == response.status
    return response.status, body["code"]


class Desk:
    """An editor at work."""

    def __init__(self, client: AppClient, headers: dict[str, str], container: Container) -> None:
        self.client, self.headers, self.container = client, headers, container

    async def call(self, method: str, path: str, status: int, json: Any = None, **headers: str) -> Any:
        response = await self.client.request(method, f"/api/v1{path}", json=json, headers={**self.headers, **headers})
        assert response.status == status, await response.text()
        return await response.json() if response.content_type == "application/json" else None

    async def release(self, **changes: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.call("POST", "/releases", 201, {**RELEASE, **changes})
        return made

    async def episode(self, release_id: str, ordinal: float = 1) -> dict[str, Any]:
        made: dict[str, Any] = await self.call(
            "POST", "/episodes", 201, {"release_id": release_id, "ordinal": ordinal, "name": "One"}
        )
        return made

    async def give_media(self, episode_id: str) -> None:
        async with self.container.scope(write=True) as scope:
            await media_ready(context_of(scope), episode_id, duration_ms=60_000, thumbnail_url="/posters/x.jpg")


@pytest.fixture
async def desk(app_client: AppClient, make_user: MakeUser, container: Container) -> Desk:
    return Desk(app_client, (await make_user(Role.MODERATOR)).headers, container)


@pytest.mark.both_adapters
async def test_from_draft_to_viewers(desk: Desk, app_client: AppClient) -> None:
    release = await desk.release()
    assert (release["status"], release["version"], [g["name"] for g in release["genres"]]) == (
        "draft",
        1,
        ["Comedy", "Short"],
    )
    episode = await desk.episode(release["id"])
    assert (episode["playable"], episode["status"]) == (False, "draft")
    path = f"/api/v1/episodes/{episode['id']}"

    assert await problem(await app_client.get(path)) == (404, "episode_not_found")
    publish = await app_client.post(f"{path}/release", headers=desk.headers)
    assert await problem(publish) == (409, "nothing_to_play")

    await desk.give_media(episode["id"])
    await desk.call("POST", f"/episodes/{episode['id']}/release", 200)
    assert await problem(await app_client.get(path)) == (404, "episode_not_found"), "its release is still a draft"
    await desk.call("POST", f"/releases/{release['id']}/publish", 200)

    seen = await (await app_client.get(path)).json()
    assert (seen["playable"], seen["duration_ms"]) == (True, 60_000)
    listed = await (await app_client.get("/api/v1/releases")).json()
    assert (listed["total"], listed["items"][0]["poster_url"]) == (1, "/posters/x.jpg")


async def test_viewers_see_no_drafts(desk: Desk, app_client: AppClient, make_user: MakeUser) -> None:
    release = await desk.release()
    viewer = (await make_user(Role.USER)).headers
    for headers in ({}, viewer):
        assert (await (await app_client.get("/api/v1/releases", headers=headers)).json())["total"] == 0
        for path in (f"/releases/{release['id']}", f"/releases/{release['id']}/episodes"):
            response = await app_client.get(f"/api/v1{path}", headers=headers)
            assert await problem(response) == (404, "release_not_found")
    assert (await desk.call("GET", "/releases", 200))["total"] == 1


@pytest.mark.parametrize(
    ("method", "path", "needs"),
    [
        ("POST", "/releases", Role.EDITOR),
        ("PUT", "/releases/{release}", Role.EDITOR),
        ("DELETE", "/releases/{release}", Role.MODERATOR),
        ("POST", "/releases/{release}/publish", Role.EDITOR),
        ("POST", "/episodes", Role.EDITOR),
        ("PUT", "/episodes/{episode}", Role.EDITOR),
        ("POST", "/episodes/{episode}/release", Role.EDITOR),
    ],
)
async def test_who_may_change_what(
    method: str, path: str, needs: Role, desk: Desk, app_client: AppClient, make_user: MakeUser
) -> None:
    release = await desk.release()
    episode = await desk.episode(release["id"])
    url = "/api/v1" + path.format(release=release["id"], episode=episode["id"])
    assert await problem(await app_client.request(method, url, json={})) == (401, "unauthenticated")
    below = [role for role in Role if not role.at_least(needs)]
    for role in below:
        headers = (await make_user(role)).headers
        assert await problem(await app_client.request(method, url, json={}, headers=headers)) == (403, "forbidden")


@pytest.mark.both_adapters
async def test_identifiers_in_other_catalogues(desk: Desk, app_client: AppClient) -> None:
    known = {"mal": "10162", "shikimori": "z10162", "imdb": "tt1254207"}
    none = dict.fromkeys(("mal", "shikimori", "anilist", "anidb", "kinopoisk", "imdb", "bangumi", "tmdb"))
    made = await desk.release(external_ids=known)
    assert made["external_ids"] == {**none, **known}
    path = f"/releases/{made['id']}"
    edited = await desk.call("PUT", path, 200, {**RELEASE, "external_ids": {"anidb": "5"}})
    assert edited["external_ids"] == {**none, "anidb": "5"}
    assert (await desk.call("GET", path, 200))["external_ids"] == {**none, "anidb": "5"}
    for wrong in (
        {"mal": "-1"},
        {"mal": "0"},
        {"imdb": "1254207"},
        {"shikimori": "zzzz1"},
        {"myspace": "1"},
        {"mal": 5},
    ):
        assert await desk.call("POST", "/releases", 422, {**RELEASE, "alias": "x", "external_ids": wrong}) is None


@pytest.mark.both_adapters
async def test_several_by_their_numbers(desk: Desk, app_client: AppClient) -> None:
    made = [await desk.release(alias=f"number-{number}") for number in range(3)]
    for release in made[:2]:
        await desk.call("POST", f"/releases/{release['id']}/publish", 200)
    wanted = "&".join(f"id={release['id']}" for release in made)
    async with app_client.get(f"/api/v1/releases?{wanted}&id={UNUSED_ID}") as response:
        found = {release["id"] for release in (await response.json())["items"]}
    assert found == {release["id"] for release in made[:2]}, "a draft is not shown to viewers, by number either"
    async with app_client.get(f"/api/v1/releases?id={made[0]['id']}") as response:
        assert (await response.json())["total"] == 1
    async with app_client.get("/api/v1/releases?id=7") as response:
        assert response.status == 422


@pytest.mark.both_adapters
async def test_two_editors_do_not_overwrite_each_other(desk: Desk, app_client: AppClient) -> None:
    release = await desk.release()
    path = f"/releases/{release['id']}"
    read = await app_client.get(f"/api/v1{path}", headers=desk.headers)
    tag = read.headers["ETag"]
    edited = await desk.call("PUT", path, 200, {**RELEASE, "year": 2009}, **{"If-Match": tag})
    assert (edited["year"], edited["version"]) == (2009, 2)
    late = await app_client.put(
        f"/api/v1{path}", json={**RELEASE, "year": 1999}, headers={**desk.headers, "If-Match": tag}
    )
    assert await problem(late) == (412, "stale")
    assert (await desk.call("GET", path, 200))["year"] == 2009
    unchanged = await app_client.get(f"/api/v1{path}", headers={**desk.headers, "If-None-Match": '"v2"'})
    assert unchanged.status == 304


@pytest.mark.both_adapters
async def test_of_editors_at_the_same_moment_one_wins(desk: Desk, app_client: AppClient) -> None:
    """Whoever loses is told so, before the write or by it, and can read what stands there now; nobody's edit is mixed with another's."""
    release = await desk.release()
    path, years = f"/api/v1/releases/{release['id']}", list(range(2001, 2009))

    async def edit(year: int, tag: str | None) -> tuple[int, dict[str, Any]]:
        body = {**RELEASE, "year": year, "name": {"main": f"By {year}"}}
        headers = {**desk.headers, **({"If-Match": tag} if tag else {})}
        async with app_client.put(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    for tag in ('"v1"', None):
        answers = dict(zip(years, await asyncio.gather(*(edit(year, tag) for year in years)), strict=True))
        won = [body for status, body in answers.values() if status == 200]
        lost = [(status, body) for status, body in answers.values() if status != 200]
        now = await desk.call("GET", f"/releases/{release['id']}", 200)
        assert now["name"]["main"] == f"By {now['year']}"
        assert now["version"] == max(one["version"] for one in won)
        assert len({one["version"] for one in won}) == len(won), "each from what the one before left"
        if tag:
            assert len(won) == 1
            assert {status for status, _ in lost} == {412}, lost
        for status, body in lost:
            assert (status, body["code"]) in {(412, "stale"), (409, "stale")}, body
            if "current" in body:
                assert body["current"]["name"]["main"] == now["name"]["main"]


@pytest.mark.both_adapters
async def test_aliases_and_ordinals_are_unique(desk: Desk, app_client: AppClient) -> None:
    release = await desk.release()
    again = await app_client.post("/api/v1/releases", json=RELEASE, headers=desk.headers)
    assert await problem(again) == (409, "alias_taken")
    await desk.episode(release["id"], 12.5)
    body = {"release_id": release["id"], "ordinal": 12.5}
    assert await problem(await app_client.post("/api/v1/episodes", json=body, headers=desk.headers)) == (
        409,
        "ordinal_taken",
    )


@pytest.mark.parametrize("ordinal", [1.0000001, 0.0005, -1, 100_001, True, "one", [1], 10**400])
async def test_no_two_episodes_read_as_one_number(ordinal: Any, desk: Desk, app_client: AppClient) -> None:
    release = await desk.release()
    await desk.episode(release["id"], 1)
    body = {"release_id": release["id"], "ordinal": ordinal}
    answer = await app_client.post("/api/v1/episodes", json=body, headers=desk.headers)
    assert answer.status in {400, 409, 422}


async def test_letters_run_in_their_own_direction(desk: Desk, app_client: AppClient) -> None:
    names = {"main": "\u202eThe live\u202c", "english": "e\u202dvil"}
    body = {**RELEASE, "name": names, "description": "<b>\u202elive</b>&#x202e;"}
    release = await (await app_client.post("/api/v1/releases", json=body, headers=desk.headers)).json()
    assert (release["name"]["main"], release["name"]["english"]) == ("The live\u202c", "evil")
    assert release["description"] == "live"


async def test_deleting_takes_the_episodes_along(desk: Desk, app_client: AppClient) -> None:
    release = await desk.release()
    episode = await desk.episode(release["id"])
    await desk.call("DELETE", f"/releases/{release['id']}", 204)
    for path in (f"/releases/{release['id']}", f"/episodes/{episode['id']}"):
        assert (await app_client.get(f"/api/v1{path}", headers=desk.headers)).status == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=бак", {"big-buck-bunny"}),
        ("search=BUNNY+big", {"big-buck-bunny"}),
        ("search=bun", {"big-buck-bunny"}),
        ("search=%25", set()),
        ("search=sintel+bunny", set()),
        ("search=%27;drop+table+release;--", set()),
        ("type=MOVIE&type=TV", {"big-buck-bunny", "sintel"}),
        ("genre=fantasy", {"sintel"}),
        ("year_from=2009", {"sintel"}),
        ("year_to=2009&year_from=2008", {"big-buck-bunny"}),
        ("page=2&page_size=1&sort=name", {"big-buck-bunny"}),
        ("", {"big-buck-bunny", "sintel"}),
    ],
)
async def test_finding(query: str, found: set[str], desk: Desk) -> None:
    await desk.release()
    await desk.release(alias="sintel", name={"main": "Sintel"}, year=2010, genres=["Fantasy"], type="TV")

    async def aliases() -> set[str]:
        page = await desk.call("GET", f"/releases?{query}", 200)
        return {item["alias"] for item in page["items"]}

    assert await soon(aliases, lambda answer: answer == found) == found


async def test_searching_with_a_document(desk: Desk, app_client: AppClient) -> None:
    await desk.release()
    body = {"query": "buck", "type": ["MOVIE"], "page_size": 5}
    page = await soon(lambda: desk.call("POST", "/releases/search", 200, body), lambda page: page["total"] > 0)
    assert (page["total"], page["page_size"]) == (1, 5)
    response = await app_client.post("/api/v1/releases/search", json={"nonsense": 1})
    assert await problem(response) == (422, "invalid_payload")


@pytest.mark.parametrize(
    "change",
    [
        {"alias": "Not An Alias"},
        {"alias": None},
        {"type": "PODCAST"},
        {"name": {"main": ""}},
        {"year": 99999},
        {"episodes_total": -1},
        {"age_rating": 7},
        {"genres": ["x"] * 31},
        {"description": "x" * 10_001},
        {"unknown": "field"},
    ],
)
async def test_what_is_not_a_release(change: dict[str, Any], desk: Desk, app_client: AppClient) -> None:
    response = await app_client.post("/api/v1/releases", json={**RELEASE, **change}, headers=desk.headers)
    assert (await problem(response))[0] in {400, 422}
    assert (await desk.call("GET", "/releases", 200))["total"] == 0


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"a=b", "text/plain", 415),
        (b"\xff", "application/json", 422),
    ],
)
async def test_what_is_not_json(body: bytes, kind: str, status: int, desk: Desk, app_client: AppClient) -> None:
    response = await app_client.post("/api/v1/releases", data=body, headers={**desk.headers, "Content-Type": kind})
    assert (await problem(response))[0] == status


async def test_fields_can_be_masked(desk: Desk) -> None:
    release = await desk.release()
    page = await desk.call("GET", "/releases?include=alias,name.english", 200)
    assert page["items"] == [{"alias": "big-buck-bunny", "name": {"english": "Big Buck Bunny"}}]
    one = await desk.call("GET", f"/releases/{release['id']}?exclude=description,name,genres", 200)
    assert not {"description", "name", "genres"} & one.keys()


@pytest.mark.parametrize("release_id", ["1", "x" * 36, UNUSED_ID, "%2e%2e", "null"])
async def test_what_is_not_there(release_id: str, app_client: AppClient) -> None:
    assert (await app_client.get(f"/api/v1/releases/{release_id}")).status == 404
