"""What guessing makes of a hundred labelled playlists, whole and through sliding windows; and what it may cost."""

import pytest

from streaming.proxy.detect.detect import DetectionRules
from streaming.proxy.strip.strip import AdPolicy, StripOptions
from streaming.proxy.strip.timeline import SegmentAction
from tests.unit.streaming.proxy.detect.labelled import CASES, LIVE_BASE, Case, judged, watched


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.name}")
def test_what_is_hidden(case: Case) -> None:
    for way, hidden, wanted in judged(case):
        assert sorted(hidden - case.ads) == [], f"programme, {way}"
        assert sorted(wanted - hidden) == [], f"ads, {way}"


LIVE = [case for case in CASES if case.kind.startswith("live") and case.base == LIVE_BASE]


@pytest.mark.slow
@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_live_verdicts_do_not_depend_on_the_window_or_the_rhythm(case: Case) -> None:
    """What is judged at the edge is judged by what was seen before; a list that is first seen with the pod in it may know more."""
    policy = StripOptions(AdPolicy.REPLACE)
    shown = [watched(case, 6, policy, step=step) for step in (1, 2, 3)] + [watched(case, 12, policy, step=2)]
    first = {number for number, action in shown[0].items() if action is not SegmentAction.KEEP}
    for other in shown[1:]:
        assert {number for number, action in other.items() if action is not SegmentAction.KEEP} >= first


@pytest.mark.slow
@pytest.mark.parametrize("mode", [AdPolicy.REPLACE, AdPolicy.DELETE])
def test_without_guesses_live_stays_whole(mode: AdPolicy) -> None:
    for case in LIVE:
        if "cues" not in case.name:
            assert set(watched(case, 6, StripOptions(mode, DetectionRules(heuristics=False))).values()) == {
                SegmentAction.KEEP
            }
