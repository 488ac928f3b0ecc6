"""DRM systems in the packager's DASH manifest, at whatever height it names keys."""

from uuid import UUID

from defusedxml.ElementTree import fromstring

from streaming.ingest.packaging.manifest import with_drm_systems
from streaming.keys.signalling.systems import Scheme

MPD = "{urn:mpeg:dash:schema:mpd:2011}"
FIRST, SECOND = "00112233-4455-6677-8899-aabbccddeeff", "ffeeddcc-bbaa-9988-7766-554433221100"


def _protected(kid: str) -> str:
    return (
        f'<ContentProtection value="cbcs" schemeIdUri="urn:mpeg:dash:mp4protection:2011" cenc:default_KID="{kid}"/>'
        '<ContentProtection schemeIdUri="urn:uuid:1077efec-c0b2-4d02-ace3-3c1e52e2fb4b"><cenc:pssh>AAAA</cenc:pssh>'
        "</ContentProtection>"
    )


def test_beside_each_named_key() -> None:
    manifest = (
        '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013"><Period>'
        f'<AdaptationSet contentType="audio">{_protected(SECOND)}<Representation id="a"/></AdaptationSet>'
        f'<AdaptationSet contentType="video"><Representation id="v">{_protected(FIRST)}<BaseURL>v</BaseURL></Representation>'
        '</AdaptationSet><AdaptationSet contentType="text"><Representation id="t"/></AdaptationSet></Period></MPD>'
    )
    keys = {UUID(FIRST): b"1" * 16, UUID(SECOND): b"2" * 16}
    root = fromstring(with_drm_systems(manifest, keys, Scheme.CBCS))
    audio, picture, text = root.iter(f"{MPD}Representation")
    sets = list(root.iter(f"{MPD}AdaptationSet"))
    for parent, last in ((sets[0], audio), (picture, picture[-1])):
        assert [child.get("value") or child.get("schemeIdUri") for child in parent[:4]] == [
            "cbcs",
            "Widevine",
            "MSPR 2.0",
            "ClearKey1.0",
        ]
        assert parent[4] is last
    boxes = [parent[1].findtext("{urn:mpeg:cenc:2013}pssh") for parent in (sets[0], picture)]
    assert len(set(boxes)) == 2
    assert len(text) == 0
    assert len(sets[2]) == 1


def test_without_clearkey() -> None:
    manifest = (
        '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013"><Period>'
        f'<AdaptationSet contentType="audio">{_protected(FIRST)}<Representation id="a"/></AdaptationSet></Period></MPD>'
    )
    root = fromstring(with_drm_systems(manifest, {UUID(FIRST): b"1" * 16}, Scheme.CBCS, clearkey=False))
    (adaptation_set,) = root.iter(f"{MPD}AdaptationSet")
    assert [child.get("value") for child in adaptation_set] == ["cbcs", "Widevine", "MSPR 2.0", None]
