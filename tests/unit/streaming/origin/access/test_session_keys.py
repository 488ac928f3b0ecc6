"""Keys in multivariant playlists: whose, for which systems, and what of them an output has to keep to."""

import re
from dataclasses import replace

import pytest

from streaming.keys.licences.model import LicenceServers, SealedServer
from streaming.keys.model import ContentKey, Protection, TrackClass
from streaming.origin.access.session_keys import session_keys
from streaming.origin.ladder import IFrames, Ladder, Variant
from streaming.origin.playlist import multivariant_text
from streaming.origin.quality import Selection

UHD = Variant(uri="v2160.m3u8", bandwidth_bps=9, width_px=3840, height_px=2160, codecs=("avc1.640033",))
HD = replace(UHD, uri="v1080.m3u8", width_px=1920, height_px=1080)
SD = replace(UHD, uri="v360.m3u8", width_px=640, height_px=360)
IFRAMES = IFrames(uri="i1080.m3u8", bandwidth_bps=1, width_px=1920, height_px=1080, codecs=("avc1.640033",))
KEYS = [ContentKey.make("asset", each, 0) for each in TrackClass]
SERVER = SealedServer("https://licences.example", b"k" * 32)
BOTH = LicenceServers(playready=SERVER, fairplay=SERVER, clearkey=False)


def named(text: str) -> list[tuple[str, str]]:
    """Key format and key id of each tag, as far as it says it in the clear."""
    tags = [line for line in text.splitlines() if line.startswith("#EXT-X-SESSION-KEY:")]
    return [(re.findall('KEYFORMAT="([^"]+)"', tag)[0], (re.findall('skd://([^"]+)"', tag) or [""])[0]) for tag in tags]


def test_those_of_the_variants_that_are_offered() -> None:
    sd, hd, _, audio = KEYS
    keys = session_keys(Protection.CBCS, KEYS, (HD, SD), BOTH)
    text = multivariant_text(Ladder((UHD, HD, SD), iframes=(IFRAMES,)), Selection((HD, SD)), keys)
    assert named(text) == [
        (key_format, key.kid if key_format == "com.apple.streamingkeydelivery" else "")
        for key in (sd, hd, audio)
        for key_format in ("com.microsoft.playready", "com.apple.streamingkeydelivery")
    ]
    assert text.index("#EXT-X-SESSION-KEY") < text.index("#EXT-X-STREAM-INF")
    assert [line.partition("HDCP-LEVEL=")[2] for line in text.splitlines() if "STREAM-INF" in line] == [
        "TYPE-0",
        "",
        'TYPE-0,URI="i1080.m3u8"',
    ]


def test_the_best_picture_asks_for_the_best_output() -> None:
    text = multivariant_text(Ladder((UHD,)), Selection((UHD,)), session_keys(Protection.CBCS, KEYS, (UHD,), BOTH))
    assert "RESOLUTION=3840x2160,HDCP-LEVEL=TYPE-1" in text


def test_clearkey_asks_nothing_of_an_output() -> None:
    text = multivariant_text(
        Ladder((UHD,)), Selection((UHD,)), session_keys(Protection.CENC, KEYS, (UHD,), LicenceServers())
    )
    assert [key_format for key_format, _ in named(text)] == ["org.w3.clearkey"] * 2
    assert "METHOD=SAMPLE-AES-CTR" in text
    assert "HDCP" not in text


@pytest.mark.parametrize("protection", [Protection.NONE, Protection.AES_128])
def test_nothing_is_said_without_licences(protection: Protection) -> None:
    keys = session_keys(protection, KEYS, (HD,), BOTH)
    plain = multivariant_text(Ladder((HD,)), Selection((HD,)))
    assert multivariant_text(Ladder((HD,)), Selection((HD,)), keys) == plain


def test_fairplay_is_not_named_for_cenc() -> None:
    fairplay = LicenceServers(fairplay=SERVER, clearkey=False)
    assert session_keys(Protection.CENC, KEYS, (HD,), fairplay).tags == ()
