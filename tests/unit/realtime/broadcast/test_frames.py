"""RFC 6455 §5.2: frames of a server, read back by aiohttp's own parser."""

import asyncio

import pytest
from aiohttp import WSMsgType
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_websocket import WebSocketReader

from realtime.broadcast.frames import event_text, server_frame


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
async def test_frame_lengths(length: int) -> None:
    queue = WebSocketDataQueue(BaseProtocol(asyncio.get_running_loop()), 2**20, loop=asyncio.get_running_loop())
    reader = WebSocketReader(queue, 2**20, False, True)
    text = b"x" * length
    reader.feed_data(server_frame(text) + server_frame(b"next"))
    first, second = await queue.read(), await queue.read()
    assert (first.type, first.data) == (WSMsgType.TEXT, text.decode())
    assert second.data == "next"


def test_event_text() -> None:
    assert event_text("/party", "chat:message", {"text": "«да» 🎉 <b>"}) == (
        '42/party,["chat:message",{"text":"«да» 🎉 <b>"}]'.encode()
    )
    assert event_text("/", "hello", 1, None) == b'42["hello",1,null]'


def test_binary_is_not_for_this_path() -> None:
    with pytest.raises(TypeError):
        event_text("/party", "file", b"\0\1")
