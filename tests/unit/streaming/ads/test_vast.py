"""VAST 4.2 as other players read it; the web client's tests read the same document with ``@dailymotion/vast-client``."""

from pathlib import Path

import pytest

from streaming.ads.linear.vast import InlineAd, WrapperAd, clock, document
from streaming.ads.vast.document import Skip, Wrapper, parse

KEPT = Path(__file__).with_name("own_ad.vast.xml")
BEACONS = "https://ani.example/api/v1/media/beacons/T"

TEA = InlineAd(
    ad_id="019a0000-0000-7000-8000-000000000001",
    title="Tea <&> cake",
    advertiser="Tea & Co",
    duration_ms=15_040,
    media_url="https://ani.example/hls/T/A/master.m3u8",
    width_px=1280,
    height_px=720,
    impression_url=f"{BEACONS}/impression",
    error_url=f"{BEACONS}/error",
    tracking_urls={name: f"{BEACONS}/{name}" for name in ("start", "firstQuartile", "midpoint", "thirdQuartile", "complete", "skip")},
    click_url="https://tea.example/?a=1&b=2",
    click_tracking_url=f"{BEACONS}/click",
    skip_after_ms=5_000,
)  # fmt: skip


def test_an_ad_is_written_as_it_was() -> None:
    assert document([TEA]) == KEPT.read_text()


CLICK = WrapperAd(
    ad_id="019a0000-0000-7000-8000-000000000002",
    tag_url="https://ads.example/tag?r=[CACHEBUSTING]&a=1",
    impression_url=f"{BEACONS}/impression",
    error_url=f"{BEACONS}/error",
    tracking_urls={"start": f"{BEACONS}/start", "complete": f"{BEACONS}/complete"},
    click_tracking_url=f"{BEACONS}/click",
)


def test_a_place_for_ads_of_others_is_a_wrapper() -> None:
    assert document([CLICK]) == KEPT.with_name("wrapped_ad.vast.xml").read_text()


def test_our_own_documents_are_read_by_our_own_reader() -> None:
    (inline,) = parse(document([TEA]).encode()).ads
    (wrapper,) = parse(document([CLICK]).encode()).ads
    assert inline.linear is not None
    assert (inline.title, inline.linear.duration_ms, inline.linear.skip) == (TEA.title, 15_040, Skip(at_ms=5_000))
    assert wrapper.wrapper == Wrapper(tag_url=CLICK.tag_url, multiple=True)


def test_no_ad_is_the_empty_response() -> None:
    assert document([]) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n<VAST version="4.2" xmlns="http://www.iab.com/VAST" />\n'
    )


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0, "00:00:00.000"), (5_000, "00:00:05.000"), (3_661_007, "01:01:01.007"), (360_000_000, "100:00:00.000")],
)
def test_clock(milliseconds: int, text: str) -> None:
    assert clock(milliseconds) == text
