"""The catalogue as a list: over HTTP, and as processes keep their columns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from catalog.ratings.figures.repository import stats_table
from catalog.releases import usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.model import ReleaseDraft, ReleaseType
from catalog.releases.names import Names
from catalog.releases.usecases import EpisodeIds, Releases
from catalog.search.listing.adapters import live_columns
from catalog.search.listing.adapters.live_columns import ListedCatalogue, LiveColumns
from catalog.search.listing.model import CatalogueFilter, Chosen, Facet
from catalog.search.listing.usecases import CatalogueNotReady, ListingContext, list_releases
from kernel.access import Role
from kernel.nodes.bus import MemoryBus
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser
from tests.support.catalog.search import soon

BUNNY: dict[str, Any] = {
    "alias": "big-buck-bunny",
    "type": "MOVIE",
    "name": {"main": "Большой Бак", "english": "Big Buck Bunny"},
    "year": 2008,
    "season": "spring",
    "genres": ["Comedy", "Slice of Life"],
}
SINTEL: dict[str, Any] = {
    "alias": "sintel",
    "type": "TV",
    "name": {"main": "Sintel"},
    "year": 2010,
    "is_ongoing": True,
    "age_rating": 12,
    "genres": ["Fantasy"],
}


class Office:
    """An editor and a viewer of one catalogue."""

    def __init__(self, client: AppClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    async def call(self, method: str, path: str, json: Any = None, *, viewer: bool = False, status: int = 200) -> Any:
        headers = {} if viewer else self.headers
        response = await self.client.request(method, f"/api/v1{path}", json=json, headers=headers)
        assert response.status == status, await response.text()
        return await response.json() if status != 204 else None

    async def listed(self, query: str, *, viewer: bool = False) -> list[str]:
        page = await self.call("GET", f"/releases?{query}", viewer=viewer)
        assert page["total"] == len(page["items"])
        return [item["alias"] for item in page["items"]]


@pytest.fixture
async def office(app_client: AppClient, make_user: MakeUser) -> Office:
    return Office(app_client, (await make_user(Role.MODERATOR)).headers)


async def test_an_edit_is_in_the_next_list(office: Office) -> None:
    """Nobody waits for the outbox, the bus or a refresh here."""
    made = await office.call("POST", "/releases", BUNNY, status=201)
    path = f"/releases/{made['id']}"
    assert await office.listed("") == await office.listed("published=false") == ["big-buck-bunny"]
    assert await office.listed("", viewer=True) == await office.listed("published=false", viewer=True) == []
    await office.call("PUT", path, {**BUNNY, "genres": ["Drama"], "year": 2009})
    assert (await office.listed("genre=drama&year_from=2009"), await office.listed("genre=comedy")) == (
        ["big-buck-bunny"],
        [],
    )
    await office.call("POST", f"{path}/publish")
    assert await office.listed("", viewer=True) == ["big-buck-bunny"]
    await office.call("DELETE", path, status=204)
    assert await office.listed("") == await office.listed("", viewer=True) == []


@pytest.mark.parametrize(
    ("query", "aliases"),
    [
        ("genre=comedy&genre=fantasy&sort=year", ["big-buck-bunny", "sintel"]),
        ("genre_all=comedy&genre_all=slice-of-life", ["big-buck-bunny"]),
        ("genre_all=comedy&genre_all=fantasy", []),
        ("genre_not=comedy", ["sintel"]),
        ("status=ongoing", ["sintel"]),
        ("status=finished&age_rating=0", ["big-buck-bunny"]),
        ("season=spring&type=MOVIE&type=TV", ["big-buck-bunny"]),
        ("sort=name", ["sintel", "big-buck-bunny"]),
        ("sort=name&language=en", ["big-buck-bunny", "sintel"]),
        ("sort=-name&language=ru", ["big-buck-bunny", "sintel"]),
        ("search=year:2010", ["sintel"]),
        ("search=-genre:fantasy+type:movie", ["big-buck-bunny"]),
        ("search=Re:Zero", []),
        ("gems=true", []),
        ("score_from=1", []),
        ("score_to=10", []),
        ("sort=-rating", ["sintel", "big-buck-bunny"]),
        ("sort=-trending", ["sintel", "big-buck-bunny"]),
        ("sort=-popularity", ["sintel", "big-buck-bunny"]),
    ],
)
async def test_filters_and_orders(office: Office, query: str, aliases: list[str]) -> None:
    for body in (BUNNY, SINTEL):
        await office.call("POST", "/releases", body, status=201)
    assert await office.listed(query) == aliases


async def test_facets_are_counted_when_asked_for(office: Office) -> None:
    for body in (BUNNY, SINTEL):
        await office.call("POST", "/releases", body, status=201)
    assert (await office.call("GET", "/releases"))["facets"] is None
    facets = (await office.call("GET", "/releases?facets=true&type=TV&page_size=1"))["facets"]
    assert facets == {
        "genre": [{"value": "fantasy", "label": "Fantasy", "count": 1}],
        "type": [{"value": "MOVIE", "label": "", "count": 1}, {"value": "TV", "label": "", "count": 1}],
        "season": [],
        "age_rating": [{"value": "12", "label": "", "count": 1}],
        "status": [{"value": "ongoing", "label": "", "count": 1}],
        "tag": [],
        "studio": [],
        "person": [],
        "year": [{"value": "2010", "label": "", "count": 1}],
    }
    document = {"query": "genre:comedy", "facets": True}
    found = await office.call("POST", "/releases/search", document)
    assert (found["total"], [year["value"] for year in found["facets"]["year"]]) == (1, ["2008"])


@pytest.mark.both_adapters
async def test_tags_studios_and_people(office: Office) -> None:
    for body in (BUNNY, SINTEL):
        await office.call("POST", "/releases", body, status=201)
    bones = await office.call("POST", "/studios", {"name": "Bones", "alias": "bones"}, status=201)
    await office.call("POST", "/tags", {"name": "Time travel", "slug": "time-travel"}, status=201)
    await office.call("POST", "/people", {"name": "Ann Lee", "alias": "ann-lee"}, status=201)
    await office.call("PUT", "/releases/sintel/studios", {"items": [{"studio": "bones"}]})
    await office.call("PUT", "/releases/sintel/tags", {"items": [{"tag": "time-travel", "rank": 80}]})
    parts = [{"person": "ann-lee", "role": role} for role in ("director", "script")]
    await office.call("PUT", "/releases/sintel/credits", {"items": parts})
    for query in ("studio=bones", "tag=time-travel", "person=ann-lee", "search=studio:bones+-tag:gore"):
        assert await soon(lambda query=query: office.listed(query), bool) == ["sintel"], query  # type: ignore[misc]
    assert await office.listed("tag_not=time-travel") == ["big-buck-bunny"]

    async def counted() -> Any:
        facets = (await office.call("GET", "/releases?facets=true"))["facets"]
        return facets["studio"], facets["person"]

    expected = (
        [{"value": "bones", "label": "Bones", "count": 1}],
        [{"value": "ann-lee", "label": "Ann Lee", "count": 1}],
    )
    assert await counted() == expected, "somebody with two roles is one person"
    path = f"/studios/{bones['id']}"
    await office.call("PUT", path, {"name": "Bones Inc.", "alias": "bones"})
    renamed = await soon(counted, lambda found: found != expected)
    assert renamed[0] == [{"value": "bones", "label": "Bones Inc.", "count": 1}]


@pytest.mark.parametrize(
    "query",
    ["nonsense=1", "sort=password", "type=PODCAST", "status=airing", "season=fifth", "year_from=1", "year_to=99999",
     "year_from=2010&year_to=2009", "score_from=0", "score_from=nan", "score_from=9&score_to=8", "gems=some", "facets=maybe", "genre_all=" + "&genre_all=".join(["x"] * 31), "search=type:podcast",
     "search=year:20"],
)  # fmt: skip
async def test_bad_filters_are_refused(office: Office, query: str) -> None:
    answer = await office.call("GET", f"/releases?{query}", status=400 if query.startswith("search") else 422)
    assert answer["code"] == ("bad_typed_filter" if query.startswith("search") else "invalid_payload")


async def test_suggestions_leave_half_typed_filters_alone(office: Office) -> None:
    await office.call("POST", "/releases", SINTEL, status=201)

    async def suggested(text: str) -> list[str]:
        titles = (await office.call("GET", f"/search/suggestions?query={text}"))["titles"]
        return [title["alias"] for title in titles]

    for text in ("sintel", "sintel year:2010", "sintel year:20", "sintel type:"):
        assert await soon(lambda text=text: suggested(text), bool) == ["sintel"]  # type: ignore[misc]
    assert await suggested("sintel year:2011") == []


def draft(alias: str, **facts: Any) -> ReleaseDraft:
    return ReleaseDraft(alias, ReleaseType.TV, Names(alias.title()), **facts)


async def added(container: Container, *drafts: ReleaseDraft, genres: tuple[str, ...] = ()) -> list[str]:
    async with container.scope(write=True) as scope:
        made = [await usecases.create_release(context_of(scope), one, genres) for one in drafts]
    return [release.id for release in made]


async def deleted(container: Container, release_id: str) -> None:
    async with container.scope(write=True) as scope:
        await usecases.delete_release(context_of(scope), scope.port(EpisodeIds), release_id, version=None)


class Unread:
    """An index of names that is still being read."""

    async def find(self, text: str, *, drafts: bool) -> None:
        return None


async def page(container: Container, node: LiveColumns, **wanted: Any) -> tuple[list[str], int]:
    """The aliases an editor is shown, and how many there are."""
    async with container.scope(write=False) as scope:
        context = ListingContext(ListedCatalogue(node, scope), scope.port(Releases), Unread())
        found = await list_releases(context, CatalogueFilter(**{"drafts": True, **wanted}), offset=0, limit=20)
    return [release.alias for release in found.releases], found.total


@asynccontextmanager
async def following(*nodes: LiveColumns) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(node.follow()) for node in nodes]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_every_process_lists_what_was_committed(container: Container, tmp_path: Path) -> None:
    """Whatever the bus does: it carries no message here."""
    nodes = [LiveColumns(container, MemoryBus(), tmp_path / f"{number}.npz") for number in range(2)]
    first, second = await added(container, draft("first", year=2001), draft("second"), genres=("Drama",))
    async with following(*nodes):
        for node in nodes:
            assert await page(container, node) == (["second", "first"], 2)
        (third,) = await added(container, draft("third"), genres=("Drama", "Comedy"))
        await deleted(container, second)
        for node in nodes:
            assert await page(container, node) == (["third", "first"], 2)
            assert await page(container, node, chosen={Facet.GENRE: Chosen(all_of=("drama", "comedy"))}) == (
                ["third"],
                1,
            )
            assert await page(container, node, ids=(first, second)) == (["first"], 1)
            assert await page(container, node, year_from=2001) == (["first"], 1)
        assert third


async def test_a_bulk_of_edits_is_followed(
    container: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_columns, "EDITS_MAX", 2)
    monkeypatch.setattr(live_columns, "LOOK_AGAIN_S", 0.02)
    monkeypatch.setattr(live_columns, "SETTLED_ROWS", 3)
    node = LiveColumns(container, MemoryBus(), tmp_path / "columns.npz")
    async with following(node):
        assert await page(container, node) == ([], 0)
        made = await added(container, *(draft(f"a-{number}") for number in range(6)))
        assert (await soon(lambda: page(container, node), lambda found: found[1] == 6))[1] == 6
        for release_id in made[:5]:
            await deleted(container, release_id)
        assert (await soon(lambda: page(container, node), lambda found: found[1] == 1)) == (["a-5"], 1)


async def test_a_start_takes_the_stored_columns(container: Container, tmp_path: Path) -> None:
    path = tmp_path / "search" / "columns.npz"
    await added(container, draft("kept"), genres=("Drama",))
    async with following(LiveColumns(container, MemoryBus(), path)):
        await soon(lambda: asyncio.to_thread(path.exists), bool)
    written = path.stat().st_mtime_ns
    async with following(again := LiveColumns(container, MemoryBus(), path)):
        assert await page(container, again, chosen={Facet.GENRE: Chosen(("drama",))}) == (["kept"], 1)
    assert path.stat().st_mtime_ns == written, "nothing changed, so nothing was made anew"
    await added(container, draft("later"))
    for content in (path.read_bytes(), b"", b"PK\x03\x04 nonsense"):
        path.write_bytes(content)
        async with following(late := LiveColumns(container, MemoryBus(), path)):
            assert await page(container, late) == (["later", "kept"], 2)


async def test_until_the_columns_are_read_there_is_no_list(
    container: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_columns, "READY_TIMEOUT_S", 0.01)
    with pytest.raises(CatalogueNotReady):
        await page(container, LiveColumns(container, MemoryBus(), tmp_path / "columns.npz"))


@pytest.mark.both_adapters
async def test_until_the_names_are_read_words_are_searched_for(container: Container, tmp_path: Path) -> None:
    await added(container, ReleaseDraft("kept", ReleaseType.TV, Names("Kept Name")))
    async with following(node := LiveColumns(container, MemoryBus(), tmp_path / "columns.npz")):
        for text, count in (("name kept", 1), ("kpet", 0), ("%", 0), ("name type:tv", 1), ("name type:ova", 0)):
            assert (await page(container, node, text=text, sort="relevance"))[1] == count, text


@pytest.mark.both_adapters
async def test_what_few_know_and_like_much_is_found(container: Container, tmp_path: Path) -> None:
    """Hidden gems, scores and their orders, from what the votes came to."""
    gem, hit, _ = made = await added(container, draft("gem"), draft("hit"), draft("unrated"))
    async with container.scope(write=True) as scope:
        for release_id in made:
            await usecases.publish_release(context_of(scope), release_id)
        for release_id, weighted, members, trend in ((gem, 9.0, 3, 1.0), (hit, 6.0, 5_000, 7.0)):
            row = {"release_id": release_id, "weighted": weighted, "members": members, "trend": trend}
            await scope.uow.session.execute(insert(stats_table).values(row))
    async with following(node := LiveColumns(container, MemoryBus(), tmp_path / "columns.npz")):
        assert await page(container, node, gems=True) == (["gem"], 1)
        assert await page(container, node, score_from=8.0) == (["gem"], 1)
        assert await page(container, node, score_to=7.0) == (["hit"], 1)
        assert (await page(container, node, sort="-rating"))[0] == ["gem", "hit", "unrated"]
        assert (await page(container, node, sort="-popularity"))[0] == ["hit", "gem", "unrated"]
        assert (await page(container, node, sort="-trending"))[0] == ["hit", "gem", "unrated"]
