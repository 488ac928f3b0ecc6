"""Peak and average, as RFC 8216 §4.1 means them."""

from hypothesis import given
from hypothesis import strategies as st

from streaming.ingest.packaging.bandwidth import Bandwidth, MeasuredSegment, correct, measure

MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,URI="a-und/main.m3u8",GROUP-ID="audio",NAME="Audio, \u2116 1",DEFAULT=NO
#EXT-X-MEDIA:TYPE=AUDIO,URI="a-en/main.m3u8",GROUP-ID="audio",LANGUAGE="en",NAME="English"
#EXT-X-MEDIA:TYPE=SUBTITLES,URI="s-en/main.m3u8",GROUP-ID="text",NAME="English"
#EXT-X-STREAM-INF:BANDWIDTH=7,AVERAGE-BANDWIDTH=9,CODECS="avc1.64001f,mp4a.40.2",AUDIO="audio",SUBTITLES="text"
v720/main.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=5,CODECS="avc1.64001f"
v360/main.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,AVERAGE-BANDWIDTH=2,URI="v720/iframes.m3u8"
"""


def segments(*pairs: tuple[float, int]) -> list[MeasuredSegment]:
    return [MeasuredSegment(duration_s, size_bytes) for duration_s, size_bytes in pairs]


class TestMeasuring:
    def test_the_heaviest_segment(self) -> None:
        assert measure(segments((4, 1000), (4, 3000), (4, 2000)), 4) == Bandwidth(6000, 4000)

    def test_a_short_one_counts_with_its_neighbour_only(self) -> None:
        """A second of 2,000 bytes is no peak by itself: players have a buffer."""
        assert measure(segments((4, 1000), (1, 2000)), 4).peak_bps == 4800

    def test_a_run_of_short_ones(self) -> None:
        assert measure(segments((1, 1000), (1, 3000), (1, 1000)), 4) == Bandwidth(16_000, 13_334)

    def test_never_below_the_average(self) -> None:
        """What the packager tells of a film that ends in a short, heavy segment."""
        assert measure(segments((4, 400), (0.5, 900)), 10) == Bandwidth(2312, 2312)

    def test_nothing(self) -> None:
        assert measure([], 4) == Bandwidth(0, 0)

    @given(st.lists(st.tuples(st.floats(0.01, 10), st.integers(0, 10**7)), min_size=1, max_size=50))
    def test_peak_and_average_are_in_order(self, pairs: list[tuple[float, int]]) -> None:
        found = measure(segments(*pairs), 4)
        assert found.peak_bps >= found.average_bps


class TestTelling:
    def test_the_whole_playlist(self) -> None:
        measured = {
            "v720/main.m3u8": Bandwidth(1000, 500),
            "v360/main.m3u8": Bandwidth(300, 200),
            "a-und/main.m3u8": Bandwidth(60, 50),
            "a-en/main.m3u8": Bandwidth(80, 40),
            "s-en/main.m3u8": Bandwidth(3, 2),
            "v720/iframes.m3u8": Bandwidth(100, 90),
        }
        assert correct(MASTER, measured) == (
            "#EXTM3U\n"
            '#EXT-X-MEDIA:TYPE=AUDIO,LANGUAGE="und",URI="a-und/main.m3u8",GROUP-ID="audio",NAME="Audio, \u2116 1",DEFAULT=NO\n'
            '#EXT-X-MEDIA:TYPE=AUDIO,URI="a-en/main.m3u8",GROUP-ID="audio",LANGUAGE="en",NAME="English"\n'
            '#EXT-X-MEDIA:TYPE=SUBTITLES,URI="s-en/main.m3u8",GROUP-ID="text",NAME="English"\n'
            '#EXT-X-STREAM-INF:BANDWIDTH=1083,AVERAGE-BANDWIDTH=552,CODECS="avc1.64001f,mp4a.40.2",AUDIO="audio",SUBTITLES="text"\n'
            "v720/main.m3u8\n"
            '#EXT-X-STREAM-INF:BANDWIDTH=300,AVERAGE-BANDWIDTH=200,CODECS="avc1.64001f"\n'
            "v360/main.m3u8\n"
            '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100,AVERAGE-BANDWIDTH=90,URI="v720/iframes.m3u8"\n'
        )

    def test_what_nobody_measured_stays(self) -> None:
        assert correct(MASTER, {}).splitlines()[4:] == MASTER.splitlines()[4:]
