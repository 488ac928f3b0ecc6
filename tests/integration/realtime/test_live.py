"""The party on the real server, as a process that is killed."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.support.realtime.party import Player
from tests.support.servers.live_server import LiveServer

pytestmark = [pytest.mark.slow]

StartServer = Callable[..., Awaitable[LiveServer]]


@pytest.mark.parametrize("adapters", ["embedded", pytest.param("cluster", marks=pytest.mark.cluster)])
async def test_nothing_acknowledged_is_lost_when_the_server_is_killed(live_server: StartServer, adapters: str) -> None:
    server = await live_server(adapters=adapters)
    person = await server.make_user()
    ann = Player(server, token=person.access_token)
    await ann.connect()
    party_id, _ = await ann.create(media=None)
    await ann.join(party_id)
    versions: list[int] = []
    said: list[str] = []

    async def busy() -> None:
        for number in range(10_000):
            versions.append(await ann.command("settings", title=f"Title {number}"))
            await ann.ok("chat:send", {"id": f"m{number}", "text": f"{number}"})
            said.append(f"m{number}")
            await asyncio.sleep(0.1)  # within the allowance of a connection

    working = asyncio.ensure_future(busy())
    async with asyncio.timeout(60):
        while len(said) < 10:
            await asyncio.sleep(0.02)
    await server.kill9()
    working.cancel()  # it waits for an ack that cannot come any more
    await server.start()
    await ann.connect()
    back = await ann.join(party_id, since=versions[-1], chat_since=0)
    assert back["version"] - versions[-1] in (0, 1)  # the last one may have been stored without its ack arriving
    assert [entry["version"] for entry in back["log"]] == list(range(versions[-1] + 1, back["version"] + 1))
    assert [line["id"] for line in back["chat"]][: len(said)] == said
    assert [line["seq"] for line in back["chat"]] == list(range(1, len(back["chat"]) + 1))
    assert back["you"]["role"] == "host"
    assert await ann.command("settings", title="After") == back["version"] + 1
    await ann.__aexit__()


@pytest.mark.cluster
async def test_one_of_two_processes_is_killed_and_its_members_go_on_at_the_other(live_server: StartServer) -> None:
    first = await live_server(adapters="cluster")
    second = await live_server(share=first)
    people = [await first.make_user(), await first.make_user()]
    ann, bob = (
        Player(server, token=person.access_token) for server, person in zip((first, second), people, strict=True)
    )
    await ann.connect()
    await bob.connect()
    party_id, _ = await ann.create(media=None)
    await ann.join(party_id)
    await bob.join(party_id)
    for number in range(5):
        await ann.command("settings", title=f"A{number}")
        await bob.ok("chat:send", {"id": f"m{number}", "text": "hi"})
    await bob.hears("party:state", version=5)
    await ann.hears("chat:message", seq=5)
    await first.kill9()
    last = max(ann.versions())
    await bob.ok("chat:send", {"id": "while-away", "text": "ann?"})
    await ann.connect(second)
    back = await ann.join(party_id, since=last, chat_since=5)
    assert back["log"] == []
    assert [line["id"] for line in back["chat"]] == ["while-away"]
    assert await ann.command("settings", title="Back") == 6
    await bob.hears("party:state", version=6)
    assert bob.versions() == [1, 2, 3, 4, 5, 6]
    await ann.__aexit__()
    await bob.__aexit__()
