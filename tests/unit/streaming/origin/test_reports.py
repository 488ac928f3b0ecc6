"""streaming.origin.reports: what players say, between two writes."""

import pytest

from streaming.origin import reports as reports_module
from streaming.origin.cmcd import PlayerReport
from streaming.origin.quality import HALF_LIFE_MS, Throughput
from streaming.origin.reports import Reports


def report(bps: int) -> PlayerReport:
    return PlayerReport(throughput_bps=bps)


def test_samples_of_a_session_become_one_mean() -> None:
    reports = Reports()
    reports.add("a", report(8_000_000), 0)
    reports.add("a", report(4_000_000), HALF_LIFE_MS)
    reports.add("b", report(1_000_000), 5)
    reports.add("c", PlayerReport(buffer_ms=5), 5)

    assert reports.take() == {"a": Throughput(6e6, HALF_LIFE_MS), "b": Throughput(1e6, 5)}
    assert reports.take() == {}


def test_the_mean_goes_on_after_it_was_taken() -> None:
    reports = Reports()
    reports.add("a", report(8_000_000), 0)
    reports.take()
    reports.add("a", report(4_000_000), HALF_LIFE_MS)

    assert reports.take() == {"a": Throughput(6e6, HALF_LIFE_MS)}


def test_what_could_not_be_written_comes_again() -> None:
    reports = Reports()
    reports.add("a", report(1), 0)
    taken = reports.take()

    reports.put_back(taken)

    assert reports.take() == taken


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports_module, "MAX_SESSIONS", 2)
    reports = Reports()
    for name in "abc":
        reports.add(name, report(1), 0)

    assert set(reports.take()) == {"b", "c"}
