"""The fast path is tried at the start, and left where it does not fit."""

from typing import Any

import pytest

from realtime.broadcast.adapters.fanout import FastEngine, FastManager, StockBroadcast
from realtime.broadcast.adapters.selftest import fast_path_works
from realtime.gateway.adapters.server import FastServer, StrictServer, build_server


def fast_server() -> FastServer:
    return FastServer(client_manager=FastManager(), async_mode="aiohttp", namespaces=["/party"])


async def test_it_fits_the_installed_libraries() -> None:
    server, broadcast = await build_server()
    assert type(server) is FastServer
    assert isinstance(broadcast, FastManager)


async def test_it_leaves_nothing_behind() -> None:
    server = fast_server()
    assert await fast_path_works(server)
    assert not server.eio.sockets
    assert not server.manager.rooms


@pytest.mark.parametrize(
    ("owner", "name", "replacement"),
    [
        (FastEngine, "create_queue", lambda *_: __import__("asyncio").Queue()),
        (FastManager, "to_room", lambda *_args, **_options: None),
        (FastManager, "_members_of", lambda *_: ()),
    ],
)
async def test_a_changed_library_means_the_stock_path(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, replacement: Any
) -> None:
    monkeypatch.setattr(owner, name, replacement)
    server, broadcast = await build_server()
    assert type(server) is StrictServer
    assert isinstance(broadcast, StockBroadcast)
