"""What lives as long as the process is out of the collector's way, and what work leaves in circles is taken away soon."""

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator

import pytest

from kernel.concurrency import collector


class Circle:
    """Goes away by the collector alone."""

    def __init__(self) -> None:
        self.itself = self


def is_known(thing: object) -> bool:
    """Whether the collector would look at it."""
    return any(each is thing for each in gc.get_objects())


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process that has kept nothing, and has not passed over everything."""
    monkeypatch.setattr(collector, "_kept", set())
    monkeypatch.setattr(collector._Passes, "ended_at", float("-inf"))
    monkeypatch.setattr(collector._Passes, "took_s", 0.0)
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def passes() -> Iterator[list[int]]:
    """The generations that were gone through, in their order."""
    seen: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(info["generation"])

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


@pytest.mark.usefixtures("anew")
def test_what_is_kept_is_looked_at_no_more_and_that_once() -> None:
    first, other = Circle(), Circle()
    assert is_known(first)
    collector.keep("first")
    assert not is_known(first)
    assert not is_known(other)
    later = Circle()
    collector.keep("first")
    assert is_known(later)
    collector.keep("second")
    assert not is_known(later)
    # The circles of this test go away with it.
    for circle in (first, other, later):
        del circle.itself


@pytest.mark.usefixtures("anew")
def test_garbage_is_not_kept() -> None:
    gone = weakref.ref(Circle())
    collector.keep("anything")
    assert gone() is None


@pytest.mark.usefixtures("anew")
async def test_old_garbage_is_taken_away_now_and_then(passes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def grown_old() -> Callable[[], Circle | None]:
        circle = Circle()
        gc.collect(1)
        return weakref.ref(circle)

    old = grown_old()
    assert old() is not None
    passes.clear()
    await collector.clear()
    assert old() is None
    assert passes == [1, 2]
    monkeypatch.setattr(collector._Passes, "took_s", 3600.0)
    passes.clear()
    await collector.clear()
    assert passes == [1], "it rests after a long pass"


@pytest.mark.usefixtures("anew")
async def test_others_have_their_turn_between_two_passes(passes: list[int]) -> None:
    turns: list[list[int]] = []

    async def beside() -> None:
        while True:
            turns.append(list(passes))
            await asyncio.sleep(0)

    task = asyncio.create_task(beside())
    await asyncio.sleep(0)
    passes.clear()
    await collector.clear()
    await asyncio.sleep(0)
    task.cancel()
    assert turns.count([1]) >= collector.ROUNDS
    assert turns.count([1, 2]) >= collector.ROUNDS


@pytest.mark.usefixtures("anew")
async def test_what_takes_three_rounds_to_its_task_comes_between_two_passes(passes: list[int]) -> None:
    """As a timer: it is due, says so to what is awaited, and that wakes the task."""
    loop = asyncio.get_running_loop()
    woken: list[list[int]] = []

    async def wait() -> None:
        due = loop.create_future()
        loop.call_soon(lambda: loop.call_soon(due.set_result, None))
        await due
        woken.append(list(passes))

    def begin(phase: str, info: dict[str, int]) -> None:
        if phase == "stop" and info["generation"] == 1:
            tasks.append(loop.create_task(wait()))

    tasks: list[asyncio.Task[None]] = []
    passes.clear()
    gc.callbacks.append(begin)
    try:
        await collector.clear()
    finally:
        gc.callbacks.remove(begin)
    await asyncio.gather(*tasks)
    assert woken == [[1]]
