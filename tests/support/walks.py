"""Counts the files that the code of a request passes through."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]

REPETITIONS: Final = 3
"""A file that is not in each of them was passed through by something else that happened to run."""


async def files_of(request: Callable[[], Awaitable[object]], package: str, *, beside: bool = False) -> list[str]:
    """The files of ``package`` in which a function was called in every repetition of ``request``, in the order of the first call.

    What lies behind a port in another package, and what the kernel and the server do for every request, is not counted; nor is a
    ``feature.py``, in which ports are looked up.  One repetition more fills the caches before.  ``beside``: tasks that ran before the request are counted too, as messages of
    sockets are handled by those; background tasks must not run then.
    """
    walks = [await _walk(request, package, beside=beside) for _ in range(1 + REPETITIONS)][1:]
    return [file for file in walks[0] if all(file in walk for walk in walks)]


async def _walk(request: Callable[[], Awaitable[object]], package: str, *, beside: bool) -> dict[str, None]:
    seen: dict[str, None] = {}
    names: dict[str, str] = {}
    others = {task for task in asyncio.all_tasks() if not beside and not _serves_http(task)}

    def called(frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event != "call" or code.co_name == "<module>":
            return
        if code.co_filename not in names:
            names[code.co_filename] = _counted(code.co_filename, package)
        name = names[code.co_filename]
        if name and name not in seen and asyncio.current_task() not in others:
            seen[name] = None

    sys.setprofile(called)
    try:
        await request()
    finally:
        sys.setprofile(None)
    return seen


def _serves_http(task: "asyncio.Task[Any]") -> bool:
    """Whether aiohttp made it for a connection, over which it serves one request after the other."""
    return getattr(task.get_coro(), "__qualname__", "") == "RequestHandler.start"


def _counted(file_name: str, package: str) -> str:
    """Where a file is in the project, or nothing where it is not counted."""
    path = Path(file_name)
    inside = path.is_absolute() and path.is_relative_to(ROOT / package) and path.name != "feature.py"
    return path.relative_to(ROOT).as_posix() if inside else ""
