"""Something to watch for the first start: a few clips made on the spot, ingested like any other video."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from server.services import Services

Show = Callable[[str, float], Awaitable[None]]


async def needed(_services: Services) -> bool:
    return False


async def make(_services: Services, _show: Show) -> None: ...


async def ingest(_services: Services, _file: Path, _episode: str, _subtitles: list[Path], _show: Show) -> str:
    return ""
