"""The register of who is in which room."""

from typing import Any

import socketio

from realtime.broadcast.adapters.fanout import FastManager


async def rooms_asked_by_a_disconnect(count: int) -> int:
    """How many rooms are looked at when one of ``count`` clients goes."""
    asked = 0

    class Counting(dict[Any, Any]):
        def copy(self) -> Any:
            nonlocal asked
            asked += len(self)
            return super().copy()

        def __getitem__(self, key: Any) -> Any:
            nonlocal asked
            asked += 1
            return super().__getitem__(key)

    server = socketio.AsyncServer(client_manager=(manager := FastManager()), async_mode="aiohttp")
    assert server.manager is manager
    sid: str | None = None
    for number in range(count):
        sid = await manager.pre_connect(f"eio{number}", "/party")
        assert sid is not None
        manager.basic_enter_room(sid, "/party", "party")
    assert sid is not None
    manager.rooms["/party"] = Counting(manager.rooms["/party"])
    manager.basic_disconnect(sid, "/party")
    assert not [room for room in manager.rooms["/party"].values() if sid in room]
    assert sid not in manager.pending_connect["/party"]
    return asked


async def test_one_client_going_asks_as_many_rooms_as_it_was_in() -> None:
    assert await rooms_asked_by_a_disconnect(400) == await rooms_asked_by_a_disconnect(10)
