"""Steering over memory alone."""

from collections.abc import Collection

from streaming.origin.steering.model import NOTHING_SEEN, ViewerMemory
from streaming.origin.steering.usecases import EdgeHealth, ViewerMemories


class MemoryHealth(EdgeHealth):
    """Edges are down as a test says."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def down(self) -> Collection[str]:
        return self.names


class MemoryMemories(ViewerMemories):
    """For ever."""

    def __init__(self) -> None:
        self.kept: dict[str, ViewerMemory] = {}

    async def get(self, session_id: str) -> ViewerMemory:
        return self.kept.get(session_id, NOTHING_SEEN)

    async def put(self, session_id: str, memory: ViewerMemory) -> None:
        self.kept[session_id] = memory
