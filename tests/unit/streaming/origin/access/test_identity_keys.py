"""Playlists whose keys stand at an address."""

from uuid import UUID

import pytest

from streaming.keys.model import ContentKey, TrackClass
from streaming.keys.signalling import hls
from streaming.keys.signalling.systems import DrmSystem, Scheme
from streaming.origin.access import identity_keys

KEY = ContentKey.make("asset", TrackClass.SD, 0, kid="0f8fad5b-d9cb-469f-a165-70867728950e")
REST = '#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4,\n00001.m4s\n#EXT-X-ENDLIST\n'


def media(scheme: Scheme, *systems: DrmSystem) -> str:
    tags = [hls.key_tag(system, UUID(KEY.kid), KEY.key, scheme) for system in systems]
    return "#EXTM3U\n" + "".join(f"{tag}\n" for tag in tags) + REST


@pytest.mark.parametrize(("scheme", "method"), [(Scheme.CBCS, "SAMPLE-AES"), (Scheme.CENC, "SAMPLE-AES-CTR")])
def test_one_tag_that_leads_to_the_key_takes_the_place_of_all(scheme: Scheme, method: str) -> None:
    text = media(scheme, DrmSystem.WIDEVINE, DrmSystem.PLAYREADY, DrmSystem.COMMON)
    tag = f'#EXT-X-KEY:METHOD={method},URI="../keys/clearkey/{KEY.kid}",KEYFORMAT="identity"'
    assert identity_keys.media(text, "v720/main.m3u8") == f"#EXTM3U\n{tag}\n{REST}"


def test_where_nothing_is_for_clearkey_there_is_no_such_playlist() -> None:
    assert identity_keys.media(media(Scheme.CENC, DrmSystem.WIDEVINE), "v720/main.m3u8") is None
    segments = '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="../keys/x",IV=0x00\n'
    assert identity_keys.media(segments, "v720/main.m3u8") is None


def test_text_stays_as_it_is() -> None:
    assert identity_keys.media(f"#EXTM3U\n{REST}", "s-en/main.m3u8") == f"#EXTM3U\n{REST}"


def test_the_multivariant_playlist_leads_to_such_playlists() -> None:
    text = (
        '#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI="/s?session=t",PATHWAY-ID="a"\n'
        '#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI="data:,x",KEYFORMAT="org.w3.clearkey"\n'
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="x.m3u8",URI="a-en/main.m3u8"\n'
        "#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://edge.example/hls/t/a/v720/main.m3u8\n"
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="v720/iframes.m3u8"\n'
    )
    assert identity_keys.multivariant(text) == (
        '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="x.m3u8",URI="a-en/identity-main.m3u8"\n'
        "#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://edge.example/hls/t/a/v720/identity-main.m3u8\n"
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="v720/identity-iframes.m3u8"\n'
    )


@pytest.mark.parametrize(
    ("path", "usual"),
    [
        ("identity-master.m3u8", "master.m3u8"),
        ("v720/identity-main.m3u8", "v720/main.m3u8"),
        ("v720/main.m3u8", None),
        ("v720/identity-identity-main.m3u8", None),
        ("../identity-main.m3u8", None),
        ("v720/identity-00001.m4s", None),
        ("a/b/c/d/e/identity-main.m3u8", None),
        ("identity-.m3u8\n", None),
    ],
)
def test_each_has_one_address(path: str, usual: str | None) -> None:
    assert identity_keys.parse(path) == usual
    if usual is not None:
        assert identity_keys.with_name(usual) == path
