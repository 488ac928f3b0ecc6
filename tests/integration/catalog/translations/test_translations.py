"""Releases and episodes in the reader's language, by an editor's hand or by proposal."""

import asyncio

import pytest

from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.usecases import media_ready
from kernel.access import Role
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.moderation.moderating import Office
from tests.support.catalog.search import soon
from tests.support.people import Person


@pytest.fixture
def office(app_client: AppClient, make_user: MakeUser) -> Office:
    return Office(app_client, make_user)


@pytest.fixture
async def editor(office: Office) -> Person:
    return await office.person(Role.EDITOR)


@pytest.mark.both_adapters
async def test_a_release_in_the_readers_language(office: Office, editor: Person) -> None:
    release_id = await office.release()
    path = f"/releases/{release_id}"
    text = {"name": " Большой Бак ", "description": "Кролик."}
    put = await office.call(editor, "PUT", f"{path}/translations/RU", text)
    assert (put["language"], put["name"], put["version"]) == ("ru", "Большой Бак", 1)
    await office.call(editor, "PUT", f"{path}/translations/pt-br", {"name": "O Grande Coelho"})

    expected = {"language": "ru", "name": "Большой Бак", "description": "Кролик."}
    asked = await office.call(None, "GET", f"{path}?language=ru")
    assert (asked["translation"], asked["name"]["main"]) == (expected, "Big Buck Bunny"), "the original stays"
    for header, name in (("ru-RU,en;q=0.8", "Большой Бак"), ("pt", "O Grande Coelho"), ("de,ru;q=0.9", None)):
        answer = await office.send(None, "GET", path, **{"Accept-Language": header})
        assert answer.headers["Vary"] == "Accept-Language"
        found = (await answer.json())["translation"]
        assert (found and found["name"]) == name
    await soon(lambda: office.call(None, "GET", "/releases?search=coelho"), lambda page: page["total"] > 0)
    for listing in ("/releases?language=ru", "/releases?language=ru&search=кролик", "/releases?search=coelho"):
        items = (await office.call(None, "GET", listing))["items"]
        assert [item["id"] for item in items] == ([] if "кролик" in listing else [release_id]), (
            "names alone are searched"
        )
    found = (await office.call(None, "GET", "/releases?language=ru&search=бак"))["items"]
    assert found[0]["translation"] == expected
    body = {"query": "бак", "language": "ru"}
    assert (await office.call(None, "POST", "/releases/search", body))["items"][0]["translation"] == expected
    for bad in ("english", "..", "ru%00"):
        assert (await office.send(None, "GET", f"{path}?language={bad}")).status == 422


@pytest.mark.both_adapters
async def test_caches_tell_languages_and_versions_apart(office: Office, editor: Person) -> None:
    release_id = await office.release()
    path = f"/releases/{release_id}"
    await office.call(editor, "PUT", f"{path}/translations/ru", {"name": "Бак"})
    tags = [(await office.send(None, "GET", f"{path}?language={tag}")).headers["ETag"] for tag in ("en", "ru")]
    assert tags == ['"v2"', '"v2.ru.1"']
    await office.call(editor, "PUT", f"{path}/translations/ru", {"name": "Большой Бак"})
    again = await office.send(None, "GET", f"{path}?language=ru", **{"If-None-Match": tags[1]})
    assert (again.status, again.headers["ETag"]) == (200, '"v2.ru.2"')
    body = {"alias": "big-buck-bunny", "type": "MOVIE", "name": {"main": "Big"}}
    edited = await office.send(editor, "PUT", path, body, **{"If-Match": again.headers["ETag"]})
    assert edited.status == 200, "an editor may read in any language"


@pytest.mark.both_adapters
async def test_translations_have_one_writer_at_a_time(office: Office, editor: Person) -> None:
    path = f"/releases/{await office.release()}/translations/ru"
    answers = await asyncio.gather(*(office.send(editor, "PUT", path, {"name": f"Бак {n}"}) for n in range(4)))
    assert {answer.status for answer in answers} <= {200, 409}, "a clash is no defect of ours"
    assert 200 in {answer.status for answer in answers}
    late = await office.send(editor, "PUT", path, {"name": "Бак"}, **{"If-Match": '"v99"'})
    assert late.status == 412
    for body, code in (({}, 400), ({"name": "x" * 256}, 422), ({"name": "a\0b"}, 422), ({"language": "en"}, 422)):
        assert (await office.send(editor, "PUT", path, body)).status == code
    await office.call(editor, "DELETE", path, status=204)
    await office.call(editor, "DELETE", path, status=404)


async def test_who_may_translate(office: Office, make_user: MakeUser) -> None:
    release_id = await office.release()
    for method, body in (("PUT", {"name": "Бак"}), ("DELETE", None)):
        path = f"/releases/{release_id}/translations/ru"
        assert await office.refused(None, method, path, body) == (401, "unauthenticated")
        assert await office.refused(await make_user(Role.USER), method, path, body) == (403, "forbidden")
    draft_id = await office.release(publish=False, alias="draft")
    assert await office.refused(None, "GET", f"/releases/{draft_id}/translations") == (404, "release_not_found")


async def test_an_episodes_name(office: Office, editor: Person, container: Container) -> None:
    release_id = await office.release()
    episode_id = await office.episode(release_id)
    async with container.scope(write=True) as scope:
        await media_ready(context_of(scope), episode_id, duration_ms=60_000, thumbnail_url=None)
    await office.call(editor, "POST", f"/episodes/{episode_id}/release")
    path = f"/episodes/{episode_id}"
    await office.call(editor, "PUT", f"{path}/translations/ru", {"name": "Снег"})
    assert await office.refused(editor, "PUT", f"{path}/translations/ru", {"description": "Снег."}) == (
        400,
        "nothing_translated",
    )
    listed = (await office.call(None, "GET", f"/releases/{release_id}/episodes?language=ru"))["items"]
    assert [item["translation"]["name"] for item in listed] == ["Снег"]
    assert (await office.call(None, "GET", f"{path}?language=ru"))["translation"]["name"] == "Снег"
    assert (await office.call(None, "GET", path))["translation"] is None
    assert len((await office.call(None, "GET", f"{path}/translations"))["items"]) == 1
    await office.call(await office.person(Role.ADMIN), "DELETE", f"/releases/{release_id}", status=204)
    assert await office.refused(None, "GET", f"{path}/translations") == (404, "episode_not_found")


async def test_a_proposed_translation(office: Office) -> None:
    user, moderator = await office.person(Role.USER), await office.person(Role.MODERATOR)
    release_id = await office.release()
    body = {
        "kind": "translation",
        "parent_id": release_id,
        "fields": {"language": {"after": "RU"}, "name": {"after": "Бак"}},
        "submit": True,
    }
    first = await office.call(user, "POST", "/moderation/proposals", body, status=201)
    assert (first["title"], first["release_id"]) == ("Big Buck Bunny", release_id)
    translation_id = (await office.accepted(moderator, first))["target_id"]
    page = f"/releases/{release_id}?language=ru"
    assert (await office.call(None, "GET", page))["translation"]["name"] == "Бак"

    change = {"kind": "translation", "target_id": translation_id, "fields": {"name": {"after": "Большой Бак"}}}
    second = await office.call(user, "POST", "/moderation/proposals", {**change, "submit": True}, status=201)
    await office.accepted(moderator, second)
    assert (await office.call(None, "GET", page))["translation"]["name"] == "Большой Бак"
    change["fields"] = {"language": {"after": "en"}}
    assert await office.refused(user, "POST", "/moderation/proposals", change) == (422, "invalid_payload")

    reason = {"reason": "Taken from elsewhere."}
    undo = f"/moderation/proposals/{first['id']}/roll-back"
    assert await office.refused(moderator, "POST", undo, reason) == (409, "roll_back_conflict")
    await office.step(moderator, second, "roll-back", reason)
    await office.step(moderator, first, "roll-back", reason)
    assert (await office.call(None, "GET", page))["translation"] is None
