"""Pings in time, and who does not answer."""

from realtime.broadcast.pulse import Pulse


class Beats:
    def __init__(self) -> None:
        self.pinged: list[str] = []
        self.lost: list[str] = []
        self.pulse: Pulse[str] = Pulse(interval_s=4, timeout_s=3, ping=self.pinged.append, lost=self.lost.append)


def test_who_answers_is_pinged_again() -> None:
    beats = Beats()
    beats.pulse.begin("ann", 0)
    beats.pulse.tick(3.9)
    assert beats.pinged == []
    for now_s in (4, 8.5, 13):
        beats.pulse.tick(now_s)
        beats.pulse.tick(now_s + 0.5)
        beats.pulse.pong("ann", now_s + 0.5)
    assert beats.pinged == ["ann"] * 3
    beats.pulse.tick(17.4)
    assert beats.lost == []
    assert beats.pinged == ["ann"] * 3
    beats.pulse.tick(17.5)
    assert beats.pinged == ["ann"] * 4


def test_who_does_not_answer_is_lost_once() -> None:
    beats = Beats()
    beats.pulse.begin("ann", 0)
    beats.pulse.begin("bob", 1)
    beats.pulse.tick(4)
    beats.pulse.tick(5)
    beats.pulse.pong("bob", 5.1)
    beats.pulse.tick(6.9)
    assert beats.lost == []
    beats.pulse.tick(7)
    beats.pulse.pong("ann", 7.1)
    beats.pulse.tick(8.9)
    assert beats.lost == ["ann"]
    assert beats.pinged == ["ann", "bob"]
    beats.pulse.tick(20)
    assert beats.pinged == ["ann", "bob", "bob"]


def test_answers_that_nobody_asked_for_change_nothing() -> None:
    beats = Beats()
    beats.pulse.begin("ann", 0)
    for _ in range(1_000):
        beats.pulse.pong("ann", 1)
    beats.pulse.tick(5)
    assert beats.pinged == ["ann"]
    assert len(beats.pulse._pings) == 0


def test_nothing_is_called_for_who_is_gone() -> None:
    beats = Beats()
    beats.pulse.begin("ann", 0)
    beats.pulse.begin("bob", 0)
    beats.pulse.end("ann")
    beats.pulse.tick(4)
    beats.pulse.end("bob")
    beats.pulse.tick(100)
    assert (beats.pinged, beats.lost, len(beats.pulse)) == (["bob"], [], 0)
