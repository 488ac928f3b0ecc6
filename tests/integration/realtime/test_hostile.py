"""Whatever a client sends, it gets an answer, the others are unharmed, and the server logs no traceback."""

import asyncio
import logging
from typing import Any

import aiohttp
import pytest
import socketio.exceptions

from kernel.ids import new_id
from tests.support.realtime.party import Node, Player

HOSTILE_TEXTS = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "'; DROP TABLE party; --",
    "\u202eevil\u202c \u0645\u0631\u062d\u0628\u0627 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "a\tb\nc",
    "x" * 2_000,
    "{{7*7}} ${jndi:ldap://x} %s %n",
]


@pytest.fixture
async def ann(node: Node) -> Any:
    async with Player(node, "ann") as player:
        party_id, _ = await player.create()
        await player.join(party_id)
        yield player


async def test_hostile_text_stays_text(ann: Player) -> None:
    for number, text in enumerate(HOSTILE_TEXTS):
        answer = await ann.ok("chat:send", {"id": f"m{number}", "text": text})
        message = await ann.hears("chat:message", seq=answer["seq"])
        assert message["text"] == text
    nul = await ann.ok("chat:send", {"id": "nul", "text": "a\0b"})  # PostgreSQL cannot hold it
    assert (await ann.hears("chat:message", seq=nul["seq"]))["text"] == "ab"


async def test_too_long_text(ann: Player) -> None:
    answer = await ann.ask("chat:send", {"id": "m", "text": "x" * 2_001})
    assert answer["error"]["code"] == "bad_request"
    assert "text_too_long" in answer["error"]["message"]
    answer = await ann.ask("chat:send", {"id": "m", "text": " \n "})
    assert answer["error"]["code"] == "bad_request"


MALFORMED: list[tuple[str, Any]] = [
    ("party:command", None),
    ("party:command", []),
    ("party:command", "play"),
    ("party:command", {"id": "x", "kind": "explode"}),
    ("party:command", {"id": "", "kind": "play"}),
    ("party:command", {"id": "x" * 65, "kind": "play"}),
    ("party:command", {"id": {"$ne": 1}, "kind": "play"}),
    ("party:command", {"id": "x", "kind": ["play"]}),
    ("party:command", {"id": "x", "kind": "seek"}),
    ("party:command", {"id": "x", "kind": "seek", "position_ms": "5"}),
    ("party:command", {"id": "x", "kind": "seek", "position_ms": -1}),
    ("party:command", {"id": "x", "kind": "seek", "position_ms": 1e300}),
    ("party:command", {"id": "x", "kind": "seek", "position_ms": True}),
    ("party:command", {"id": "x", "kind": "rate", "rate": 0}),
    ("party:command", {"id": "x", "kind": "media", "media": {"episode_id": "../../etc/passwd"}}),
    ("party:command", {"id": "x", "kind": "play", "if_version": 1.5}),
    ("party:join", {"party_id": "nope"}),
    ("party:join", {"party_id": new_id(), "since": -1}),
    ("party:join", {"party_id": new_id(), "since": 2**60}),
    ("party:report", {"position_ms": 0, "at_ms": 0, "state": "dancing"}),
    ("party:report", {"position_ms": 0, "at_ms": "now", "state": "playing"}),
    ("chat:send", {"id": "x", "text": 5}),
    ("chat:send", {"id": "x", "text": b"bytes"}),
    ("chat:react", {"emoji": "x" * 1000}),
    ("chat:typing", {"typing": "yes"}),
    ("member:role", {"member_id": "x", "role": "god"}),
    ("progress", {"episode_id": "x", "position_ms": 0, "duration_ms": 0, "at_ms": 0}),
    ("clock", {"t0": "noon"}),
    ("clock", {}),
    ("no:such:event", {}),
]


async def test_malformed_payloads(ann: Player, caplog: pytest.LogCaptureFixture) -> None:
    for event, payload in MALFORMED:
        with caplog.at_level(logging.WARNING):
            answer = await ann.ask(event, payload)
        which = f"{event} {payload!r}: {answer}"
        assert answer["ok"] is False, which
        assert answer["error"]["code"] == "bad_request", which
        assert answer["error"]["message"], which
        assert ann.connected, which
        assert not caplog.records, which
    assert await ann.command("play") == 1, "none of them did anything"


HALF = "\ud83d"
"""What cutting "😀" between its UTF-16 units leaves; both JSON libraries of clients send it as an escape."""


NO_TEXT: list[tuple[str, Any]] = [
    ("chat:send", {"id": "m", "text": "x" * 1_999 + HALF}),
    ("chat:send", {"id": HALF, "text": "x"}),
    ("chat:send", {"id": "m", "text": "x", "reply_to": HALF}),
    ("chat:send", {"id": "m", "text": "x", HALF: 1}),
    ("chat:send", {"id": "m", "text": "x", "more": {"of": [HALF]}}),
    ("chat:react", {"emoji": HALF}),
    ("chat:typing", {"typing": HALF}),
    ("chat:delete", {"id": HALF}),
    ("party:create", {"title": HALF}),
    ("party:join", {"party_id": HALF}),
    ("party:join", {"party_id": new_id(), "password": HALF}),
    ("party:leave", {"why": HALF}),
    ("party:command", {"id": "x", "kind": HALF}),
    ("party:command", {"id": "x", "kind": "settings", "title": HALF}),
    ("party:command", {"id": "x", "kind": "seek", "position_ms": float("nan")}),
    ("party:report", {"position_ms": 0, "at_ms": float("inf"), "state": "playing"}),
    ("party:report", {"position_ms": 0, "at_ms": 0, "state": HALF}),
    ("member:kick", {"member_id": HALF}),
    ("invite:revoke", {"invite_id": HALF}),
    ("progress", {"episode_id": HALF}),
    ("clock", {"t0": HALF}),
    ("clock", HALF),
    ("no:such:event", {"x": HALF}),
    (HALF, {}),
    ("chat:send", {"id": "m", "text": b"bytes", "more": HALF}),
    ("chat:send", {"id": "m", "text": {"_placeholder": True, "num": 7}, "more": b"bytes"}),
    ("chat:send", {"id": "m", "text": {"_placeholder": True, "num": "x"}, "more": b"bytes"}),
]


async def test_what_cannot_be_text_is_answered(ann: Player) -> None:
    await ann.ok("chat:send", {"id": "before", "text": "😀" * 2_000})  # as many whole characters as there may be
    for event, payload in NO_TEXT:
        answer = await ann.ask(event, payload)
        which = f"{event!r} {payload!r}: {answer}"
        assert answer["ok"] is False, which
        assert answer["error"]["code"] == "bad_request", which
        assert ann.connected, which
    assert await ann.command("play") == 1, "none of them did anything"


async def test_nested_as_deep_as_a_message_allows(node: Node) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await open_socket(session, node)
        await socket.send_str('40/party,{"token":"user:' + new_id() + ':ann"}')
        async with asyncio.timeout(10):
            while not (await socket.receive_str()).startswith("40/party,"):
                pass
            for number, levels in enumerate((100, 1_000, 1_023, 1_025, 1_100, 5_000, 30_000)):
                payload = '{"id":"m","text":"x","more":' + "[" * levels + "]" * levels + "}"
                await socket.send_str(f'42/party,{number}["chat:send",{payload}]')
                while not (answer := await socket.receive_str()).startswith(f"43/party,{number}["):
                    pass
                expected = "not_in_party" if levels <= 1_000 else "bad_request"
                assert f'"code":"{expected}"' in answer or levels in (1_023, 1_025), (levels, answer)
        await socket.close()


async def test_a_connection_that_shows_half_a_character(node: Node) -> None:
    client = socketio.AsyncClient(reconnection=False)
    refusals: list[dict[str, str]] = []
    client.on("connect_error", refusals.append, namespace="/party")
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(node.url, auth={"invite": HALF}, namespaces=["/party"], transports=["websocket"])
    assert refusals[0]["code"] == "bad_request"
    await client.shutdown()


async def test_several_arguments_and_none(ann: Player) -> None:
    assert (await ann.ask("chat:typing", {"typing": True}, {"typing": True}))["error"]["code"] == "bad_request"
    assert (await ann.ask("party:command"))["error"]["code"] == "bad_request"
    await ann.ok("party:leave")


async def test_outside_a_party(node: Node) -> None:
    async with Player(node, "bob") as bob:
        for event, payload in [
            ("party:command", {"id": "x", "kind": "play"}),
            ("party:report", {"position_ms": 0, "at_ms": 0, "state": "playing"}),
            ("chat:send", {"id": "x", "text": "anybody?"}),
            ("party:leave", {}),
        ]:
            assert await bob.refused(event, payload) == "not_in_party"


async def test_events_in_a_flood_are_refused_and_the_others_do_not_wait(ann: Player, node: Node) -> None:
    answers = await asyncio.gather(*(ann.ask("chat:typing", {"typing": True}) for _ in range(300)))
    refused = [answer for answer in answers if not answer["ok"]]
    assert 50 < len(refused) < 300
    assert {answer["error"]["code"] for answer in refused} == {"too_many_requests"}
    async with Player(node, "bob") as bob:
        assert (await bob.ok("clock", {"t0": 0}))["t1"] > 0
    await asyncio.sleep(0.5)
    await ann.ok("clock", {"t0": 0})


async def open_socket(session: aiohttp.ClientSession, node: Node) -> aiohttp.ClientWebSocketResponse:
    socket = await session.ws_connect(f"{node.url}/socket.io/?EIO=4&transport=websocket")
    assert (await socket.receive_str()).startswith("0{")
    return socket


BROKEN_FRAMES = [
    "4",
    "4x",
    "49",
    "42/party,",
    "42/party,[",
    '42/party,{"a":1}',
    "4" * 100,
    "45999999999-",
    "451-",
    "\u00e9",
    '42/party,["\\ud800"]',
]


async def test_broken_protocol_ends_only_that_connection(
    node: Node, ann: Player, caplog: pytest.LogCaptureFixture
) -> None:
    async with aiohttp.ClientSession() as session:
        for frame in BROKEN_FRAMES:
            socket = await open_socket(session, node)
            with caplog.at_level(logging.ERROR):
                await socket.send_str(frame)
                async with asyncio.timeout(6):
                    while not (message := await socket.receive()).type.name.startswith("CLOS"):
                        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.CLOSE), frame
            await socket.close()
            assert not [record for record in caplog.records if record.exc_info], frame
            assert ann.connected, frame
    assert await ann.command("play") == 1


async def test_oversized_message_ends_only_that_connection(node: Node, ann: Player) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await open_socket(session, node)
        await socket.send_str('42/party,["chat:send",{"text":"' + "x" * 70_000 + '"}]')
        async with asyncio.timeout(6):
            while not (await socket.receive()).type.name.startswith("CLOS"):
                pass
    assert ann.connected
    assert await ann.command("play") == 1


async def test_foreign_pages_may_not_connect(node: Node) -> None:
    async with aiohttp.ClientSession(headers={"Origin": "https://evil.example"}) as session:
        answer = await session.get(f"{node.url}/socket.io/?EIO=4&transport=polling")
        assert answer.status == 400
    async with aiohttp.ClientSession(headers={"Origin": "http://ani.test"}) as session:
        answer = await session.get(f"{node.url}/socket.io/?EIO=4&transport=polling")
        assert answer.status == 200
