"""In which order a player should use the edges."""

from collections import Counter

import pytest

from kernel.ids import new_id
from streaming.origin.steering.model import (
    FAILED_FOR_MS,
    MEASURED_FOR_MS,
    NOTHING_SEEN,
    Edge,
    Health,
    ViewerMemory,
    ordered,
)

NEAR, FAR, LAST = Edge("near", "https://n"), Edge("far", "https://f", priority=1), Edge("last", "https://l", priority=2)
NOW = 1_700_000_000_000


def order(memory: ViewerMemory = NOTHING_SEEN, *, down: str = "", least_bps: int = 400_000) -> list[str]:
    edges = ordered(
        [LAST, FAR, NEAR], session_id="s", down=down.split(), memory=memory, least_bps=least_bps, now_ms=NOW
    )
    return [edge.name for edge in edges]


def test_priority_decides_where_nothing_is_known() -> None:
    assert order() == ["near", "far", "last"]


def test_what_is_down_comes_last_and_is_never_left_out() -> None:
    assert order(down="near") == ["far", "last", "near"]
    assert order(down="near far last") == ["near", "far", "last"]


def test_what_failed_for_this_viewer_comes_after_what_did_not() -> None:
    failed = NOTHING_SEEN.with_failure("near", NOW - FAILED_FOR_MS)
    assert order(failed) == ["far", "last", "near"]
    assert order(failed, down="far") == ["last", "near", "far"], "down is worse"
    assert order(NOTHING_SEEN.with_failure("near", NOW - FAILED_FOR_MS - 1)) == ["near", "far", "last"]


@pytest.mark.parametrize(
    ("near_bps", "far_bps", "expected"),
    [
        (5_000_000, None, "near far last"),
        (3_000_000, 5_000_000, "near far last"),  # within what one link varies by
        (2_000_000, 5_000_000, "far last near"),
        (400_000, None, "far last near"),  # too slow for the smallest quality, so another one is tried
        (400_000, 450_000, "last near far"),
    ],
    ids=["alone", "alike", "much-slower", "too-slow", "both-too-slow"],
)
def test_throughput(near_bps: int, far_bps: int | None, expected: str) -> None:
    memory = NOTHING_SEEN.with_throughput("near", near_bps, NOW)
    if far_bps:
        memory = memory.with_throughput("far", far_bps, NOW)
    assert order(memory) == expected.split()


def test_once_all_were_tried_a_slow_link_stays_where_it_is_best() -> None:
    slow = NOTHING_SEEN
    for name, bps in (("near", 150_000), ("far", 400_000), ("last", 300_000)):
        slow = slow.with_throughput(name, bps, NOW)
    assert order(slow) == ["far", "last", "near"]
    assert order(slow.with_throughput("near", 300_000, NOW)) == ["near", "far", "last"], "all alike: as ever"


def test_an_old_measurement_counts_for_nothing() -> None:
    assert order(NOTHING_SEEN.with_throughput("near", 1, NOW - MEASURED_FOR_MS - 1))[0] == "near"


def test_weights_are_shares_of_streams_and_a_stream_stays() -> None:
    edges = [Edge("a", "https://a", weight=3), Edge("b", "https://b", weight=1)]

    def first(session_id: str, among: list[Edge]) -> str:
        return ordered(among, session_id=session_id, down=(), memory=NOTHING_SEEN, least_bps=0, now_ms=NOW)[0].name

    sessions = [f"{number:032x}" for number in range(4000)]
    shares = Counter(first(each, edges) for each in sessions)
    assert shares["a"] / 4000 == pytest.approx(0.75, abs=0.02)
    more = [*edges, Edge("c", "https://c", weight=1)]
    moved = [each for each in sessions if first(each, edges) != first(each, more)]
    assert all(first(each, more) == "c" for each in moved), "nobody moves between those that stay"
    assert len({first(new_id(), edges) for _ in range(50)}) == 2


def test_health_changes_after_two_answers_that_say_otherwise() -> None:
    health = Health()
    seen = []
    for answered in (False, True, False, False, True, False, True, True):
        health = health.after(answered)
        seen.append(health.is_up)
    assert seen == [True, True, True, False, False, False, False, True]


def test_who_is_elsewhere_than_it_was_sent_had_a_failure_there() -> None:
    memory = ViewerMemory("near")
    assert memory.at("near", NOW) == memory
    assert memory.at("far", NOW).seen["near"].failed(NOW)
    assert ViewerMemory().at("far", NOW) == ViewerMemory()
