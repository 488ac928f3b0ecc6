"""What is taken for an offer of sound, and what is answered (RFC 8829, RFC 8839)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rtc.adapters.selftest import sample_offer
from kernel.rtc.ports import OfferNotAcceptable
from realtime.voice.adapters.offer import MAX_OFFER_CHARACTERS, read_offer, write_answer

OFFER = sample_offer()


def test_a_browsers_offer() -> None:
    offer = read_offer(OFFER)
    assert (offer.payload_type, offer.level_id, offer.sections) == (111, 14, ("0", "1", "2", "3"))
    assert offer.fragment == "abcd"


def test_the_answer() -> None:
    answer = write_answer(
        read_offer(OFFER),
        fragment="f" * 8,
        password="p" * 24,
        fingerprints=[],
        addresses=["192.0.2.1", "2001:db8::1"],
        port=8189,
        ssrcs=[1, 2, 3],
    )
    lines = answer.splitlines()
    assert "a=ice-lite" in lines
    assert "a=group:BUNDLE 0 1 2 3" in lines
    assert [line for line in lines if line.startswith("a=candidate:")] == [
        "a=candidate:1 1 udp 2130706431 192.0.2.1 8189 typ host",
        "a=candidate:2 1 udp 2130706175 2001:db8::1 8189 typ host",
    ]
    assert lines.count("a=setup:passive") == 4
    assert lines.count("a=recvonly") == 1
    assert lines.count("a=sendonly") == 3
    assert lines.count("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate=32000") == 4
    assert [line.split()[0] for line in lines if " cname:" in line] == ["a=ssrc:1", "a=ssrc:2", "a=ssrc:3"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("v=0", id="no-sections"),
        pytest.param("v=0\r\nm=audio", id="half-a-line"),
        pytest.param(OFFER + "a=" + "x" * MAX_OFFER_CHARACTERS, id="too-long"),
        pytest.param(OFFER.replace("m=audio", "m=video", 1), id="video"),
        pytest.param(OFFER.replace("opus/48000", "PCMU/8000"), id="another-codec"),
        pytest.param(OFFER.replace("a=group:BUNDLE 0 1 2 3", "a=group:BUNDLE 0 1"), id="not-bundled"),
        pytest.param(OFFER.replace("a=mid:1", "a=mid:0"), id="one-mid-twice"),
        pytest.param(OFFER.replace("a=sendonly", "a=inactive"), id="sends-nothing"),
        pytest.param(OFFER.replace("setup:actpass", "setup:passive"), id="waits-for-us"),
        pytest.param(OFFER.replace("setup:actpass", "setup:sideways"), id="unknown-setup"),
        pytest.param(OFFER.replace("sha-256", "md5"), id="weak-fingerprint"),
        pytest.param(OFFER.replace("a=ice-ufrag:abcd\r\n", ""), id="no-credentials"),
        pytest.param(OFFER.replace("a=rtcp-mux\r\n", "", 1), id="rtcp-beside"),
        pytest.param(OFFER.replace("111 63", "72 63"), id="forbidden-number"),
        pytest.param(OFFER.replace("opus/48000/2", "opus/"), id="no-rate"),
        pytest.param(OFFER + OFFER[OFFER.index("m=audio") :], id="eight-sections"),
    ],
)
def test_is_refused(text: str) -> None:
    with pytest.raises(OfferNotAcceptable):
        read_offer(text)


@given(st.data())
def test_a_broken_offer_is_read_or_refused(data: st.DataObject) -> None:
    lines = OFFER.splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    lines[at] = (
        data.draw(st.text(max_size=40)) if data.draw(st.booleans()) else lines[at][: data.draw(st.integers(0, 12))]
    )
    try:
        offer = read_offer("\r\n".join(lines) + "\r\n")
    except OfferNotAcceptable:
        return
    assert len(offer.sections) == 4
    assert offer.fingerprints
