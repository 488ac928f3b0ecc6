"""What aiortc's parser is given of somebody's description (RFC 8866): nothing that takes the square of its length."""

import pytest

from kernel.rtc.adapters.descriptions import MAX_CODECS, parse_description
from kernel.rtc.adapters.selftest import sample_offer
from kernel.rtc.ports import OfferNotAcceptable

HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
SECTION = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"


def codecs(count: int) -> str:
    return SECTION + "".join(f"a=rtpmap:{number} H264/90000\r\n" for number in range(count))


def test_feedback_and_sources_are_left_out() -> None:
    plenty = "a=rtcp-fb:* nack\r\n" * 1_000 + "".join(f"a=ssrc:{number} cname:x\r\n" for number in range(1_000))
    [section] = parse_description(HEAD + codecs(MAX_CODECS) + plenty, max_characters=65_536).media
    assert (len(section.rtp.codecs), section.ssrc) == (MAX_CODECS, [])
    assert not any(codec.rtcpFeedback for codec in section.rtp.codecs)


def test_a_section_has_no_more_codecs_than_there_are_numbers() -> None:
    parse_description(HEAD + 2 * codecs(MAX_CODECS), max_characters=65_536)
    with pytest.raises(OfferNotAcceptable, match="128 codecs"):
        parse_description(HEAD + codecs(MAX_CODECS + 1), max_characters=65_536)


def test_what_is_read_is_what_aiortc_reads() -> None:
    offer = sample_offer()
    [first, *others] = parse_description(offer, max_characters=len(offer)).media
    assert (first.rtp.muxId, first.rtp.codecs[0].parameters, len(others)) == (
        "0",
        {"minptime": 10, "useinbandfec": 1},
        3,
    )
    with pytest.raises(OfferNotAcceptable, match="too long"):
        parse_description(offer, max_characters=len(offer) - 1)
