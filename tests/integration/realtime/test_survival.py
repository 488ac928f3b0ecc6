"""Restarts, several nodes, lost connections to Valkey."""

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis

from kernel.scope import Container
from server.local_stack import Valkey
from server.services import Services
from tests.support.realtime.party import EPISODE_ID, Node, Player, running_node


@pytest.mark.both_adapters
async def test_party_survives_a_crash_of_the_server(container: Container, services: Services) -> None:
    """Nothing is said at the end of the first node; the second finds everything that was acknowledged."""
    redis_url = services.settings.redis_url
    async with running_node(container, redis_url, graceful=False) as first:
        ann, bob = Player(first, "ann"), Player(first, "bob")
        await ann.connect()
        await bob.connect()
        party_id, _ = await ann.create(title="Long night")
        await ann.join(party_id)
        await bob.join(party_id)
        await ann.command("play", position_ms=30_000)
        last = await bob.command("rate", rate=2.0)
        said = await bob.ok("chat:send", {"id": "m1", "text": "still there?"})
        before = await ann.ok("clock", {"t0": 0})
        state = await ann.hears("party:state", version=last)
        await ann.vanish()
        await bob.vanish()
    async with running_node(container, redis_url) as second:
        await ann.connect(second)
        back = await ann.join(party_id, since=last, chat_since=0)
        assert back["version"] == last
        assert back["log"] == []
        assert back["playback"] == state["playback"]
        assert [line["seq"] for line in back["chat"]] == [said["seq"]]
        assert back["you"]["role"] == "host"
        # Room time went on as if nothing had happened, so the position is where everybody's player is by now.
        after = await ann.ok("clock", {"t0": 0})
        assert 0 < after["t1"] - before["t1"] < 30_000
        members = (await ann.hears("party:members", members_count=1))["members"]
        assert {member["name"]: member["connected"] for member in members} == {"ann": True, "bob": False}
        assert await ann.command("pause") == last + 1
        await bob.connect(second)
        again = await bob.join(party_id, since=last)
        assert [entry["version"] for entry in again["log"]] == [last + 1]


@pytest.mark.both_adapters
async def test_graceful_shutdown_says_so(container: Container, services: Services) -> None:
    async with running_node(container, services.settings.redis_url) as node:
        ann = Player(node, "ann")
        await ann.connect()
        party_id, _ = await ann.create()
        await ann.join(party_id)
    restarting = await ann.hears("server:restarting")
    assert restarting["reconnect_in_ms"] > 0
    async with asyncio.timeout(15):
        while ann.connected:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_two_nodes_serve_one_party(container: Container, services: Services, node: Node) -> None:
    async with running_node(container, services.settings.redis_url) as other:
        ann, bob, cat = Player(node, "ann"), Player(other, "bob"), Player(other, "cat")
        async with ann, bob, cat:
            party_id, _ = await ann.create()
            await ann.join(party_id)
            await bob.join(party_id)
            await cat.join(party_id)
            await ann.command("play")

            async def steer(player: Player, offset: int) -> None:
                for step in range(20):
                    await player.command("seek", position_ms=offset + step)
                    await player.ok("chat:send", {"id": f"{offset}-{step}", "text": f"{offset}-{step}"})

            await asyncio.gather(steer(ann, 1000), steer(bob, 2000))
            for player in (ann, bob, cat):
                await player.hears("party:state", version=41)
                await player.hears("chat:message", seq=40)
                assert player.versions() == list(range(1, 42))
                assert [line["seq"] for line in player.all("chat:message")] == list(range(1, 41))
            assert ann.all("party:state") == bob.all("party:state") == cat.all("party:state")
            # The same command sent again, to the other node.
            command = {"id": "moving", "kind": "pause", "position_ms": 7_000}
            first = await bob.ok("party:command", command)
            await bob.vanish()
            await bob.connect(node)
            await bob.join(party_id, since=first["version"])
            assert await bob.ok("party:command", command) == first
            await bob.ok("chat:react", {"emoji": "🎉"})
            assert (await cat.hears("chat:reaction"))["name"] == "bob"
            # Figures of members on the other node arrive, too.
            report = {"position_ms": 7_000, "at_ms": 0, "state": "paused", "rtt_ms": 42, "drift_ms": 3, "buffer_ms": 1}
            await cat.ok("party:report", report)
            async with asyncio.timeout(15):
                while not any(
                    member["name"] == "cat" and member["rtt_ms"] == 42
                    for told in ann.all("party:members")
                    for member in told["members"]
                ):
                    await asyncio.sleep(0.05)


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_kick_reaches_the_other_node(container: Container, services: Services, node: Node) -> None:
    async with running_node(container, services.settings.redis_url) as other:
        ann, bob = Player(node, "ann"), Player(other, "bob")
        async with ann, bob:
            party_id, _ = await ann.create()
            await ann.join(party_id)
            await bob.join(party_id)
            await ann.ok("member:kick", {"member_id": bob.user_id})
            await bob.hears("party:kicked")
            assert await bob.refused("party:command", {"id": "x", "kind": "play"}) == "not_in_party"


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_what_a_lost_race_overtook_is_still_told(container: Container, services: Services, node: Node) -> None:
    """The other node's change wins, ours is made again on top of it; its notices and removals reach our members all the same."""
    async with running_node(container, services.settings.redis_url) as other:
        ann, bob, cat = Player(node, "ann"), Player(other, "bob"), Player(other, "cat")
        async with ann, bob, cat:
            party_id, _ = await ann.create()
            for player in (ann, bob, cat):
                await player.join(party_id)

            async def race(player: Player) -> None:
                for step in range(40):
                    await player.command("seek", position_ms=step)

            racing = [asyncio.ensure_future(race(player)) for player in (ann, cat)]
            await asyncio.sleep(0.05)
            await ann.ok("member:ban", {"member_id": bob.user_id})
            await bob.hears("party:kicked", reason="banned")
            await asyncio.gather(*racing)
            for player in (ann, cat):
                await player.hears("party:state", version=80)
                assert player.versions() == list(range(1, 81))


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_lost_connections_to_valkey_lose_nothing(
    container: Container, services: Services, node: Node, valkey_server: Valkey
) -> None:
    redis_url = services.settings.redis_url
    async with running_node(container, redis_url) as other, Player(node, "ann") as ann, Player(other, "bob") as bob:
        party_id, _ = await ann.create()
        await ann.join(party_id)
        await bob.join(party_id)
        assert services.redis is not None
        for step in range(20):
            if step % 5 == 2:  # every subscription of every node breaks, again and again
                await services.redis.client_kill_filter(_type="pubsub")
            await ann.command("media", media={"episode_id": EPISODE_ID})
            await ann.ok("chat:send", {"id": f"m{step}", "text": str(step)})
        await bob.hears("party:state", version=20)
        await bob.hears("chat:message", seq=20)
        assert bob.versions() == list(range(1, 21))
        assert [line["text"] for line in bob.all("chat:message")] == [str(step) for step in range(20)]


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_party_outlives_an_emptied_valkey(container: Container, services: Services) -> None:
    assert services.redis is not None
    redis_url = services.settings.redis_url
    async with running_node(container, redis_url) as node:
        async with Player(node, "ann") as ann:
            party_id, _ = await ann.create()
            await ann.join(party_id)
            last = await ann.command("seek", position_ms=12_345)
        await asyncio.sleep(0.6)  # the copy in SQL follows within 250 ms
    await services.redis.flushall()
    async with running_node(container, redis_url) as node, Player(node, "ann", user_id=ann.user_id) as ann:
        back = await ann.join(party_id, since=last)
        assert "log" not in back  # the log is gone, so a snapshot; and no version number is used twice
        assert back["version"] > last
        assert back["playback"]["position_ms"] == 12_345
        assert back["you"]["role"] == "host"


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_members_of_a_dead_node_are_noticed(container: Container, services: Services, node: Node) -> None:
    async with running_node(container, services.settings.redis_url, graceful=False) as other:
        bob = Player(other, "bob")
        await bob.connect()
        async with Player(node, "ann") as ann:
            party_id, _ = await ann.create()
            await ann.join(party_id)
            await bob.join(party_id)
            await ann.hears("party:members", members_count=2)
            dying: Any = other.gateway._running  # it beats no more, and runs no timers
            await dying._store._tasks.close()
            await dying.registry.close()
            ann.heard.clear()
            await ann.hears("party:members", timeout_s=20, members_count=1)
        await bob.vanish()


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_while_valkey_is_away_nothing_is_promised_and_afterwards_all_goes_on(
    container: Container, services: Services, node: Node, valkey_server: Valkey
) -> None:
    assert services.redis is not None
    async with running_node(container, services.settings.redis_url) as other:
        ann, bob = Player(node, "ann"), Player(other, "bob")
        async with ann, bob:
            party_id, _ = await ann.create()
            await ann.join(party_id)
            await bob.join(party_id)
            await ann.command("seek", position_ms=1)
            await services.redis.execute_command("CLIENT", "PAUSE", "6000", "ALL")  # type: ignore[no-untyped-call]  # redis
            # Steering needs Valkey; chat needs the database alone.
            asking = asyncio.ensure_future(ann.ask("party:command", {"id": "paused", "kind": "seek", "position_ms": 2}))
            said = await ann.ok("chat:send", {"id": "m1", "text": "hello?"})
            assert said["seq"] == 1
            answer = await asking
            assert answer["ok"] is False
            assert answer["error"]["code"] == "unavailable"
            async with asyncio.timeout(15):
                while not (again := await ann.ask("party:command", {"id": "paused", "kind": "seek", "position_ms": 2}))[
                    "ok"
                ]:
                    await asyncio.sleep(0.3)
            assert again["version"] == 2
            await bob.hears("party:state", version=2)
            await ann.ok("chat:send", {"id": "m2", "text": "there you are"})
            await bob.hears("chat:message", seq=2)
            assert [line["seq"] for line in bob.all("chat:message")] == [1, 2]
            assert bob.versions() == ann.versions() == [1, 2]


@pytest.mark.parametrize("adapters", ["cluster"], indirect=True)
async def test_a_frozen_valkey_holds_up_one_call_and_doubles_nothing(
    container: Container, services: Services, node: Node, valkey_server: Valkey
) -> None:
    """Whoever is behind the first call hears "unavailable" with it; what was carried out after all is answered, not repeated."""
    commands = [{"id": f"c{number}", "kind": "seek", "position_ms": number} for number in range(60)]
    async with running_node(container, services.settings.redis_url) as other, Player(node, "ann") as ann:
        party_id, _ = await ann.create()
        await ann.join(party_id)
        for command in commands[:30]:
            await ann.ok("party:command", command)
        watching: Any = Redis.from_url(valkey_server.url, socket_timeout=None)  # waits as long as it takes
        await watching.execute_command("CLIENT", "PAUSE", "5000", "ALL")
        back = asyncio.ensure_future(watching.ping())
        answers = await asyncio.gather(*(ann.ask("party:command", command) for command in commands[30:]))
        more = [await ann.ask("party:command", command) for command in commands[30:]]
        assert {answer["error"]["code"] for answer in [*answers, *more]} == {"unavailable"}
        assert not back.done()
        await back
        await watching.aclose()
        # Again, all of them, and over the other node, as a client does whose connection broke meanwhile.
        await ann.vanish()
        await ann.connect(other)
        async with asyncio.timeout(20):
            while not (await ann.ask("party:join", {"party_id": party_id}))["ok"]:
                await asyncio.sleep(0.2)
        versions = []
        for command in [*commands, *commands]:
            while not (answer := await ann.ask("party:command", command))["ok"]:
                await asyncio.sleep(0.2)
            versions.append(answer["version"])
        assert sorted(versions[:60]) == list(range(1, 61))
        assert versions[60:] == versions[:60]
