"""What holds for every playlist whatever was found in it: once stripped it stays so, and its time and numbers keep their promises."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.strip.strip import StripOptions, StripResult, strip
from streaming.proxy.strip.timeline import SegmentAction
from tests.unit.streaming.proxy.corpus import media
from tests.unit.streaming.proxy.detect.cases import field, field_ranges, signals, vendors
from tests.unit.streaming.proxy.detect.scenes import ADS, CLEAR, HASHED, KEY, PROGRAMME, Block, Scene
from tests.unit.streaming.proxy.strip.policies import POLICIES


def _discontinuity_numbers(playlist: Playlist) -> list[int]:
    """The discontinuity sequence number of each segment (RFC 8216 section 6.2.2)."""
    numbers, now = [], playlist.discontinuity_sequence
    for segment in playlist.segments:
        now += segment.discontinuity
        numbers.append(now)
    return numbers


def _holds(upstream: Playlist, policy: StripOptions) -> StripResult:
    stripped = strip(upstream, policy)
    output = stripped.playlist
    assert "own check" not in stripped.refusal
    assert output.target_duration_s == upstream.target_duration_s
    left = [
        s for s, action in zip(upstream.segments, stripped.actions, strict=True) if action is not SegmentAction.DELETE
    ]
    assert [s.duration_s for s in output.segments] == [s.duration_s for s in left]
    assert [s.msn for s in output.segments] == list(range(output.media_sequence, output.media_sequence + len(left)))
    assert output.media_sequence >= upstream.media_sequence
    if SegmentAction.DELETE not in stripped.actions:
        assert output.media_sequence == upstream.media_sequence
    # What was apart stays apart, and so is what an ad that is no longer there stood between.
    before, after = _discontinuity_numbers(upstream), _discontinuity_numbers(output)
    kept = [i for i, segment in enumerate(left) if stripped.actions[segment.index] is SegmentAction.KEEP]
    for one, other in pairwise(kept):
        cut = stripped.actions[left[one].index + 1 : left[other].index]
        is_seam = (
            before[left[other].index] > before[left[one].index]
            or SegmentAction.DELETE in cut
            or SegmentAction.SLATE in cut
        )
        # A gap has no clock; what stood at it goes with it.
        assert (after[other] > after[one]) == is_seam or SegmentAction.GAP in cut
        assert output.segments[one].uri == left[one].uri
    again = strip(Playlist.parse(output.write()), policy)
    assert again.playlist.write() == output.write()
    return stripped


@pytest.mark.slow
@pytest.mark.parametrize("name", POLICIES)
def test_everything_written_elsewhere(name: str) -> None:
    for module in (signals, vendors, field, field_ranges):
        for case in module.CASES:
            _holds(Playlist.parse(media(case.body, msn=case.msn, vod=case.vod)), POLICIES[name])
    for scene in (*ADS, *PROGRAMME):
        _holds(scene.playlist(), POLICIES[name])


_NAMES = st.sampled_from(
    ["s{n}.ts", "f/s{n}.ts", HASHED, "/g/{h}.ts", "https://a.example.com/{n}.ts", "https://b.example.com/ads/{n}.ts"]
)
_BLOCKS = st.builds(
    Block,
    _NAMES,
    first=st.sampled_from([0, 1, 20, 40, 900]),
    count=st.integers(1, 25),
    seconds=st.sampled_from([(5.0,), (6.0,), (4.17, 3.0, 5.88)]),
    plain=st.booleans(),
    tags=st.sampled_from([(), (), (KEY,), (CLEAR,), ("#EXT-X-CUE-OUT:12",), ("#EXT-X-CUE-IN",)]),
    digits=st.sampled_from([0, 3]),
)


@pytest.mark.slow
@pytest.mark.parametrize("name", POLICIES)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(blocks=st.lists(_BLOCKS, min_size=1, max_size=6), vod=st.booleans(), msn=st.sampled_from([None, 0, 700]))
def test_blocks_in_any_order(name: str, blocks: list[Block], vod: bool, msn: int | None) -> None:
    _holds(Scene("drawn", blocks, msn, vod).playlist(), POLICIES[name])
