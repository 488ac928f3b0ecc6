"""What playlists written to cost do cost: twice the input is no more than about twice the work, and no many times the output."""

import gc
import time
from itertools import pairwise

import pytest

from streaming.proxy.detect.detect import DetectionRules
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.playlist.rewrite import Rewriter
from streaming.proxy.strip.strip import AdPolicy, StripOptions, strip
from streaming.proxy.strip.writer import Slate
from tests.unit.streaming.proxy.hostile import LONG_LINES, UNITS, hostile, long_line

_POLICIES = [
    StripOptions(
        AdPolicy.REPLACE,
        DetectionRules(own_prefix="/own/"),
        lambda duration_s, start_s: Slate("/own/s.ts", "/own/i.mp4"),
    ),
    StripOptions(AdPolicy.DELETE),
]
#: Of work that is a few milliseconds: beside it a pause of the collector is long.
_COUNT = 150
_ATTEMPTS = 10


def _work(data: bytes) -> int:
    """All that is done to a playlist.  Returns the length of the longest output."""
    longest = 0
    for policy in _POLICIES:
        output = strip(Playlist.parse(data), policy).playlist
        rewritten = Rewriter("https://up.example.com/a/b.m3u8?q=1", lambda url, _role: url).rewrite(output)
        # An address is longer once it is whole; how often is counted elsewhere.
        longest = max(longest, len(output.write()), len(rewritten) - 32 * len(output.lines))
    return longest


def _grows(small: bytes, large: bytes) -> float:
    """How many times the work, at best: noise only ever adds."""
    best = {small: float("inf"), large: float("inf")}
    for _ in range(_ATTEMPTS):
        for data in best:
            gc.collect()
            gc.disable()
            begun_s = time.thread_time()
            _work(data)
            best[data] = min(best[data], time.thread_time() - begun_s)
            gc.enable()
        if best[large] <= 2.5 * best[small]:
            break
    return best[large] / best[small]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "vod"), [(name, number % 2 == 0) for number, name in enumerate(UNITS)])
def test_many_lines(name: str, vod: bool) -> None:
    sizes = [hostile(UNITS[name], times * _COUNT, vod=vod) for times in (1, 2, 4)]
    assert _work(sizes[1]) <= 4 * len(sizes[1]) + 64 * 1024
    # What grows with its square does so the more, the larger it is.
    assert any(_grows(small, large) <= 2.5 for small, large in pairwise(sizes))


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG_LINES)
def test_long_lines(name: str) -> None:
    small, large = (long_line(LONG_LINES[name], count) for count in (5_000, 10_000))
    assert _work(large) <= 4 * len(large) + 64 * 1024
    assert _grows(small, large) <= 2.5


def test_keys_as_long_as_the_playlist_are_not_said_again_after_each_break() -> None:
    key = f'#EXT-X-KEY:METHOD=SAMPLE-AES,KEYFORMAT="f",URI="data:{"x" * 50_000}"\n'
    data = hostile(key, 1) + hostile("#EXT-X-CUE-OUT:6\n#EXTINF:6,\na.ts\n#EXT-X-CUE-IN\n#EXTINF:6,\np.ts\n", 500)
    assert _work(data) <= 4 * len(data) + 64 * 1024
    assert "too long" in strip(Playlist.parse(data), _POLICIES[0]).refusal


def test_a_variable_does_not_multiply_a_playlist() -> None:
    body = '#EXTM3U\n#EXT-X-DEFINE:NAME="v",VALUE="' + "x" * 100_000 + '"\n' + "#EXTINF:6,\n{$v}{$v}{$v}\n" * 5000
    output = Rewriter("https://up.example.com/a.m3u8", lambda url, _role: url).rewrite(Playlist.parse(body))
    assert len(output) <= 6 * len(body) + 512 * 1024


@pytest.mark.parametrize("count", [5, 16, 1000])
def test_key_formats_that_packagers_write_stay_in_force_and_no_more(count: int) -> None:
    keys = "".join(f'#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k{n}",KEYFORMAT="f{n}"\n' for n in range(count))
    playlist = Playlist.parse("#EXTM3U\n" + keys + "#EXTINF:6,\na.ts\n")
    assert [key.uri for key in playlist.segments[0].keys] == [f"k{n}" for n in range(count)][-16:]
