"""streaming.origin.qoe.backlog: what waits to be written."""

import pytest

from streaming.origin.qoe import backlog as backlog_module
from streaming.origin.qoe.backlog import MAX_OF_SESSION, Backlog
from streaming.origin.qoe.events import PlaybackEvent


def events(*at_ms: int) -> list[PlaybackEvent]:
    return [PlaybackEvent(each) for each in at_ms]


def test_what_is_taken_is_gone_and_may_come_back() -> None:
    backlog = Backlog()
    backlog.add("a", events(1, 2))
    backlog.add("b", [])
    taken = backlog.take()
    backlog.add("a", events(3))
    backlog.put_back(taken)
    assert backlog.take() == {"a": events(1, 2, 3)}
    assert backlog.take() == {}


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog_module, "MAX_SESSIONS", 2)
    backlog = Backlog()
    for name in "abc":
        backlog.add(name, events(*range(MAX_OF_SESSION + 1)))
    assert {name: len(waiting) for name, waiting in backlog.take().items()} == {
        "b": MAX_OF_SESSION,
        "c": MAX_OF_SESSION,
    }
