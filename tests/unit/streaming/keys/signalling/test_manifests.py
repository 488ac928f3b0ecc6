"""Keys in playlists and manifests, read back by parsers that are not ours."""

import base64
from uuid import UUID

import m3u8  # type: ignore[import-untyped]
import pytest
from defusedxml.ElementTree import fromstring

from streaming.keys.signalling import dash, hls, pssh
from streaming.keys.signalling.systems import DECRYPTS, METHODS, DrmSystem, Scheme
from tests.unit.streaming.keys.signalling.vectors import (
    COMMON_BOX,
    KEY,
    KEY_ID,
    PLAYREADY_CBCS_OBJECT,
    WIDEVINE_CBCS_BOX,
    WIDEVINE_CENC_BOX,
)

CASES = [(system, scheme) for system in DrmSystem for scheme in sorted(DECRYPTS[system])]
NAMESPACES = {"cenc": dash.CENC, "mspr": dash.MSPR}


@pytest.mark.parametrize(
    ("system", "scheme", "line"),
    [
        (
            DrmSystem.WIDEVINE,
            Scheme.CENC,
            (
                f'METHOD=SAMPLE-AES-CTR,URI="data:text/plain;base64,{WIDEVINE_CENC_BOX}",KEYID=0x00112233445566778899aabbccddeeff,'
                'KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed",KEYFORMATVERSIONS="1"'
            ),
        ),
        (
            DrmSystem.WIDEVINE,
            Scheme.CBCS,
            (
                f'METHOD=SAMPLE-AES,URI="data:text/plain;base64,{WIDEVINE_CBCS_BOX}",KEYID=0x00112233445566778899aabbccddeeff,'
                'KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed",KEYFORMATVERSIONS="1"'
            ),
        ),
        (
            DrmSystem.PLAYREADY,
            Scheme.CBCS,
            (
                'METHOD=SAMPLE-AES,KEYFORMAT="com.microsoft.playready",KEYFORMATVERSIONS="1",'
                f'URI="data:text/plain;charset=UTF-16;base64,{PLAYREADY_CBCS_OBJECT}"'
            ),
        ),
        (
            DrmSystem.FAIRPLAY,
            Scheme.CBCS,
            (
                'METHOD=SAMPLE-AES,URI="skd://00112233-4455-6677-8899-aabbccddeeff",'
                'KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"'
            ),
        ),
        (
            DrmSystem.COMMON,
            Scheme.CENC,
            (
                'METHOD=SAMPLE-AES-CTR,URI="data:text/plain;base64,ABEiM0RVZneImaq7zN3u/w==",'
                'KEYID=0x00112233445566778899aabbccddeeff,KEYFORMAT="org.w3.clearkey",KEYFORMATVERSIONS="1"'
            ),
        ),
    ],
    ids=["widevine-cenc", "widevine-cbcs", "playready-cbcs", "fairplay-cbcs", "clearkey-cenc"],
)
def test_tags_of_hls(system: DrmSystem, scheme: Scheme, line: str) -> None:
    assert hls.key_tag(system, KEY_ID, KEY, scheme) == f"#EXT-X-KEY:{line}"
    assert hls.session_key_tag(system, KEY_ID, KEY, scheme) == f"#EXT-X-SESSION-KEY:{line}"


@pytest.mark.parametrize(("system", "scheme"), CASES, ids=[f"{system.name}-{scheme}" for system, scheme in CASES])
def test_another_parser_reads_the_tags(system: DrmSystem, scheme: Scheme) -> None:
    playlist = "\n".join(
        ["#EXTM3U", "#EXT-X-TARGETDURATION:4", hls.key_tag(system, KEY_ID, KEY, scheme), "#EXTINF:4,", "a.m4s", ""]
    )
    (key,) = m3u8.loads(playlist).keys
    assert (key.method, key.keyformatversions) == (METHODS[scheme], "1")
    assert str(key.uri)


@pytest.mark.parametrize(("system", "scheme"), CASES, ids=[f"{system.name}-{scheme}" for system, scheme in CASES])
def test_protection_data_quotes_the_box_itself(system: DrmSystem, scheme: Scheme) -> None:
    """SPEKE: an encryptor stops when PSSH and the ``pssh`` in ContentProtectionData differ."""
    data, box = dash.protection_data(system, {KEY_ID: KEY}, scheme), dash.box(system, {KEY_ID: KEY}, scheme)
    if system is DrmSystem.FAIRPLAY:
        assert (data, box) == (None, None)
        return
    assert data is not None
    assert box is not None
    root = fromstring(f"<data>{data}</data>")
    assert root.findtext("cenc:pssh", namespaces=NAMESPACES) == base64.b64encode(box).decode()
    protected = root.findtext("mspr:pro", namespaces=NAMESPACES)
    if system is DrmSystem.PLAYREADY:
        assert base64.b64decode(protected or "") == pssh.parse(box)[0].data
    else:
        assert protected is None


def test_elements_of_dash() -> None:
    other = UUID("ffeeddcc-bbaa-9988-7766-554433221100")
    elements = dash.content_protection(DrmSystem, {KEY_ID: KEY, other: KEY}, Scheme.CBCS, clearkey=True)
    assert [element.get("schemeIdUri") for element in elements] == [
        "urn:mpeg:dash:mp4protection:2011",
        f"urn:uuid:{DrmSystem.COMMON}",
        f"urn:uuid:{DrmSystem.WIDEVINE}",
        f"urn:uuid:{DrmSystem.PLAYREADY}",
        "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e",
    ]
    assert elements[0].get("value") == "cbcs"
    assert elements[0].get("{urn:mpeg:cenc:2013}default_KID") == str(KEY_ID)
    assert elements[4].get("value") == "ClearKey1.0"


def test_one_key_gives_the_packagers_boxes() -> None:
    elements = dash.content_protection([DrmSystem.COMMON, DrmSystem.WIDEVINE], {KEY_ID: KEY}, Scheme.CENC)
    assert [element.findtext("cenc:pssh", namespaces=NAMESPACES) for element in elements[1:]] == [
        COMMON_BOX,
        WIDEVINE_CENC_BOX,
    ]
