"""bench.traces: what comes of what a page notes, and how fast a link is."""

from bench.traces import Link, Viewing, judged, rates

RATES = {360: 800.0, 720: 3_000.0}


def test_rates_of_a_playlist() -> None:
    playlist = (
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=800000,RESOLUTION=640x360\nv360/main.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1280x720\nv720/main.m3u8\n"
    )
    assert rates(playlist) == RATES


def test_a_viewing() -> None:
    notes = [
        ("resize", 1_400, 360, 0.0),
        ("waiting", 1_450, 360, 0.0),  # before the first picture: that is startup
        ("playing", 1_500, 360, 0.0),
        ("resize", 6_500, 720, 5.0),
        ("waiting", 8_500, 720, 7.0),
        ("playing", 9_500, 720, 7.0),
    ]
    assert judged(notes, 1_000, 11_500, RATES) == Viewing(
        startup_ms=500, rebuffer_ratio=0.1, mean_kbps=1_900.0, switches=1
    )


def test_one_that_waits_to_the_end_and_one_without_a_picture() -> None:
    viewing = judged([("playing", 1_000, 360, 0.0), ("waiting", 2_000, 360, 1.0)], 1_000, 5_000, RATES)
    assert viewing.rebuffer_ratio == 0.75
    assert judged([("resize", 1_000, 360, 0.0)], 0, 5_000, RATES).startup_ms is None


def test_a_link_is_as_the_trace_says_and_begins_again() -> None:
    link = Link([(1_000, 500, 80), (1_000, 0, 20)])
    bps, delay_s = link.now()
    assert (bps, delay_s) == (500_000, 0.08)
    assert link.started_at_s is not None
    link.started_at_s -= 1.5
    assert link.now() == (8_000, 0.02), "a link that stands still goes on counting"
    link.started_at_s -= 1
    assert link.now() == (500_000, 0.08)
