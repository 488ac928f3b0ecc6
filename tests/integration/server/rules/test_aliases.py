"""A release's alias stands wherever its identifier does: every route with a release in its path, those of tomorrow too."""

from typing import Any

import pytest

from kernel.access import Role
from kernel.ids import new_id
from server.services import Services
from tests.conftest import AppClient, MakeUser
from tests.integration.server.rules.authorisation_table import BODIES, PARAMETER
from tests.integration.server.rules.test_authorisation import routes_of
from tests.support.world import Ids, World

OF_RELEASES = {"release_id", "release", "other_id"}
"""Parameters that name a release."""

WITHOUT = {
    "POST /releases/{release_id}/restore": "a deleted release has given its alias away",
    "GET /posters/{release_id}/{digest}.svg": "its address is in what the API answers, and is kept for ever",
}

REFUSED = {
    "POST /releases/{release}/poster": "there is no picture",
    "PUT /releases/{release_id}/publication": "it is published",
}
"""Routes that find the release and do not want what is sent."""

SENT: dict[str, Any] = {
    "PUT /releases/{release_id}": lambda ids: {
        "alias": f"new-{ids['key'][-8:]}",
        "type": "TV",
        "name": {"main": "New"},
    },
    "PUT /releases/{release_id}/publication": {"publish_at": "2099-01-01T00:00:00Z"},
    "PUT /library/collections/{release_id}": {"type": "WATCHING"},
    "POST /releases/{release_id}/split": lambda ids: {
        "alias": f"part-{ids['key'][-8:]}",
        "type": "TV",
        "name": {"main": "Part"},
        "episode_ids": [ids["episode_id"]],
    },
    "POST /releases/{release_id}/split/preview": lambda ids: {
        "alias": "part",
        "type": "TV",
        "name": {"main": "Part"},
        "episode_ids": [ids["episode_id"]],
    },
    "POST /releases/{release}/relations": lambda ids: {"release": ids["another"], "kind": "sequel"},
    "POST /releases/{release}/similar": lambda ids: {"release_id": ids["another"]},
    "PUT /releases/{release}/credits": {"items": []},
    "PUT /releases/{release}/studios": {"items": []},
    "PUT /releases/{release}/tags": {"items": []},
    "PUT /releases/{release_id}/translations/{language}": {"name": "Titel"},
    "PUT /releases/{release}/vote": {"score": 7},
    "PUT /releases/{release}/schedule": {"slots": []},
    "PUT /releases/{release_id}/locks": {"fields": []},
    "PATCH /me/player-settings/series/{release_id}": {"audio": {"language": "ja"}},
}


@pytest.mark.slow
async def test_an_alias_stands_in_every_path(app_client: AppClient, services: Services, make_user: MakeUser) -> None:
    admin = await make_user(Role.ADMIN)
    world = World(app_client, owner=admin, editor=admin, container=services.container)
    rows = [row for row in sorted(routes_of(app_client.app)) if OF_RELEASES & set(PARAMETER.findall(row))]
    rows = [row.replace(" /api/v1", " ", 1) for row in rows]
    asked = [row for row in rows if row not in WITHOUT]
    assert len(asked) > 40
    problems = []

    async def status(row: str, ids: Ids) -> int:
        method, path = row.split()
        body = SENT.get(row, BODIES.get(row, {}))
        sent = {"json": body(ids) if callable(body) else body} if method in {"POST", "PUT", "PATCH"} else {}
        url = "/api/v1" + PARAMETER.sub(lambda found: ids[found[1]], path)
        async with app_client.request(method, url, headers=admin.headers, allow_redirects=False, **sent) as answer:
            return answer.status

    async def things(path: str) -> tuple[Ids, Ids]:
        """A fresh one by identifiers, and another by aliases."""
        named = []
        for key in ("id", "alias"):
            ids = await world.thing(path)
            for name in OF_RELEASES & ids.keys():
                ids[name] = (await world.ask("GET", f"/releases/{ids[name]}", admin))[key]
            if "/split" in path:
                episode = await world.episode()
                release = await world.ask("GET", f"/releases/{episode['release_id']}", admin)
                ids |= {**episode, "release_id": release[key]}
                second = {"release_id": release["id"], "ordinal": 2}
                await world.ask("POST", "/episodes", admin, second)
            named.append({**ids, "key": new_id(), "another": (await world.release())["release_id"]})
        return named[0], named[1]

    for row in asked:
        by_id, by_alias = await things(row.split()[1])
        told = [await status(row, by_id), await status(row, by_alias)]
        nobody = await status(row, {**by_alias, **dict.fromkeys(OF_RELEASES & by_alias.keys(), "nobody-at-all")})
        if told[0] != told[1]:
            problems.append(f"{row}: {told[0]} by identifier, {told[1]} by alias")
        if (told[0] < 300) == (row in REFUSED) or nobody != 404:
            problems.append(f"{row} shows nothing: {told[0]}, and {nobody} for nobody; say what to send in SENT")
    assert not problems, "\n" + "\n".join(problems)
