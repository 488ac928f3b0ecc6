"""People, studios and tags over HTTP, and what releases are made of."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import update

from catalog.people import queries
from catalog.people.entries.model import EntryDraft
from catalog.people.entries.usecases import EntriesContext, named
from catalog.people.persons.model import Person, PersonNotFound
from catalog.people.persons.usecases import Persons
from catalog.people.queries import EntryKind
from catalog.releases.deletion.jobs import purge_expired
from catalog.releases.model import RESTORABLE_FOR
from catalog.releases.repository import release_table
from catalog.releases.usecases import Reader
from kernel.access import Role
from kernel.outbox.relay import Relay
from kernel.scope import Container
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.moderation.moderating import Office

REFUSED: list[tuple[str, str, Any, tuple[int, str]]] = [
    ("PUT", "/releases/R/credits", {"items": [{"person": "nobody", "role": "music"}]}, (400, "unknown_entry")),
    ("PUT", "/releases/R/credits", {"items": [{"person": "a\0", "role": "music"}]}, (422, "invalid_payload")),
    ("PUT", "/releases/R/credits", {"items": [{"person": "P", "role": "king"}]}, (422, "invalid_payload")),
    (
        "PUT",
        "/releases/R/credits",
        {"items": [{"person": "P", "role": "music", "character": "X"}]},
        (400, "no_character"),
    ),
    ("PUT", "/releases/R/credits", {"items": [{"person": "P", "role": "music"}] * 2}, (400, "listed_twice")),
    ("PUT", "/releases/R/credits", {"items": [{"person": "P", "role": "music"}] * 501}, (422, "invalid_payload")),
    ("PUT", "/releases/nothing/credits", {"items": []}, (404, "release_not_found")),
    ("PUT", "/releases/a%00b/tags", {"items": []}, (404, "release_not_found")),
    ("PUT", "/releases/R/tags", {"items": [{"tag": "t", "rank": 101}]}, (422, "invalid_payload")),
    ("PUT", "/releases/R/studios", {"items": [{"studio": "s", "role": "cook"}]}, (422, "invalid_payload")),
    ("POST", "/people", {"name": " "}, (422, "invalid_payload")),
    ("POST", "/people", {"name": "x" * 201}, (422, "invalid_payload")),
    ("POST", "/people", {"name": "a\0b"}, (422, "invalid_payload")),
    ("POST", "/people", {"name": "A", "rank": 1}, (422, "invalid_payload")),
    ("POST", "/people", {"name": "A", "alias": "Not So"}, (400, "bad_alias")),
    ("POST", "/people", {"name": "A", "alias": "01a20000-0000-7000-8000-000000000000"}, (400, "bad_alias")),
    ("POST", "/people", {"name": "A", "alias": "taken"}, (409, "entry_alias_taken")),
    ("PUT", "/people/P", {"name": "A", "alias": "taken"}, (409, "entry_alias_taken")),
    ("DELETE", "/people/taken", None, (409, "still_in_use")),
    ("POST", "/people/P/merge", {"into": "nobody"}, (400, "unknown_entry")),
    ("POST", "/people/nobody/merge", {"into": "taken"}, (404, "person_not_found")),
    ("GET", "/people/a%00b", None, (404, "person_not_found")),
    ("GET", "/people/nobody/releases", None, (404, "person_not_found")),
]


class Newsroom(Office):
    """Editors who say who made what."""

    async def edit(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        return await self.call(await self.person(Role.EDITOR), method, path, body, status=status)

    async def add(self, path: str, name: str, **more: Any) -> Any:
        return await self.edit("POST", path, {"name": name, **more}, status=201)

    async def see(self, path: str) -> Any:
        return await self.call(None, "GET", path)


@pytest.fixture
def desk(app_client: AppClient, make_user: MakeUser) -> Newsroom:
    return Newsroom(app_client, make_user)


@pytest.mark.both_adapters
async def test_credits_studios_and_tags_of_a_release(desk: Newsroom, container: Container) -> None:
    release_id = await desk.release(publish=False)
    names = [{"text": "宮崎 駿", "language": "ja"}]
    miyazaki = await desk.add("/people", "Hayao Miyazaki", names=names)
    hisaishi = await desk.add("/people", "Joe Hisaishi")
    ghibli = await desk.add("/studios", "Studio Ghibli")
    wind, twist = await desk.add("/tags", "Wind", category="theme"), await desk.add("/tags", "Twist", spoiler=True)
    assert (miyazaki["alias"], wind["slug"], miyazaki["names"]) == ("hayao-miyazaki", "wind", names)

    staff = [
        {"person": "hayao-miyazaki", "role": "director"},
        {"person": hisaishi["id"], "role": "music"},
        {"person": miyazaki["id"], "role": "voice", "character": "A pig"},
    ]
    put = await desk.edit("PUT", f"/releases/{release_id}/credits", {"items": staff})
    assert [(c["person"]["name"], c["role"], c["character"]) for c in put["items"]] == [
        ("Hayao Miyazaki", "director", ""),
        ("Joe Hisaishi", "music", ""),
        ("Hayao Miyazaki", "voice", "A pig"),
    ]
    await desk.edit("PUT", "/releases/big-buck-bunny/studios", {"items": [{"studio": ghibli["id"]}]})
    weighted = [{"tag": "wind", "rank": 30}, {"tag": twist["id"], "rank": 80}]
    await desk.edit("PUT", f"/releases/{release_id}/tags", {"items": weighted})

    for path in ("/people/hayao-miyazaki", "/studios/studio-ghibli", "/tags/wind"):
        assert (await desk.send(None, "GET", path)).status == 404, "of a draft nobody hears"
    assert [(await desk.see(path))["total"] for path in ("/people", "/studios", "/tags")] == [0, 0, 0]
    assert (await desk.send(None, "GET", f"/releases/{release_id}/credits")).status == 404
    await desk.edit("POST", f"/releases/{release_id}/publish")

    seen = await desk.see("/releases/big-buck-bunny/tags")
    assert [(t["tag"]["slug"], t["rank"], t["spoiler"]) for t in seen["items"]] == [
        ("twist", 80, True),
        ("wind", 30, False),
    ]
    assert (await desk.see("/releases/big-buck-bunny/studios"))["items"][0]["role"] == "animation"
    person = await desk.see("/people/hayao-miyazaki")
    assert (person["id"], person["releases"]) == (miyazaki["id"], 1)
    [made] = (await desk.see("/people/hayao-miyazaki/releases"))["items"]
    assert made["release"]["id"] == release_id
    assert made["roles"] == [{"role": "director", "character": ""}, {"role": "voice", "character": "A pig"}]
    assert (await desk.see("/studios/studio-ghibli/releases"))["items"][0]["roles"] == ["animation"]
    assert (await desk.see("/tags/wind/releases"))["items"][0]["alias"] == "big-buck-bunny"
    assert [t["slug"] for t in (await desk.see("/tags?category=theme"))["items"]] == ["wind"]

    async with container.scope(write=False) as scope:
        session = scope.uow.session
        pages = [page async for page in queries.named_entries(session, EntryKind.PERSON)]
        assert [(one.alias, one.releases) for page in pages for one in page] == [
            ("hayao-miyazaki", 1),
            ("joe-hisaishi", 1),
        ]
        one = await queries.named_entry(session, EntryKind.STUDIO, ghibli["id"])
        assert one is not None
        assert one.name == "Studio Ghibli"


@pytest.mark.both_adapters
async def test_two_that_are_one(desk: Newsroom) -> None:
    first, second = await desk.release(), await desk.release(alias="another")
    kept, twin, older = [await desk.add("/people", name) for name in ("Joe Hisaishi", "Jo Hisaishi", "Mamoru Fujisawa")]
    both = [
        {"person": kept["id"], "role": "music"},
        {"person": twin["id"], "role": "music"},
        {"person": twin["id"], "role": "script"},
    ]
    await desk.edit("PUT", f"/releases/{first}/credits", {"items": both})
    await desk.edit("PUT", f"/releases/{second}/credits", {"items": [{"person": older["id"], "role": "music"}]})
    await desk.edit("POST", f"/people/{older['id']}/merge", {"into": "jo-hisaishi"})
    merged = await desk.edit("POST", "/people/jo-hisaishi/merge", {"into": kept["id"]})
    assert merged["id"] == kept["id"]
    for key in (twin["id"], "jo-hisaishi", older["id"], "mamoru-fujisawa"):
        assert (await desk.see(f"/people/{key}"))["id"] == kept["id"], "old addresses lead on, over two steps too"
    staff = (await desk.see(f"/releases/{first}/credits"))["items"]
    assert [(c["person"]["id"], c["role"]) for c in staff] == [(kept["id"], "music"), (kept["id"], "script")]
    assert (await desk.see(f"/people/{kept['id']}"))["releases"] == 2
    again = [{"person": "mamoru-fujisawa", "role": "music"}]
    await desk.edit("PUT", f"/releases/{second}/credits", {"items": again})

    assert await desk.refused(await desk.person(Role.EDITOR), "POST", f"/people/{kept['id']}/merge", {"into": "jo-hisaishi"}) == (
        400, "merged_into_itself",
    )  # fmt: skip
    drama, dramas = await desk.add("/tags", "Drama"), await desk.add("/tags", "Dramas")
    tags = [{"tag": drama["id"], "rank": 10}, {"tag": dramas["id"], "rank": 20}]
    await desk.edit("PUT", f"/releases/{first}/tags", {"items": tags})
    await desk.edit("POST", "/tags/dramas/merge", {"into": "drama"})
    assert [t["rank"] for t in (await desk.see(f"/releases/{first}/tags"))["items"]] == [10]


@pytest.mark.both_adapters
async def test_an_import_finds_whom_it_knows_by_name(desk: Newsroom, container: Container) -> None:
    known = await desk.add("/people", "Hayao Miyazaki")
    for _ in range(2):
        async with container.scope(write=True) as scope:
            context = EntriesContext(
                kind=Person,
                missing=PersonNotFound,
                entries=scope.port(Persons),
                reader=Reader(sees_drafts=True),
                now=scope.clock.now(),
            )
            drafts = [EntryDraft(name) for name in ("HAYAO  MIYAZAKI", "Joe Hisaishi", "joe hisaishi", "…")]
            found = await named(context, drafts)
            assert [person.alias for person in found] == ["hayao-miyazaki", "joe-hisaishi"]
            assert found[0].id == known["id"]
    assert (await desk.edit("GET", "/people"))["total"] == 2


@pytest.mark.both_adapters
async def test_one_editor_at_a_time_writes_a_list(desk: Newsroom) -> None:
    release_id = await desk.release()
    people = [await desk.add("/people", f"Namesake {n % 2}") for n in range(4)]
    assert [p["alias"] for p in people] == ["namesake-0", "namesake-1", "namesake-0-2", "namesake-1-2"]
    editor, path = await desk.person(Role.EDITOR), f"/releases/{release_id}/credits"
    tag = (await desk.send(None, "GET", path)).headers["ETag"]
    answers = await asyncio.gather(
        *(
            desk.send(editor, "PUT", path, {"items": [{"person": p["id"], "role": "script"}]}, **{"If-Match": tag})
            for p in people
        )
    )
    assert sorted(answer.status for answer in answers) == [200, 412, 412, 412], "whoever is late is told"


async def test_lists_are_searched_in_any_script(desk: Newsroom) -> None:
    first, second = await desk.release(), await desk.release(alias="another")
    for name, names in (
        ("Хаяо Миядзаки", [{"text": "宮崎 駿", "language": "ja"}]),
        ("Maria 100%", []),
        ("Anna Maria", []),
    ):
        made = await desk.add("/people", name, names=names)
        in_both = [first, second] if name == "Anna Maria" else [first]
        for release_id in in_both:
            now = (await desk.see(f"/releases/{release_id}/credits"))["items"]
            items = [{"person": c["person"]["id"], "role": c["role"]} for c in now]
            await desk.edit(
                "PUT", f"/releases/{release_id}/credits", {"items": [*items, {"person": made["id"], "role": "other"}]}
            )
    for text, found in (
        ("миядз", ["Хаяо Миядзаки"]), ("宮崎", ["Хаяо Миядзаки"]), ("miyadzaki khayao", ["Хаяо Миядзаки"]),
        ("maria", ["Maria 100%", "Anna Maria"]), ("%25", []), ("_", []), ("nobody", []),
    ):  # fmt: skip
        assert [p["name"] for p in (await desk.see(f"/people?search={text}"))["items"]] == found, text
    page = await desk.see("/people?page=2&page_size=1")
    assert (page["total"], [p["name"] for p in page["items"]]) == (3, ["Maria 100%"])


async def test_what_cannot_be_said(desk: Newsroom) -> None:
    release_id = await desk.release()
    person, taken = await desk.add("/people", "P", alias="p"), await desk.add("/people", "Taken")
    credit = {"items": [{"person": taken["id"], "role": "music"}]}
    await desk.edit("PUT", f"/releases/{release_id}/credits", credit)
    for method, path, body, refusal in REFUSED:
        sent = json.loads(json.dumps(body).replace('"P"', f'"{person["id"]}"'))
        target = path.replace("/R/", f"/{release_id}/").replace("/P", f"/{person['id']}")
        assert await desk.refused(await desk.person(Role.EDITOR), method, target, sent) == refusal, (method, path, body)
    staff = (await desk.see(f"/releases/{release_id}/credits"))["items"]
    assert [c["person"]["name"] for c in staff] == ["Taken"]


@pytest.mark.both_adapters
async def test_what_goes_goes_with_its_traces(desk: Newsroom, container: Container) -> None:
    release_id = await desk.release()
    person = await desk.add("/people", "Ann")
    credit = {"items": [{"person": person["id"], "role": "music"}]}
    await desk.edit("PUT", f"/releases/{release_id}/credits", credit)
    await desk.call(await desk.person(Role.MODERATOR), "DELETE", f"/releases/{release_id}", status=204)
    assert (await desk.edit("GET", f"/people/{person['id']}"))["releases"] == 0
    # As long as the release can be restored, whoever made it is to be known then.
    await desk.edit("DELETE", f"/people/{person['id']}", status=409)
    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(update(release_table).values(deleted_at=scope.clock.now() - 2 * RESTORABLE_FOR))
    await purge_expired(container)
    await desk.edit("DELETE", f"/people/{person['id']}", status=204)
    await Relay(container).drain()
    events = [
        f"{entry['event']}"
        for entry in (await desk.call(await desk.person(Role.ADMIN), "GET", "/admin/audit?page_size=100"))["items"]
    ]
    assert {"PersonCreated", "ReleaseCreditsChanged", "PersonDeleted"} <= set(events)
    async with container.scope(write=False) as scope:
        entries = [entry async for page in queries.named_entries(scope.uow.session, EntryKind.PERSON) for entry in page]
    assert entries == []
