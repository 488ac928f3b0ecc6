"""A part is kept running, whatever its process leaves behind."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from server.up.part import Part, Supervised
from server.up.restarts import MAX_FAILED_STARTS, GaveUp
from server.up.terminal import Terminal

LIKE_NGINX = "import os, sys, time; os.fork(); print('line', flush=True); time.sleep(600)"
"""A child has the output as well, and outlives its parent."""


def supervised(folder: Path, program: str) -> Supervised:
    async def ready() -> bool:
        return True

    part = Part(name="part", command=[sys.executable, "-c", program], ready=ready, folder=folder)
    return Supervised(part, Terminal(["part"]), lambda: None)


async def test_one_whose_children_live_on_is_started_again(tmp_path: Path) -> None:
    part = supervised(tmp_path, LIKE_NGINX)
    part.start()
    await part.until_ready()
    before = part.pid
    assert before is not None

    os.kill(before, signal.SIGKILL)

    async with asyncio.timeout(60):
        while part.pid in (None, before):
            await asyncio.sleep(0.02)
    with pytest.raises(ProcessLookupError):
        os.killpg(before, 0)
    assert part.restarts.total == 1
    await part.stop()
    assert part.pid is None


async def test_one_that_ends_on_and_on_is_given_up(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    program = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]
    part = Supervised(
        Part(name="part", command=program, ready=never, folder=tmp_path), Terminal(["part"]), lambda: None
    )
    part.start()

    with pytest.raises(GaveUp):
        await part.until_ready()
    assert part.restarts.total == MAX_FAILED_STARTS
    assert part.tail == ["the reason"] * MAX_FAILED_STARTS


async def test_one_that_does_not_end_is_made_to(tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    part = supervised(tmp_path, deaf)
    object.__setattr__(part.part, "stop_timeout_s", 0.2)
    part.start()
    async with asyncio.timeout(60):
        while not part.tail:
            await asyncio.sleep(0.02)

    await part.stop()

    assert part.task.done()
    assert part.pid is None
