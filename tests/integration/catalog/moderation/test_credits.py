"""Which teams worked on what: counted from what was accepted in their names."""

from typing import Any

import pytest

from kernel.access import Role
from kernel.ids import new_id
from tests.conftest import AppClient, MakeUser
from tests.integration.catalog.moderation.moderating import Office
from tests.support.people import Person

pytestmark = pytest.mark.both_adapters


@pytest.fixture
def office(app_client: AppClient, make_user: MakeUser) -> Office:
    return Office(app_client, make_user)


async def found(office: Office, owner: Person, name: str, visibility: str = "public") -> str:
    body = {"name": name, "slug": name.lower(), "visibility": visibility}
    return str((await office.call(owner, "POST", "/teams", body, status=201))["id"])


async def asked(office: Office, who: Person, team_id: str, kind: str, place: dict[str, str], **fields: Any) -> Any:
    body = {
        "kind": kind,
        **place,
        "team_id": team_id,
        "fields": {name: {"after": after} for name, after in fields.items()},
        "submit": True,
    }
    return await office.call(who, "POST", "/moderation/proposals", body, status=201)


async def teams_of(office: Office, who: Person | None, release_id: str) -> list[tuple[str, list[str], int]]:
    items = (await office.call(who, "GET", f"/releases/{release_id}/teams"))["items"]
    return [(item["team"]["name"], item["kinds"], item["changes"]) for item in items]


async def releases_of(office: Office, who: Person | None, team_id: str, query: str = "") -> tuple[list[str], int]:
    page = await office.call(who, "GET", f"/teams/{team_id}/releases{query}")
    return [item["release_id"] for item in page["items"]], page["total"]


async def test_a_team_is_named_for_what_was_accepted_in_its_name(office: Office, make_user: MakeUser) -> None:
    owner, moderator = await make_user(Role.USER), await office.person(Role.MODERATOR)
    release_id = await office.release()
    marine, quiet = await found(office, owner, "Marine"), await found(office, owner, "Quiet", "private")
    there = {"target_id": release_id}
    year = await asked(office, owner, marine, "release", there, year=2009)
    name = await asked(office, owner, marine, "translation", {"parent_id": release_id}, language="ru", name="Кролик")
    hidden = await asked(office, owner, quiet, "release", there, description="A rabbit.")
    await asked(office, owner, marine, "release", there, season="winter")
    assert await teams_of(office, None, release_id) == [], "asking is not working"
    for proposal in (year, name, hidden):
        await office.accepted(moderator, proposal)

    assert await teams_of(office, None, release_id) == [("Marine", ["release", "translation"], 2)]
    everything = [("Marine", ["release", "translation"], 2), ("Quiet", ["release"], 1)]
    assert await teams_of(office, owner, release_id) == everything
    assert await teams_of(office, moderator, release_id) == everything
    assert await releases_of(office, None, marine) == ([release_id], 1)
    assert await releases_of(office, owner, quiet) == ([release_id], 1)
    stranger = await make_user(Role.USER)
    assert await office.refused(stranger, "GET", f"/teams/{quiet}/releases") == (404, "target_not_found")
    assert await office.refused(None, "GET", f"/teams/{new_id()}/releases") == (404, "target_not_found")

    await office.step(moderator, year, "roll-back", {"reason": "No."})
    assert await teams_of(office, None, release_id) == [("Marine", ["translation"], 1)], (
        "what does not stand does not count"
    )
    await office.call(owner, "DELETE", f"/teams/{marine}", status=204)
    assert await teams_of(office, None, release_id) == []


async def test_drafts_are_not_told(office: Office, make_user: MakeUser) -> None:
    owner, editor = await make_user(Role.USER), await office.person(Role.EDITOR)
    moderator = await office.person(Role.MODERATOR)
    marine = await found(office, owner, "Marine")
    body = {"name.main": "Sintel", "alias": "sintel", "type": "MOVIE"}
    draft = await office.accepted(moderator, await asked(office, owner, marine, "release", {}, **body))
    older = await office.release()
    await office.accepted(moderator, await asked(office, owner, marine, "release", {"target_id": older}, year=2009))
    assert await releases_of(office, owner, marine) == ([older], 1)
    assert await releases_of(office, editor, marine) == ([older, draft["target_id"]], 2), "worked on last, first"
    assert await releases_of(office, editor, marine, "?page=2&page_size=1") == ([draft["target_id"]], 2)
    assert await office.refused(owner, "GET", f"/releases/{draft['target_id']}/teams") == (404, "release_not_found")
    await office.call(moderator, "DELETE", f"/releases/{older}", status=204)
    assert await releases_of(office, owner, marine) == ([], 0)
