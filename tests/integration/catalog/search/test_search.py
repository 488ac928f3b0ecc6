"""Other names of releases, and the search over all of them, as people and processes meet it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from catalog.releases import usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names, OtherName
from catalog.releases.usecases import EpisodeIds
from catalog.search.adapters import live_index
from catalog.search.adapters.live_index import LiveIndex
from kernel.access import Role
from kernel.nodes.bus import MemoryBus
from kernel.scope import Container
from server.boot import open_services
from server.http.app import create_app
from server.settings import Settings
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.search import soon

TITAN: dict[str, Any] = {
    "alias": "attack-on-titan",
    "type": "TV",
    "name": {"main": "進撃の巨人", "english": "Attack on Titan", "alternative": "Атака титанов"},
    "names": [
        {"text": "Shingeki no Kyojin", "language": "ja-latn", "kind": "romanised"},
        {"text": "SnK", "kind": "abbreviation"},
        {"text": "进击的巨人", "language": "zh-Hans", "kind": "official"},
    ],
}


class Catalogue:
    """An editor's and a stranger's way to the catalogue."""

    def __init__(self, client: AppClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    async def call(self, method: str, path: str, json: Any = None, *, stranger: bool = False, status: int = 200) -> Any:
        headers = {} if stranger else self.headers
        response = await self.client.request(method, f"/api/v1{path}", json=json, headers=headers)
        assert response.status == status, await response.text()
        return await response.json() if status != 204 else None

    async def suggested(self, text: str, *, stranger: bool = False) -> list[str]:
        answer = await self.client.get(
            "/api/v1/search/suggestions", params={"query": text}, headers={} if stranger else self.headers
        )
        assert answer.status == 200, await answer.text()
        return [title["alias"] for title in (await answer.json())["titles"]]

    async def finds(self, text: str, wanted: list[str], *, stranger: bool = False) -> None:
        assert await soon(lambda: self.suggested(text, stranger=stranger), lambda found: found == wanted) == wanted, (
            text
        )


@pytest.fixture
async def catalogue(app_client: AppClient, make_user: MakeUser) -> Catalogue:
    return Catalogue(app_client, (await make_user(Role.MODERATOR)).headers)


async def test_other_names_are_kept_and_changed(catalogue: Catalogue) -> None:
    made = await catalogue.call("POST", "/releases", TITAN, status=201)
    expected = [
        {"text": "Shingeki no Kyojin", "language": "ja-Latn", "kind": "romanised"},
        {"text": "SnK", "language": None, "kind": "abbreviation"},
        {"text": "进击的巨人", "language": "zh-Hans", "kind": "official"},
    ]
    assert made["names"] == expected
    path = f"/releases/{made['id']}"
    without = {key: value for key, value in TITAN.items() if key != "names"}
    kept = await catalogue.call("PUT", path, {**without, "year": 2013})
    assert (kept["names"], kept["year"], kept["version"]) == (expected, 2013, 2), (
        "whoever does not know them keeps them"
    )
    fewer = await catalogue.call("PUT", path, {**TITAN, "names": [{"text": " AoT "}, {"text": "AoT"}]})
    assert fewer["names"] == [{"text": "AoT", "language": None, "kind": "synonym"}], "one name is one name"
    assert fewer["version"] == 3
    assert (await catalogue.call("GET", path))["names"] == fewer["names"]
    assert (await catalogue.call("PUT", path, {**TITAN, "names": []}))["names"] == []
    await catalogue.call("DELETE", path, status=204)


@pytest.mark.parametrize(
    "names",
    [
        [{"text": ""}],
        [{"text": "a" * 256}],
        [{"text": "a\x00b"}],
        [{"text": "a", "language": "english!"}],
        [{"text": "a", "kind": "nickname"}],
        [{"text": "a", "other": 1}],
        [{"text": f"name {number}"} for number in range(101)],
        "Shingeki",
    ],
)
async def test_bad_names_are_refused(catalogue: Catalogue, names: Any) -> None:
    answer = await catalogue.call("POST", "/releases", {**TITAN, "names": names}, status=422)
    assert answer["code"] == "invalid_payload"
    assert names == [{"text": "a\x00b"}] or answer["errors"][0]["pointer"].startswith("/names")


@pytest.mark.both_adapters
async def test_a_release_is_found_by_all_its_names(catalogue: Catalogue) -> None:
    made = await catalogue.call("POST", "/releases", TITAN, status=201)
    await catalogue.call("POST", f"/releases/{made['id']}/publish")
    await catalogue.call("PUT", f"/releases/{made['id']}/translations/pt-BR", {"name": "Gigantes da Muralha"})
    for text in (
        "gigantes da muralha",
        "進撃の",
        "shingeki",
        "snk",
        "进击的巨人",
        "атака титанов",
        "fnfrf nbnfyjd",
        "Attak on Titn",
    ):
        await catalogue.finds(text, ["attack-on-titan"], stranger=True)
    for text in ("", "   ", "%", "zzzzqqqq", "how to cook rice"):
        assert await catalogue.suggested(text, stranger=True) == []
    page = await catalogue.call("POST", "/releases/search", {"query": "titan attack", "type": ["TV"]}, stranger=True)
    assert [item["alias"] for item in page["items"]] == ["attack-on-titan"]
    page = await catalogue.call("POST", "/releases/search", {"query": "titan attack", "type": ["MOVIE"]}, stranger=True)
    assert (page["items"], page["total"]) == ([], 0)
    (title,) = (await catalogue.call("GET", "/search/suggestions?query=gigantes&language=pt", stranger=True))["titles"]
    assert (title["name"]["main"], title["translation"]["name"]) == ("進撃の巨人", "Gigantes da Muralha")

    await catalogue.call("DELETE", f"/releases/{made['id']}/translations/pt-BR", status=204)
    await catalogue.finds("gigantes da muralha", [], stranger=True)
    await catalogue.call("PUT", f"/releases/{made['id']}", {**TITAN, "names": [{"text": "Eotena"}]})
    await catalogue.finds("eotena", ["attack-on-titan"], stranger=True)
    await catalogue.call("PUT", f"/releases/{made['id']}", {**TITAN, "names": []})
    await catalogue.finds("eotena", [], stranger=True)
    await catalogue.call("DELETE", f"/releases/{made['id']}", status=204)
    await catalogue.finds("attack on titan", [], stranger=True)


@pytest.mark.both_adapters
async def test_drafts_are_found_by_editors_alone(catalogue: Catalogue) -> None:
    made = await catalogue.call("POST", "/releases", TITAN, status=201)
    await catalogue.finds("shingeki", ["attack-on-titan"])
    assert await catalogue.suggested("shingeki", stranger=True) == []
    listed = await catalogue.call("GET", "/releases?search=shingeki", stranger=True)
    assert (listed["items"], listed["total"]) == ([], 0)
    await catalogue.call("POST", f"/releases/{made['id']}/publish")
    await catalogue.finds("shingeki", ["attack-on-titan"], stranger=True)


@pytest.mark.both_adapters
async def test_people_studios_and_tags_of_published_releases_are_suggested(catalogue: Catalogue) -> None:
    async def groups(text: str, more: str = "") -> dict[str, Any]:
        found: dict[str, Any] = await catalogue.call("GET", f"/search/suggestions?query={text}{more}", stranger=True)
        return {name: [one["alias"] for one in found[name]] for name in ("people", "studios", "tags")} | {
            "meant": found["did_you_mean"]
        }

    made = await catalogue.call("POST", "/releases", TITAN, status=201)
    for path, body, link in (
        ("people", {"name": "Hajime Isayama", "names": [{"text": "諫山創"}]}, ("credits", "person", {"role": "original_creator"})),
        ("studios", {"name": "Wit Studio"}, ("studios", "studio", {"role": "animation"})),
        ("tags", {"name": "Betrayal", "spoiler": True}, ("tags", "tag", {"rank": 90})),
    ):  # fmt: skip
        entry = await catalogue.call("POST", f"/{path}", body, status=201)
        items = [{link[1]: entry["id"], **link[2]}]
        await catalogue.call("PUT", f"/releases/{made['id']}/{link[0]}", {"items": items})
    none: dict[str, Any] = {"people": [], "studios": [], "tags": [], "meant": None}
    assert await groups("isayama") == none, "a draft names them"
    await catalogue.call("POST", f"/releases/{made['id']}/publish")
    wanted = none | {"people": ["hajime-isayama"]}
    assert await soon(lambda: groups("isayma hajime"), lambda found: found == wanted) == wanted
    wanted = none | {"studios": ["wit-studio"]}
    assert await soon(lambda: groups("wit studio"), lambda found: found == wanted) == wanted
    wanted = none | {"tags": ["betrayal"]}
    assert await soon(lambda: groups("betrayal", "&spoilers=true"), lambda found: found == wanted) == wanted
    assert await groups("betrayal") == none
    meant = await soon(lambda: groups("xhinbbki nq kxojin"), lambda found: found["meant"] is not None)
    assert meant["meant"] == "Shingeki no Kyojin"
    await catalogue.call("POST", f"/releases/{made['id']}/unpublish")
    assert await soon(lambda: groups("isayama"), lambda found: found == none) == none


async def test_the_best_match_comes_first_unless_another_order_is_asked_for(catalogue: Catalogue) -> None:
    for number, name in enumerate(("Monster Musume", "Monster", "Pocket Monster Stories")):
        body = {**TITAN, "alias": f"m-{number}", "name": {"main": name}, "names": [], "year": 2000 - number}
        await catalogue.call("POST", "/releases", body, status=201)
    await catalogue.finds("monster", ["m-1", "m-0", "m-2"])

    async def aliases(query: str) -> list[str]:
        return [item["alias"] for item in (await catalogue.call("GET", f"/releases?{query}"))["items"]]

    assert await aliases("search=monster&page_size=2") == ["m-1", "m-0"]
    assert await aliases("search=monster&page_size=2&page=2") == ["m-2"]
    assert await aliases("search=monster&sort=year") == ["m-2", "m-1", "m-0"]
    assert await aliases("sort=relevance") == ["m-2", "m-1", "m-0"], "without a search the newest"


@pytest.mark.parametrize("text", ["a" * 200, "ﷺ" * 200, "́" * 200, "1 " * 100, "ab " * 66, "'; drop table release; --"])
async def test_hostile_text_finds_nothing(catalogue: Catalogue, text: str) -> None:
    await catalogue.call("POST", "/releases", TITAN, status=201)
    assert await catalogue.suggested(text) == []


@pytest.mark.parametrize(
    "query", ["query=" + "x" * 201, "query=%00", "query=a&limit=0", "query=a&limit=21", "query=a&language=.."]
)
async def test_bad_requests_are_refused(catalogue: Catalogue, query: str) -> None:
    await catalogue.call("GET", f"/search/suggestions?{query}", status=422)


WORDS = ("albatross", "blueberry", "chocolate", "dragonfly", "eucalyptus", "fisherman", "gymnastics", "hippopotamus")


def draft(alias: str, *names: str) -> ReleaseDraft:
    return ReleaseDraft(
        alias, ReleaseType.TV, Names(names[0]), other_names=tuple(OtherName(name) for name in names[1:])
    )


async def added(container: Container, *drafts: ReleaseDraft) -> list[str]:
    ids: list[str] = []
    async with container.scope(write=True) as scope:
        for one in drafts:
            release = await usecases.create_release(context_of(scope), one, ())
            release.publish(scope.clock.now())
            ids.append(release.id)
    return ids


@asynccontextmanager
async def following(*nodes: LiveIndex) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(node.follow()) for node in nodes]
    try:
        for node in nodes:
            await soon(lambda node=node: node.find("x", drafts=False), lambda found: found is not None)  # type: ignore[misc]
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def asking(node: LiveIndex, text: str) -> Callable[[], Awaitable[Any]]:
    return lambda: node.find(text, drafts=False)


@pytest.mark.both_adapters
async def test_every_process_hears_of_a_change(container: Container, tmp_path: Path) -> None:
    bus = MemoryBus()
    nodes = [LiveIndex(container, bus, tmp_path / f"{number}.npz") for number in range(2)]
    (first,) = await added(container, draft("first", "First Light"))
    async with following(*nodes):
        assert [await node.find("first light", drafts=False) for node in nodes] == [[first], [first]]
        (second,) = await added(container, draft("second", "Second Dawn", "Zweite Dämmerung"))
        await nodes[0].announce(second)
        for node in nodes:
            assert await soon(asking(node, "zweite dammerung"), bool) == [second]
        async with container.scope(write=True) as scope:
            await usecases.delete_release(context_of(scope), scope.port(EpisodeIds), first, version=None)
        await nodes[1].announce(first)
        for node in nodes:
            assert await soon(asking(node, "first light"), lambda found: not found) == []


@pytest.mark.both_adapters
async def test_what_the_bus_lost_is_found_later(
    container: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_index, "LOOK_AGAIN_S", 0.05)
    node = LiveIndex(container, MemoryBus(), tmp_path / "names.npz")
    async with following(node):
        (lost,) = await added(container, draft("lost", "Lost Message"))
        assert await soon(asking(node, "lost message"), bool) == [lost]
        async with container.scope(write=True) as scope:
            await usecases.delete_release(context_of(scope), scope.port(EpisodeIds), lost, version=None)
        assert await soon(asking(node, "lost message"), lambda found: not found) == []


async def test_many_changes_make_a_new_index(
    container: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_index, "RECENT_MAX", 3)
    node = LiveIndex(container, MemoryBus(), tmp_path / "names.npz")
    async with following(node):
        for number in range(len(WORDS)):
            (made,) = await added(container, draft(f"a-{number}", WORDS[number]))
            await node.announce(made)
        assert await soon(asking(node, WORDS[-1]), bool) == [made]
        assert await node.find(WORDS[0], drafts=False)


async def test_a_start_takes_the_stored_index_and_a_broken_one_is_no_harm(container: Container, tmp_path: Path) -> None:
    path = tmp_path / "search" / "names.npz"
    (made,) = await added(container, draft("kept", "Kept Name"))
    async with following(LiveIndex(container, MemoryBus(), path)):
        await soon(lambda: asyncio.to_thread(path.exists), bool)
    written = path.stat().st_mtime_ns
    again = LiveIndex(container, MemoryBus(), path)
    async with following(again):
        assert await again.find("kept name", drafts=False) == [made]
    assert path.stat().st_mtime_ns == written, "nothing changed, so nothing was made anew"

    await added(container, draft("later", "Something Else"))
    late = LiveIndex(container, MemoryBus(), path)
    async with following(late):
        assert await soon(asking(late, "something else"), bool)
    for broken in (b"", b"PK\x03\x04 nonsense", path.read_bytes()[:200]):
        path.write_bytes(broken)
        node = LiveIndex(container, MemoryBus(), path)
        async with following(node):
            assert await node.find("kept name", drafts=False) == [made]


async def test_what_was_found_by_which_name(catalogue: Catalogue) -> None:
    made = await catalogue.call("POST", "/releases", TITAN, status=201)
    await catalogue.call("POST", f"/releases/{made['id']}/publish")
    spanish = {"name": "Ataque a los titanes", "description": ""}
    await catalogue.call("PUT", f"/releases/{made['id']}/translations/es", spanish)
    await catalogue.finds("ataque a los", [TITAN["alias"]])

    async def found(text: str) -> tuple[str, list[list[int]], str]:
        [title] = (await catalogue.call("GET", f"/search/suggestions?query={text}"))["titles"]
        [listed] = (await catalogue.call("GET", f"/releases?search={text}"))["items"]
        assert listed["matched"] == title["matched"]
        matched = title["matched"]
        return matched["name"], matched["ranges"], matched["by"]

    assert await found("attak on titan") == ("Attack on Titan", [[0, 15]], "name")
    assert await found("進撃") == ("進撃の巨人", [[0, 2]], "name")
    assert await found("snk") == ("SnK", [[0, 3]], "name")
    assert await found("ataque a") == ("Ataque a los titanes", [[0, 8]], "name"), "another reader's language"
    assert (await catalogue.call("GET", "/releases"))["items"][0]["matched"] is None


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_what_one_process_is_told_the_other_finds(
    app_client: AppClient,
    settings: Settings,
    make_user: MakeUser,
    aiohttp_client: Callable[..., Awaitable[AppClient]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Two applications with their own indexes, and Valkey alone between them."""
    monkeypatch.setattr(live_index, "LOOK_AGAIN_S", 3_600)
    editor = await make_user(Role.MODERATOR)
    async with open_services(settings.model_copy(update={"data_dir": tmp_path / "other"})) as services:
        here = Catalogue(app_client, editor.headers)
        there = Catalogue(await aiohttp_client(create_app(services)), editor.headers)
        made = await here.call(
            "POST", "/releases", {"alias": "lain", "type": "TV", "name": {"main": "Lain"}}, status=201
        )
        for desk in (here, there):
            await desk.finds("lain", ["lain"])
        await here.call("PUT", f"/releases/{made['id']}", {"alias": "lain", "type": "TV", "name": {"main": "Wired"}})
        for desk in (there, here):
            await desk.finds("wired", ["lain"])
            await desk.finds("lain", [])
        await there.call("DELETE", f"/releases/{made['id']}", status=204)
        for desk in (here, there):
            await desk.finds("wired", [])
