"""Engine.IO v4 and Socket.IO v5, byte by byte, where servers tend to differ from the specifications."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from kernel.ids import new_id
from tests.support.realtime.party import Node


class Raw:
    """HTTP and WebSocket without a client library."""

    def __init__(self, node: Node, session: aiohttp.ClientSession) -> None:
        self.url = f"{node.url}/socket.io/"
        self.session = session

    async def request(self, method: str, body: str | None = None, **query: str) -> tuple[int, str]:
        async with self.session.request(method, self.url, params=query, data=body) as answer:
            return answer.status, await answer.text()

    async def open_polling(self) -> str:
        status, text = await self.request("GET", EIO="4", transport="polling")
        assert status == 200
        assert text.startswith("0{")
        opened = json.loads(text[1:])
        assert set(opened) == {"sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"}
        assert opened["upgrades"] == ["websocket"]
        return str(opened["sid"])

    async def poll(self, sid: str) -> tuple[int, str]:
        return await self.request("GET", EIO="4", transport="polling", sid=sid)

    async def post(self, sid: str, body: str) -> tuple[int, str]:
        return await self.request("POST", body, EIO="4", transport="polling", sid=sid)

    async def open_websocket(self, **query: str) -> aiohttp.ClientWebSocketResponse:
        params = "&".join(f"{name}={value}" for name, value in query.items())
        ws = await self.session.ws_connect(f"{self.url}?EIO=4&transport=websocket&{params}")
        if "sid" not in query:
            opened = json.loads((await ws.receive_str())[1:])
            assert opened["upgrades"] == []
            assert (opened["pingInterval"], opened["pingTimeout"]) == (4000, 3000)
        return ws


@pytest.fixture
async def raw(node: Node) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession() as session:
        yield Raw(node, session)


async def ends(ws: aiohttp.ClientWebSocketResponse) -> bool:
    async with asyncio.timeout(6):  # unanswered pings would end it after seven seconds
        while (message := await ws.receive()).type is aiohttp.WSMsgType.TEXT:
            pass
    return message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


class TestHandshake:
    """Engine.IO, "Handshake"."""

    @pytest.mark.parametrize(
        ("method", "query"),
        [
            ("GET", {"transport": "polling"}),
            ("GET", {"EIO": "3", "transport": "polling"}),
            ("GET", {"EIO": "abc", "transport": "polling"}),
            ("GET", {"EIO": "4"}),
            ("GET", {"EIO": "4", "transport": "carrier-pigeon"}),
            ("GET", {"EIO": "4", "transport": "websocket"}),
            ("GET", {"EIO": "4", "transport": "polling", "sid": "unknown"}),
            ("POST", {"EIO": "4", "transport": "polling"}),
            ("POST", {"EIO": "4", "transport": "polling", "sid": "unknown"}),
            ("PUT", {"EIO": "4", "transport": "polling"}),
            ("DELETE", {"EIO": "4", "transport": "polling"}),
        ],
    )
    async def test_refused(self, raw: Raw, method: str, query: dict[str, str]) -> None:
        assert (await raw.request(method, **query))[0] == 400


class TestPolling:
    """Engine.IO, "HTTP long-polling"."""

    async def test_post_answers_ok_and_carries_several_packets(self, raw: Raw) -> None:
        sid = await raw.open_polling()
        assert await raw.post(sid, "40/party,\x1e40/nowhere,") == (200, "ok")
        texts: list[str] = []
        while len(texts) < 2:
            texts += (await raw.poll(sid))[1].split("\x1e")
        assert texts[0].startswith("44/party,")
        assert texts[1] == '44/nowhere,{"message":"Invalid namespace"}'

    async def test_a_burst_loses_nothing(self, raw: Raw) -> None:
        """Forty events in one POST, as a client sends what it has gathered while the last one was under way."""
        sid = await raw.open_polling()
        await raw.post(sid, "40/party," + json.dumps({"token": f"user:{new_id()}:ann"}))
        assert "40/party," in (await raw.poll(sid))[1]
        burst = "\x1e".join(f'42/party,{number}["clock",{{"t0":{number}}}]' for number in range(40))
        assert (await raw.post(sid, burst))[0] == 200
        answers: list[str] = []
        while len(answers) < 40:
            status, text = await raw.poll(sid)
            assert status == 200
            packets = [item for item in text.split("\x1e") if item != "2"]
            assert len(packets) <= 16, "what clients on python-engineio take"
            answers += packets
        assert sorted(int(text[9 : text.index("[")]) for text in answers) == list(range(40))
        assert all('"ok":true' in answer for answer in answers)

    async def test_a_body_in_chunks_has_the_same_limit(self, raw: Raw) -> None:
        sid = await raw.open_polling()

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(200):
                yield b"4" * 1_000

        query = {"EIO": "4", "transport": "polling", "sid": sid}
        with contextlib.suppress(aiohttp.ClientError):  # hanging up before the end is as good
            async with raw.session.post(raw.url, params=query, data=chunks()) as answer:
                assert answer.status == 400
        assert (await raw.poll(sid))[0] == 400

    @pytest.mark.parametrize("body", ["abc", "4abc", "\x1e", "0", "é", "4" * 70_000, "\x1e".join(["3"] * 4_097)])
    async def test_rubbish_ends_the_session(self, raw: Raw, body: str) -> None:
        sid = await raw.open_polling()
        status, _ = await raw.post(sid, body)
        assert status == 400 or body == "4abc"  # understood by Engine.IO, not by Socket.IO above it
        assert (await raw.poll(sid)) in ((400, f'"Invalid session {sid}"'), (200, "1"))
        assert (await raw.poll(sid))[0] == 400

    async def test_two_polls_at_once_end_the_session(self, raw: Raw) -> None:
        sid = await raw.open_polling()
        first = asyncio.ensure_future(raw.poll(sid))
        await asyncio.sleep(0.05)
        assert (await raw.poll(sid))[0] == 400
        assert await first == (200, "1")
        assert (await raw.poll(sid))[0] == 400

    async def test_goodbye_ends_the_open_poll(self, raw: Raw) -> None:
        sid = await raw.open_polling()
        poll = asyncio.ensure_future(raw.poll(sid))
        await asyncio.sleep(0.05)
        assert await raw.post(sid, "1") == (200, "ok")
        async with asyncio.timeout(15):
            assert await poll == (200, "6")
        assert (await raw.poll(sid))[0] == 400


class TestUpgrade:
    """Engine.IO, "Upgrade"."""

    async def test_from_polling_to_websocket(self, raw: Raw) -> None:
        sid = await raw.open_polling()
        poll = asyncio.ensure_future(raw.poll(sid))
        await asyncio.sleep(0.05)
        ws = await raw.open_websocket(sid=sid)
        await ws.send_str("2probe")
        assert await ws.receive_str() == "3probe"
        assert await poll == (200, "6")
        await ws.send_str("5")
        await ws.send_str("40/nowhere,")
        while (text := await ws.receive_str()) == "6":
            pass
        assert text == '44/nowhere,{"message":"Invalid namespace"}'
        assert (await raw.poll(sid))[0] == 400
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await raw.open_websocket(sid=sid)


class TestSocketIo:
    """Socket.IO v5."""

    async def test_unknown_namespace(self, raw: Raw) -> None:
        ws = await raw.open_websocket()
        await ws.send_str("40")
        assert await ws.receive_str() == '44{"message":"Invalid namespace"}'
        await ws.send_str("40/random")
        assert await ws.receive_str() == '44/random,{"message":"Invalid namespace"}'

    async def test_goodbye_closes(self, raw: Raw) -> None:
        ws = await raw.open_websocket()
        await ws.send_str("1")
        assert await ends(ws)

    @pytest.mark.parametrize(
        "text",
        [
            "4abc",
            "42/party,{}",
            "42/party,[]",
            "42/party,[1]",
            '42/party,["connect",{},{}]',
            '42/party,["disconnect"]',
            "47",
        ],
    )
    async def test_invalid_packets_close(self, raw: Raw, text: str) -> None:
        ws = await raw.open_websocket()
        await ws.send_str(text)
        assert await ends(ws)
