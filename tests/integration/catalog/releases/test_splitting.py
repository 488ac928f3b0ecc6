"""Splitting releases and undoing it, with what people keep of them, in both databases."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from accounts.library.merging.repository import library_merge_rows
from catalog.imports.applying.repository import import_record_table
from catalog.imports.applying.usecases import Catalogue
from catalog.ratings.merging.repository import vote_merge_table
from catalog.recommendations.merging.repository import choice_merge_table
from catalog.releases.merge_locks.queries import never_merged
from catalog.releases.repository import release_table
from catalog.releases.splitting.queries import moved_away
from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.support.catalog import imports
from tests.support.catalog.imports import work
from tests.support.catalog.library import Api, Show, add_show


@pytest.fixture
async def boss(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user(Role.MODERATOR))


@pytest.fixture
async def ann(app_client: AppClient, make_user: MakeUser) -> Api:
    return Api(app_client, await make_user())


def wanted(*episode_ids: str, **said: Any) -> dict[str, Any]:
    new = {"alias": "season-two", "type": "TV", "name": {"main": "The Show: Season Two"}, "year": 2019}
    return {"episode_ids": list(episode_ids), **new, **said}


async def show(services: Services, boss: Api, **facts: Any) -> Show:
    usual: dict[str, Any] = {
        "alias": "the-show",
        "name": {"main": "The Show"},
        "year": 2018,
        "external_ids": {"mal": "42", "anidb": "5"},
        "genres": ["Drama"],
        "age_rating": 16,
    }
    return await add_show(services, boss, episodes=4, **(usual | facts))


async def split(boss: Api, release_id: str, body: dict[str, Any]) -> Any:
    status, made = await boss("POST", f"releases/{release_id}/split", body)
    assert status == 201, made
    return made


async def episodes(who: Api, release_id: str) -> list[tuple[str, float]]:
    return [(one["id"], one["ordinal"]) for one in (await who.get(f"releases/{release_id}/episodes"))["items"]]


async def history(who: Api) -> dict[str, str]:
    return {row["episode_id"]: row["release_id"] for row in (await who.get("library/history"))["items"]}


def unversioned(release: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in release.items() if name not in {"version", "updated_at"}}


@pytest.mark.both_adapters
async def test_split_and_undone(services: Services, boss: Api, ann: Api) -> None:
    old = await show(services, boss)
    release_id, (one, two, three, four) = old.release_id, old.episodes
    await ann.watch(one, 24)
    await ann.watch(three, 10)
    await ann("POST", f"favorites/{release_id}")
    assert (await ann("PUT", f"releases/{release_id}/vote", {"score": 8}))[0] == 200
    track = {"language": "de", "label": "Deutsch", "text": "WEBVTT\n\n00:01.000 --> 00:02.000\nHallo"}
    assert (await boss("POST", f"episodes/{three}/subtitles", track))[0] == 201
    assert (await boss("PUT", f"episodes/{three}/translations/de", {"name": "Drei"}))[0] in {200, 201}
    before, watched = await boss.get(f"releases/{release_id}"), await history(ann)

    body = wanted(three, four, external_ids={"mal": "42"}, renumber=True)
    status, shown = await boss("POST", f"releases/{release_id}/split/preview", body)
    assert status == 200, shown
    assert [(row["from_ordinal"], row["to_ordinal"]) for row in shown.pop("moved")] == [(3, 1), (4, 2)]
    assert shown == {
        "stays": [1, 2],
        "status": "published",
        "external_ids": ["mal"],
        "trailers": [],
        "source_episodes_total": 2,
        "target_episodes_total": 2,
        "locked_fields": ["external_ids", "episodes_total"],
    }
    assert await boss.get(f"releases/{release_id}") == before, "looking changes nothing"

    done = await split(boss, release_id, body)
    new_release = done["target_id"]
    assert (done["source_id"], done["source_title"], done["episodes_moved"]) == (release_id, "The Show", 2)
    new, kept = await boss.get(f"releases/{new_release}"), await boss.get(f"releases/{release_id}")
    assert (done["source_version"], done["target_version"]) == (kept["version"], new["version"])
    assert (new["alias"], new["name"]["main"], new["year"]) == ("season-two", "The Show: Season Two", 2019)
    assert (new["status"], new["age_rating"]) == ("published", 16)
    assert ([one["name"] for one in new["genres"]], new["episodes_total"]) == (["Drama"], 2)
    assert (new["external_ids"]["mal"], new["external_ids"]["anidb"]) == ("42", None)
    assert (kept["external_ids"]["mal"], kept["external_ids"]["anidb"], kept["episodes_total"]) == (None, "5", 2)
    assert (await episodes(ann, release_id), await episodes(ann, new_release)) == (
        [(one, 1), (two, 2)],
        [(three, 1), (four, 2)],
    )
    assert await history(ann) == {one: release_id, three: new_release}
    assert [row["release_id"] for row in (await ann.get("favorites"))["items"]] == [release_id]
    assert (await ann.get(f"releases/{release_id}/rating"))["own"] == 8
    assert (await ann.get(f"releases/{new_release}/rating"))["own"] is None
    assert [row["name"] for row in (await ann.get(f"episodes/{three}/translations"))["items"]] == ["Drei"]
    assert [row["label"] for row in (await boss.get(f"episodes/{three}/subtitles"))["items"]] == ["Deutsch"]
    assert {row["field"] for row in (await boss.get(f"releases/{release_id}/locks"))["items"]} == {
        "external_ids",
        "episodes_total",
    }
    status, problem = await boss("POST", "merges", {"source_id": new_release, "target_id": release_id})
    assert (status, problem["code"]) == (409, "never_merged")

    # What Ann does meanwhile with the new one is not lost.
    await ann.watch(four, 5)
    await ann("POST", f"favorites/{new_release}")
    assert (await ann("POST", f"recommendations/not-interested/{new_release}"))[0] == 204
    stale = {"source_version": kept["version"], "target_version": new["version"] + 1}
    status, problem = await boss("POST", f"splits/{done['id']}/undo", stale)
    assert (status, problem["current"]["id"]) == (409, new_release)
    versions = {"source_version": kept["version"], "target_version": new["version"]}
    status, undone = await boss("POST", f"splits/{done['id']}/undo", versions)
    assert status == 200, undone
    assert (undone["target_version"], undone["undone_by"]) == (None, boss.person.user_id)
    assert unversioned(await boss.get(f"releases/{release_id}")) == unversioned(before)
    assert await episodes(ann, release_id) == [(id_, place) for place, id_ in enumerate(old.episodes, start=1)]
    assert await history(ann) == {**watched, four: release_id}
    assert [row["release_id"] for row in (await ann.get("favorites"))["items"]] == [release_id]
    assert [row["name"] for row in (await ann.get(f"episodes/{three}/translations"))["items"]] == ["Drei"]
    unwanted = (await ann.get("me/data"))["recommendations"]["not_interested"]
    assert [row["release_id"] for row in unwanted] == [release_id]
    assert (await boss.get(f"releases/{release_id}/locks"))["items"] == []
    assert (await boss.get("merge-locks"))["items"] == []
    for path in (f"releases/{new_release}", "releases/season-two"):
        assert (await ann.get(path))["id"] == release_id, "its address leads back"
    assert (await boss("POST", f"splits/{done['id']}/undo", {}))[1]["code"] == "split_undone"
    assert (await boss.get("splits"))["items"][0]["undone_at"] == undone["undone_at"]
    again = await split(boss, release_id, body)
    assert again["target_id"] != new_release, "and it can be split anew"


@pytest.mark.both_adapters
async def test_what_contradicts_is_said_and_nothing_happens(services: Services, boss: Api) -> None:
    old = await show(services, boss)
    done = await split(boss, old.release_id, wanted(*old.episodes[2:], external_ids={"mal": "42"}))
    now = await boss.get(f"releases/{old.release_id}")
    fields = ("alias", "type", "name", "episodes_total")
    body = {name: now[name] for name in fields} | {"external_ids": {"mal": "99"}, "genres": ["Drama"]}
    assert (await boss("PUT", f"releases/{old.release_id}", body))[0] == 200
    for path, ordinal in ((old.release_id, 4), (done["target_id"], 9)):
        assert (await boss("POST", "episodes", {"release_id": path, "ordinal": ordinal}))[0] == 201
    assert (await boss("PUT", f"episodes/{old.episodes[2]}", {"ordinal": 7}))[0] == 200
    after = [await boss.get(f"releases/{one}") for one in (old.release_id, done["target_id"])]
    status, problem = await boss("POST", f"splits/{done['id']}/undo", {})
    assert (status, problem["code"]) == (409, "split_contradicted")
    for fault in (
        "external_ids.mal of The Show was edited since",
        "The Show: Season Two got an episode 9 since",
        "episode 3 was moved or renumbered",
        "there is another episode 4 by now",
    ):
        assert fault in problem["detail"]
    assert [await boss.get(f"releases/{one}") for one in (old.release_id, done["target_id"])] == after

    assert (await boss("DELETE", f"releases/{done['target_id']}"))[0] == 204
    status, problem = await boss("POST", f"splits/{done['id']}/undo", {})
    assert (status, "The Show: Season Two was deleted" in problem["detail"]) == (409, True)


async def test_what_is_refused(services: Services, boss: Api) -> None:
    old, other = await show(services, boss), await add_show(services, boss, episodes=1, alias="other")
    path, (first, *_) = f"releases/{old.release_id}/split", old.episodes
    before = await boss.get(f"releases/{old.release_id}")
    for body, expected in (
        (wanted(), (400, "no_episodes_chosen")),
        (wanted(*old.episodes), (400, "all_episodes_chosen")),
        (wanted(first, other.episodes[0]), (400, "foreign_episodes")),
        (wanted(first, external_ids={"mal": "43"}), (400, "foreign_identifiers")),
        (wanted(first, alias="other"), (409, "alias_taken")),
        (wanted(first, alias="No Alias"), (400, "bad_alias")),
        (wanted(first, year=3000), (422, "invalid_payload")),
        (wanted("x"), (422, "invalid_payload")),
    ):
        for place in (path, f"{path}/preview"):
            status, problem = await boss("POST", place, body)
            assert (status, problem["code"]) == expected, body
    status, problem = await boss("POST", path, wanted(first), if_match=f'"v{before["version"] - 1}"')
    assert (status, problem["current"]["version"]) == (412, before["version"])
    assert await boss.get(f"releases/{old.release_id}") == before
    assert (await boss("POST", f"releases/{new_id()}/split", wanted(first)))[1]["code"] == "release_not_found"
    assert (await boss("POST", f"splits/{new_id()}/undo", {}))[1]["code"] == "split_not_found"

    pair = {"source_id": old.release_id, "target_id": other.release_id}
    assert (await boss("POST", "merges", pair))[0] == 201
    for place in (path, f"{path}/preview"):
        status, problem = await boss("POST", place, wanted(first))
        assert (status, problem["code"]) == (409, "part_of_another")
    assert (await boss("DELETE", f"releases/{other.release_id}"))[0] == 204
    status, problem = await boss("POST", f"releases/{other.release_id}/split", wanted(other.episodes[0]))
    assert (status, problem["code"]) == (404, "release_not_found")


async def test_a_draft_stays_a_draft_and_numbers_stay(services: Services, boss: Api) -> None:
    old = await show(
        services, boss, episodes_total=None, published=False, blocks={"regions": ["DE"], "copyright": False}
    )
    done = await split(boss, old.release_id, wanted(old.episodes[3]))
    made = await boss.get(f"releases/{done['target_id']}")
    assert (made["status"], made["blocks"]) == ("draft", {"regions": ["DE"], "copyright": False})
    assert await episodes(boss, done["target_id"]) == [(old.episodes[3], 4)]
    assert (await boss.get(f"releases/{old.release_id}/locks"))["items"] == [], "nothing of it changed"


@pytest.mark.both_adapters
async def test_two_moderators_at_once(services: Services, boss: Api) -> None:
    old = await show(services, boss)
    bodies = [wanted(*old.episodes[2:]), wanted(*old.episodes[1:3], alias="another")]
    answers = await asyncio.gather(*(boss("POST", f"releases/{old.release_id}/split", body) for body in bodies))
    done = [answer for status, answer in answers if status == 201]
    assert len(done) >= 1
    assert {status for status, _ in answers} <= {201, 400, 409, 412}
    held = [await episodes(boss, one) for one in (old.release_id, *(each["target_id"] for each in done))]
    assert sorted(id_ for each in held for id_, _ in each) == sorted(old.episodes), "each episode is in one release"
    undone = await asyncio.gather(*(boss("POST", f"splits/{done[0]['id']}/undo", {}) for _ in range(2)))
    assert sorted(status for status, _ in undone) in ([200, 409], [200, 412])


@pytest.mark.both_adapters
async def test_imports_keep_the_two_apart(services: Services, boss: Api, tmp_path: Path) -> None:
    async def read(year: int, **changes: Any) -> None:
        item = work(1, begin=f"{year}-04-07T16:35:00.000Z", end=f"{year}-06-25T17:35:00.000Z", **changes)
        await imports.run(services, imports.write(tmp_path / "works.json", [item]), publish=True)

    async def linked_to() -> list[str]:
        async with services.container.scope(write=False) as scope:
            return list(await scope.uow.session.scalars(select(import_record_table.c.release_id)))

    await read(1991)
    async with services.container.scope(write=False) as scope:
        old = await scope.uow.session.scalar(select(release_table.c.id))
    assert old is not None
    made = [(await boss("POST", "episodes", {"release_id": old, "ordinal": number}))[1]["id"] for number in (1, 2)]
    ids = {name: value for name, value in (await boss.get(f"releases/{old}"))["external_ids"].items() if value}
    assert ids == {"mal": "2", "bangumi": "2"}
    done = await split(boss, old, wanted(made[1], external_ids={"mal": "2"}, year=1991))
    new = done["target_id"]
    async with services.container.scope(write=False) as scope:
        session = scope.uow.session
        assert await never_merged(session, [old]) == {frozenset((old, new))}
        assert await moved_away(session, old) == {2: made[1]}
        assert await moved_away(session, new) == {}
        assert await scope.port(Catalogue).locked_fields([old]) == {old: frozenset({"external_ids"})}

    # Two identifiers that lead to one each: it stays linked as it was, and nothing goes back.
    await read(1992)
    assert await linked_to() == [old]
    kept, other = await boss.get(f"releases/{old}"), await boss.get(f"releases/{new}")
    assert (kept["year"], kept["external_ids"]["mal"], other["external_ids"]["mal"]) == (1992, None, "2")
    assert (other["year"], other["name"]["main"]) == (1991, "The Show: Season Two")

    # With the identifier alone that went along it is the new one; no third release is made.
    await read(1991, sites=[{"site": "mal", "id": "2"}])
    async with services.container.scope(write=False) as scope:
        assert set(await scope.uow.session.scalars(select(release_table.c.id))) == {old, new}

    assert (await boss("POST", f"splits/{done['id']}/undo", {}))[0] == 200
    async with services.container.scope(write=False) as scope:
        session = scope.uow.session
        assert (await never_merged(session, [old]), await moved_away(session, old)) == (set(), {})
        assert await scope.port(Catalogue).merged_into([new]) == {new: old}
    await read(1993)
    assert (await boss.get(f"releases/{old}"))["external_ids"]["mal"] == "2"
    async with services.container.scope(write=False) as scope:
        assert set(await scope.uow.session.scalars(select(release_table.c.id))) == {old, new}


async def made(who: Api, release_id: str) -> dict[str, list[str]]:
    """Names in the lists of a release."""
    found = {}
    for kind, one in (("credits", "person"), ("studios", "studio"), ("tags", "tag")):
        found[kind] = [row[one]["name"] for row in (await who.get(f"releases/{release_id}/{kind}"))["items"]]
    return found


@pytest.mark.both_adapters
async def test_who_made_it_is_copied_and_gone_with_the_undo(services: Services, boss: Api, ann: Api) -> None:
    old = await show(services, boss)
    for kind, lists, item in (
        ("people", "credits", {"person": "anybody", "role": "music"}),
        ("studios", "studios", {"studio": "anybody", "role": "animation"}),
        ("tags", "tags", {"tag": "anybody"}),
    ):
        assert (await boss("POST", kind, {"name": "Anybody"}))[0] == 201
        assert (await boss("PUT", f"releases/{old.release_id}/{lists}", {"items": [item]}))[0] == 200
    await ann("POST", f"favorites/{old.release_id}")
    await ann.watch(old.episodes[3], 20)
    whole = {"credits": ["Anybody"], "studios": ["Anybody"], "tags": ["Anybody"]}
    nothing: dict[str, list[str]] = {"credits": [], "studios": [], "tags": []}

    done = await split(boss, old.release_id, wanted(*old.episodes[2:]))
    assert await made(boss, done["target_id"]) == await made(boss, old.release_id) == whole
    await ann("POST", f"favorites/{done['target_id']}")
    assert (await boss("POST", f"splits/{done['id']}/undo", {}))[0] == 200
    assert await made(boss, old.release_id) == whole
    assert (await boss.get("people/anybody/releases"))["total"] == 1, "the new one is in no list any more"
    async with services.container.scope(write=False) as scope:
        for table in (library_merge_rows, choice_merge_table, vote_merge_table):
            rows = await scope.uow.session.execute(select(table).where(table.c.merge_id == done["id"]))
            assert rows.all() == [], "nobody undoes an undo"

    some = await split(boss, old.release_id, wanted(*old.episodes[2:], alias="other", copied=["tags"]))
    assert await made(boss, some["target_id"]) == {**nothing, "tags": ["Anybody"]}
