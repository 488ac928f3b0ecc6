"""How many files somebody reads who follows a request through the program.

The bounds are what was counted last, for nothing to become longer by accident; ``docs/adr/0010-rooms-that-hold.md`` has the
targets, and how it is counted.  Whoever makes a walk shorter lowers its bound.
"""

import pytest

from kernel.access import Role
from kernel.scope import Container
from server.services import Services
from tests.conftest import AddEpisode, AppClient, MakeUser
from tests.support.realtime.party import Player, running_node
from tests.support.walks import files_of

pytestmark = pytest.mark.parametrize("adapters", ["embedded"], indirect=True)

PLAY, MASTER, MASTER_AGAIN, PUBLISH, SEEK = 30, 24, 5, 9, 34


async def test_play(
    app_client: AppClient, services: Services, ingested_episode: AddEpisode, make_user: MakeUser
) -> None:
    episode = await ingested_episode(services)
    headers = (await make_user()).headers
    playlists = []

    async def play() -> None:
        path = f"/api/v1/episodes/{episode.episode_id}/playback"
        async with app_client.post(path, json={}, headers=headers) as answer:
            assert answer.status == 200
            playlists.append((await answer.json())["hls_url"])

    async def master() -> None:
        async with app_client.get(playlists.pop()) as answer:
            assert answer.status == 200
            await answer.read()

    async def master_again() -> None:
        async with app_client.get(known) as answer:
            assert answer.status == 200
            await answer.read()

    walk = await files_of(play, "streaming")
    assert len(walk) <= PLAY, "\n".join(walk)
    known = playlists[0]
    walk = await files_of(master, "streaming")
    assert "streaming/origin/routes.py" in walk
    assert len(walk) <= MASTER, "\n".join(walk)
    walk = await files_of(master_again, "streaming")
    assert len(walk) <= MASTER_AGAIN, "\n".join(walk)


async def test_publish(app_client: AppClient, make_user: MakeUser) -> None:
    headers = (await make_user(Role.EDITOR)).headers
    drafts = []
    for number in range(4):
        body = {"alias": f"film-{number}", "type": "MOVIE", "name": {"main": "Film"}}
        async with app_client.post("/api/v1/releases", json=body, headers=headers) as answer:
            drafts.append((await answer.json())["id"])

    async def publish() -> None:
        async with app_client.post(f"/api/v1/releases/{drafts.pop()}/publish", headers=headers) as answer:
            assert answer.status == 200

    walk = await files_of(publish, "catalog")
    assert "catalog/releases/routes.py" in walk
    assert len(walk) <= PUBLISH, "\n".join(walk)


async def test_seek(container: Container, services: Services) -> None:
    async with running_node(container, services.settings.redis_url) as node, Player(node, "ann") as player:
        party_id, _ = await player.create()
        await player.join(party_id)
        positions = iter(range(1_000, 100_000, 1_000))

        async def seek() -> None:
            await player.command("seek", position_ms=next(positions))

        walk = await files_of(seek, "realtime", beside=True)
    assert "realtime/party/sockets.py" in walk
    assert len(walk) <= SEEK, "\n".join(walk)
