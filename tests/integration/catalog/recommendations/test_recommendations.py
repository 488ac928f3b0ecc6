"""Recommendations over HTTP: what one may like and why, switches, what is hidden, what is similar, and the nightly model."""

from typing import Any

import pytest

from catalog.recommendations import queries
from catalog.recommendations.model import HIDDEN_MAX
from kernel.access import Role
from kernel.ids import new_id
from kernel.scope import Container
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.moderation.moderating import Office
from tests.support.catalog.library import Api, add_show
from tests.support.catalog.recommendations import refreshed
from tests.support.catalog.search import soon
from tests.support.people import Person


@pytest.fixture(autouse=True)
def _several_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "READ_AT_ONCE", 2)


@pytest.fixture
def office(app_client: AppClient, make_user: MakeUser) -> Office:
    return Office(app_client, make_user)


async def catalogue(office: Office, container: Container) -> dict[str, str]:
    """Four published releases and a draft, by alias."""
    shows: dict[str, dict[str, Any]] = {
        "war-one": {"type": "TV", "genres": ["War", "Mecha"], "year": 1990},
        "war-two": {"type": "TV", "genres": ["War", "Mecha"], "year": 1991},
        "love": {"type": "MOVIE", "genres": ["Romance"], "year": 2026},
        "cooking": {"type": "TV", "genres": ["Food"], "year": 1980},
    }
    made = {alias: await office.release(alias=alias, **show) for alias, show in shows.items()}
    made["draft"] = await office.release(publish=False, alias="draft", type="TV", genres=["War", "Mecha"])
    await refreshed(container)
    return made


async def listed(office: Office, who: Person, query: str = "") -> dict[str, Any]:
    """Alias → reason, in the order of the list."""
    answer = await office.call(who, "GET", f"/recommendations{query}")
    return {item["release"]["alias"]: item["reason"] for item in answer["items"]}


async def test_what_one_may_like(office: Office, container: Container) -> None:
    person = await office.person(Role.USER)
    made = await catalogue(office, container)
    cold = await listed(office, person)
    assert next(iter(cold)) == "love"
    assert {alias: reason["kind"] for alias, reason in cold.items()} == {
        "love": "recent",
        "war-one": "varied",
        "war-two": "varied",
        "cooking": "varied",
    }
    await office.call(person, "POST", f"/favorites/{made['war-one']}", status=204)
    warm = await listed(office, person)
    assert "war-one" not in warm, "one's own list"
    assert next(iter(warm)) == "war-two", "with the next request"
    reason = warm["war-two"]
    assert (reason["kind"], reason["because"]["alias"], reason["shared"]) == ("alike", "war-one", ["Mecha", "War"])
    assert reason["people"] is None
    assert list(await listed(office, person, "?limit=1")) == ["war-two"]
    answer = await office.call(person, "GET", "/recommendations?language=ru&limit=50")
    assert answer["likes"] == 1
    assert (answer["model"] or {"items": 0})["items"] == 0, "none yet; or, five seconds from the start, one of nothing"
    for bad in ("?limit=0", "?limit=51", "?language=.."):
        assert (await office.send(person, "GET", f"/recommendations{bad}")).status == 422


@pytest.mark.both_adapters
async def test_not_this_one(office: Office, container: Container) -> None:
    person, other = await office.person(Role.USER), await office.make_user()
    made = await catalogue(office, container)
    path = f"/recommendations/not-interested/{made['love']}"
    for _ in range(2):
        await office.call(person, "POST", path, status=204)
    assert "love" not in await listed(office, person)
    assert "love" in await listed(office, other)
    hidden = await office.call(person, "GET", "/recommendations/not-interested")
    assert [(item["release"]["alias"], hidden["total"]) for item in hidden["items"]] == [("love", 1)]
    copy = await office.call(person, "GET", "/me/data")
    assert [one["release_id"] for one in copy["recommendations"]["not_interested"]] == [made["love"]]
    await office.call(other, "DELETE", path, status=204)
    assert "love" not in await listed(office, person), "somebody else's undo"
    for _ in range(2):
        await office.call(person, "DELETE", path, status=204)
    assert "love" in await listed(office, person)
    for unknown in (made["draft"], new_id()):
        refused = await office.refused(person, "POST", f"/recommendations/not-interested/{unknown}")
        assert refused == (404, "not_recommendable")


async def test_who_hides_the_whole_catalogue_is_told(
    office: Office, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert HIDDEN_MAX > 1
    monkeypatch.setattr("catalog.recommendations.usecases.HIDDEN_MAX", 1)
    person, made = await office.person(Role.USER), await catalogue(office, container)
    await office.call(person, "POST", f"/recommendations/not-interested/{made['love']}", status=204)
    await office.call(person, "POST", f"/recommendations/not-interested/{made['love']}", status=204)
    refused = await office.refused(person, "POST", f"/recommendations/not-interested/{made['war-one']}")
    assert refused == (409, "too_many_hidden")


@pytest.mark.both_adapters
async def test_switches(office: Office, container: Container) -> None:
    person = await office.person(Role.USER)
    await catalogue(office, container)
    usual = {"sequels": False, "count_dropped": True, "minimum_members": 0, "kinds": []}
    assert await office.call(person, "GET", "/recommendations/settings") == usual
    films = await office.call(person, "PUT", "/recommendations/settings", {"kinds": ["MOVIE", "MOVIE"]})
    assert films == {**usual, "kinds": ["MOVIE"]}
    assert list(await listed(office, person)) == ["love"]
    await office.call(person, "PUT", "/recommendations/settings", {"minimum_members": 1})
    assert await listed(office, person) == {}
    bad: list[dict[str, Any]] = [{"kinds": ["BOOK"]}, {"minimum_members": -1}, {"minimum_members": 10**9}, {"x": 1}]
    for body in bad:
        assert await office.refused(person, "PUT", "/recommendations/settings", body) == (422, "invalid_payload")
    assert (await office.call(person, "GET", "/me/data"))["recommendations"]["minimum_members"] == 1


async def test_what_was_given_up_counts_against_what_is_like_it(
    services: Services, office: Office, container: Container
) -> None:
    person, editor = await office.person(Role.USER), Api(office.client, await office.person(Role.EDITOR))
    genres = {"loved": ["War", "Mecha", "Food"], "gone": ["War", "Mecha"], "war": ["War", "Mecha"], "cooking": ["Food"]}
    shows = {alias: await add_show(services, editor, alias=alias, genres=named) for alias, named in genres.items()}
    await refreshed(container)
    await office.call(person, "POST", "/favorites/loved", status=204)
    for episode in shows["gone"].episodes:
        await office.call(person, "PUT", f"/library/progress/{episode}", {"watched": True})
    await office.call(person, "PUT", "/library/collections/gone", {"type": "ABANDONED"}, status=204)
    order = {}
    for counts in (True, False):
        await office.call(person, "PUT", "/recommendations/settings", {"count_dropped": counts})
        order[counts] = list(await listed(office, person))
    assert order == {True: ["cooking", "war"], False: ["war", "cooking"]}


@pytest.mark.both_adapters
async def test_similar_releases(office: Office, container: Container) -> None:
    person, other = await office.person(Role.USER), await office.make_user()
    made = await catalogue(office, container)
    path = "/releases/war-one/similar"  # by alias, as everywhere
    found = await office.call(None, "GET", path)
    assert [item["release"]["alias"] for item in found["computed"]] == ["war-two"]
    assert found["computed"][0]["reason"]["shared"] == ["Mecha", "War"]
    assert found["community"] == []
    await office.call(person, "POST", path, {"release_id": made["cooking"]}, status=204)
    back = f"/releases/{made['cooking']}/similar"
    await office.call(other, "PUT", f"{back}/{made['war-one']}/vote", status=204)
    for who, voted in ((None, False), (person, True), (other, True)):
        (one,) = (await office.call(who, "GET", path))["community"]
        assert (one["release"]["alias"], one["votes"], one["voted"]) == ("cooking", 2, voted)
    copy = await office.call(other, "GET", "/me/data")
    assert len(copy["recommendations"]["similar_votes"]) == 1
    await office.call(other, "DELETE", f"{path}/{made['cooking']}/vote", status=204)
    assert [one["votes"] for one in (await office.call(None, "GET", path))["community"]] == [1]

    refusals = {
        made["war-one"]: (400, "similar_to_itself"),
        made["draft"]: (404, "not_recommendable"),
        new_id(): (404, "not_recommendable"),
    }
    for other_id, refusal in refusals.items():
        assert await office.refused(person, "POST", path, {"release_id": other_id}) == refusal
    assert await office.refused(other, "PUT", f"{path}/{made['love']}/vote") == (404, "similar_not_found")
    assert await office.refused(None, "GET", "/releases/nobody-knows/similar") == (404, "release_not_found")
    assert await office.refused(None, "GET", f"/releases/{made['draft']}/similar") == (404, "release_not_found")

    report = {"kind": "similar", "target_id": one["pair_id"], "reason": "wrong", "text": ""}
    filed = await office.call(other, "POST", "/moderation/reports", report, status=201)
    assert filed["title"] == "Big Buck Bunny ~ Big Buck Bunny"
    assert filed["release_id"] in {made["war-one"], made["cooking"]}
    assert await office.refused(person, "DELETE", f"{path}/{made['cooking']}") == (403, "forbidden")
    await office.call(await office.person(Role.MODERATOR), "DELETE", f"{path}/{made['cooking']}", status=204)
    assert (await office.call(None, "GET", back))["community"] == []
    refused = await office.refused(person, "POST", path, {"release_id": made["cooking"]})
    assert refused == (409, "similar_taken_out")


@pytest.mark.both_adapters
async def test_tags_studios_and_staff_are_reasons_too(office: Office, container: Container) -> None:
    await catalogue(office, container)
    editor = await office.person(Role.EDITOR)
    for kind in ("tags", "studios", "people"):
        await office.call(editor, "POST", f"/{kind}", {"name": f"Our {kind}"}, status=201)
    end = {"name": "The end", "spoiler": True}
    await office.call(editor, "POST", "/tags", end, status=201)
    for alias in ("love", "cooking"):
        tags = [{"tag": "our-tags", "rank": 90}, {"tag": "the-end", "rank": 90}]
        said = {
            "tags": tags,
            "studios": [{"studio": "our-studios", "role": "animation"}],
            "credits": [{"person": "our-people", "role": "director"}],
        }
        for path, items in said.items():
            await office.call(editor, "PUT", f"/releases/{alias}/{path}", {"items": items})
    await refreshed(container)
    (found,) = (await office.call(None, "GET", "/releases/love/similar"))["computed"]
    assert found["release"]["alias"] == "cooking"
    assert set(found["reason"]["shared"]) == {"Our tags", "Our studios", "Our people"}


@pytest.mark.both_adapters
async def test_ones_own_franchise_has_its_own_place(office: Office, container: Container) -> None:
    person, made = await office.person(Role.USER), await catalogue(office, container)
    places = [
        {"release_id": made[alias], "release_place": place} for place, alias in enumerate(("war-one", "war-two"), 1)
    ]
    franchise = {"alias": "war", "name": "War", "members": places}
    await office.call(await office.person(Role.EDITOR), "POST", "/franchises", franchise, status=201)
    await refreshed(container)
    await office.call(person, "POST", f"/favorites/{made['war-one']}", status=204)
    assert set(await listed(office, person)) == {"love", "cooking"}
    assert (await office.call(person, "GET", "/releases/war-one/similar"))["computed"] == []
    await office.call(person, "PUT", "/recommendations/settings", {"sequels": True})
    assert next(iter(await listed(office, person))) == "war-two"


async def test_a_model_by_hand(office: Office, container: Container) -> None:
    admin, person = await office.person(Role.ADMIN), await office.person(Role.USER)
    made = await catalogue(office, container)
    before = await office.call(admin, "GET", "/admin/recommendations/model")
    assert (before["model"], before["items_max"], before["likes_min"]) == (None, 10_000, 5)
    await office.call(person, "POST", f"/favorites/{made['love']}", status=204)
    ordered = await office.call(admin, "POST", "/admin/recommendations/model", status=202)
    done = await soon(
        lambda: office.call(admin, "GET", f"/jobs/{ordered['job_id']}"), lambda job: job["state"] == "succeeded"
    )
    assert done["state"] == "succeeded"
    known = (await office.call(admin, "GET", "/admin/recommendations/model"))["model"]
    assert (known["people"], known["items"]) == (1, 0)
    shown = await soon(lambda: office.call(person, "GET", "/recommendations"), lambda answer: answer["model"])
    assert shown["model"] == known, "every process hears of it"
