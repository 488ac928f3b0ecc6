"""CPIX documents: what is asked for is filled in, the rest comes back, and what breaks the rules is refused in SPEKE's words."""

import re
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import m3u8  # type: ignore[import-untyped]  # it ships no types
import pytest

from streaming.keys.model import TrackClass
from streaming.keys.signalling import pssh
from streaming.keys.speke import cpix
from streaming.keys.speke.model import MAX_KEYS, SpekeRefused
from tests.support.media.cpix import (
    COMMON,
    FAIRPLAY,
    NS,
    PLAYREADY,
    PRESETS,
    WIDEVINE,
    decoded,
    kid_of,
    request,
    tag,
)
from tests.unit.streaming.keys.speke.answering import answer

SYSTEMS = {
    "widevine": (WIDEVINE,),
    "playready": (PLAYREADY,),
    "fairplay": (FAIRPLAY,),
    "widevine-playready": (WIDEVINE, PLAYREADY),
    "widevine-fairplay": (WIDEVINE, FAIRPLAY),
    "playready-fairplay": (PLAYREADY, FAIRPLAY),
    "all": (WIDEVINE, PLAYREADY, FAIRPLAY, COMMON),
}


@pytest.mark.parametrize("systems", SYSTEMS.values(), ids=SYSTEMS)
@pytest.mark.parametrize("tracks", PRESETS.values(), ids=PRESETS)
def test_every_contract_with_every_mix_of_systems(tracks: Sequence[str], systems: Sequence[str]) -> None:
    scheme = "cbcs" if FAIRPLAY in systems else "cenc"
    filled = answer(request(tracks, systems, scheme=scheme))
    kids = [kid_of(number) for number in range(1, len(tracks) + 1)]
    assert filled.keys() == {kid: bytes([number]) * 16 for number, kid in enumerate(kids, 1)}
    for element in filled.root.findall("cpix:ContentKeyList/cpix:ContentKey", NS):
        assert element.get("commonEncryptionScheme") == scheme
    for system in systems:
        elements = filled.systems(system)
        assert [element.get("kid") for element in elements] == kids
        for element in elements:
            names = [child.tag.rpartition("}")[2] for child in element]
            expected = [] if system == FAIRPLAY else ["PSSH", "ContentProtectionData"]
            assert names == [*expected, "HLSSignalingData", "HLSSignalingData"]
            assert all((child.text or "").strip() for child in element)
            media, master = tag(element, "media"), tag(element, "master")
            assert master == media.replace("#EXT-X-KEY:", "#EXT-X-SESSION-KEY:")
            (key,) = m3u8.loads(f"#EXTM3U\n{media}\n#EXTINF:1,\na\n").keys
            assert key.method == ("SAMPLE-AES" if scheme == "cbcs" else "SAMPLE-AES-CTR")
            assert "SCHEME" not in media
    rules = filled.root.findall("cpix:ContentKeyUsageRuleList/cpix:ContentKeyUsageRule", NS)
    assert [rule.get("intendedTrackType") for rule in rules] == list(tracks)


@pytest.mark.parametrize("system", [WIDEVINE, PLAYREADY, COMMON], ids=["widevine", "playready", "common"])
def test_the_box_in_the_protection_data_is_the_box(system: str) -> None:
    (element,) = answer(request(["ALL"], [system])).systems(system)
    box = decoded(element, "PSSH")
    inner = ElementTree.fromstring(f"<data>{decoded(element, 'ContentProtectionData').decode()}</data>")
    assert inner.findtext("{urn:mpeg:cenc:2013}pssh") == element.findtext("cpix:PSSH", namespaces=NS)
    assert str(pssh.parse(box)[0].system_id) == system
    assert (inner.find("{urn:microsoft:playready}pro") is not None) == (system == PLAYREADY)


def test_namespaces_keep_the_prefixes_that_encryptors_look_for() -> None:
    filled = answer(request())
    assert re.search(r"<pskc:PlainValue>[A-Za-z0-9+/=]{24}</pskc:PlainValue>", filled.text)
    assert filled.text.startswith("<?xml")
    assert re.search(r"<cpix:CPIX [^>]*xmlns:cpix=", filled.text)


class TestUntouched:
    def test_periods_and_rules_come_back_as_they_were(self) -> None:
        period = 'index="7" start="2026-01-01T00:00:00Z" end="2026-01-01T00:05:00Z" label="x"'
        text = request(period=period, version="2.4")
        before, after = ElementTree.fromstring(text), answer(text, "2.1").root
        for name in ("ContentKeyPeriodList", "ContentKeyUsageRuleList"):
            assert _plain(before.find(f"cpix:{name}", NS)) == _plain(after.find(f"cpix:{name}", NS))
        assert (after.get("contentId"), after.get("version")) == ("film-1", "2.4")

    def test_what_nobody_here_knows_stays(self) -> None:
        text = request(key_children='<x:Note xmlns:x="urn:x" a="1">text</x:Note>')
        assert '<ns0:Note a="1">text</ns0:Note>' in re.sub(r"ns\d+", "ns0", answer(text).text)

    def test_a_rule_may_name_a_period_that_is_not_listed(self) -> None:
        text = request(["ALL"], period='index="0"')
        text = re.sub(r"<cpix:ContentKeyPeriodList>.*</cpix:ContentKeyPeriodList>", "", text)
        assert len(answer(text).keys()) == 1


class TestExplicitIv:
    def test_is_added_for_cbcs(self) -> None:
        element = answer(request(["ALL"], [FAIRPLAY], scheme="cbcs")).root.find(
            "cpix:ContentKeyList/cpix:ContentKey", NS
        )
        assert element is not None
        assert element.get("explicitIV") == "8fHx8fHx8fHx8fHx8fHx8Q=="

    def test_is_not_added_for_cenc(self) -> None:
        assert "explicitIV" not in answer(request()).text

    def test_of_the_encryptor_stays(self) -> None:
        given = 'explicitIV="OFj2IjCsPJFfMAxmQxLGPw=="'
        assert given in answer(request(["ALL"], [FAIRPLAY], scheme="cbcs", key_attributes=given)).text

    @pytest.mark.parametrize("given", ["AAAA", "nonsense!"], ids=["short", "not base64"])
    def test_that_is_none_is_refused(self, given: str) -> None:
        with pytest.raises(SpekeRefused, match="explicitIV"):
            answer(request(key_attributes=f'explicitIV="{given}"'))


class TestSpeke21:
    def test_hdcp_by_class(self) -> None:
        text = request(
            ["SD", "HD", "UHD", "AUDIO"],
            version="2.4",
            key_children="<cpix:HDCPData><cpix:HDCPOutputProtectionData/></cpix:HDCPData>",
        )
        data = answer(text, "2.1").root.findall("cpix:ContentKeyList/cpix:ContentKey/cpix:HDCPData", NS)
        assert [element.get("HLSHDCPLevel") for element in data] == ["NONE", "TYPE-0", "TYPE-1", "NONE"]
        fragments = [decoded(element, "HDCPOutputProtectionData").decode() for element in data[1:3]]
        assert [ElementTree.fromstring(fragment).get("value") for fragment in fragments] == ["1.4", "2.2"]
        assert [len(element) for element in data] == [0, 1, 1, 0]

    def test_nothing_is_added_that_was_not_asked(self) -> None:
        text = answer(request(["UHD"], version="2.4"), "2.1").text
        assert not re.search("HDCP|robustness|HLSAllowedCPC", text)

    def test_robustness_by_class(self) -> None:
        text = request(
            ["SD", "UHD"],
            [WIDEVINE, PLAYREADY],
            version="2.4",
            data_attributes='robustness=""',
            system_attributes='HLSAllowedCPC=""',
        )
        filled = answer(text, "2.1")
        assert [element.get("robustness") for element in filled.root.findall(".//cpix:ContentProtectionData", NS)] == [
            "SW_SECURE_CRYPTO",
            "HW_SECURE_ALL",
            "2000",
            "3000",
        ]
        assert [element.get("HLSAllowedCPC") for element in filled.root.findall(".//cpix:DRMSystem", NS)] == [
            f"urn:uuid:{WIDEVINE}:SW_SECURE_CRYPTO",
            f"urn:uuid:{WIDEVINE}:HW_SECURE_ALL",
            "com.microsoft.playready:2000",
            "com.microsoft.playready:3000",
        ]

    @pytest.mark.parametrize(
        ("method", "tag_method"),
        [("SAMPLE-AES", "METHOD=SAMPLE-AES,"), ("SAMPLE-AES-CTR", "METHOD=SAMPLE-AES-CTR,")],
        ids=["SAMPLE-AES", "SAMPLE-AES-CTR"],
    )
    def test_methods_of_hls_are_schemes(self, method: str, tag_method: str) -> None:
        filled = answer(request(["ALL"], scheme=method, version="2.4"), "2.1")
        assert tag_method in tag(filled.systems(WIDEVINE)[0], "media")
        assert f'commonEncryptionScheme="{method}"' in filled.text


def _without(name: str) -> Callable[[str], str]:
    """An edit that removes every element of that name."""

    def edit(text: str) -> str:
        root = ElementTree.fromstring(text)
        for node in list(root.iter()):
            for child in node.findall(f"cpix:{name}", NS):
                node.remove(child)
        return ElementTree.tostring(root, encoding="unicode")

    return edit


def _attribute(element: str, name: str, value: str | None, *, only: int | None = None) -> Callable[[str], str]:
    """An edit that sets an attribute of all elements of a name, or of one of them; ``None`` takes it away."""

    def edit(text: str) -> str:
        root = ElementTree.fromstring(text)
        for number, node in enumerate(root.iter(f"{{{NS['cpix']}}}{element}")):
            if only in {None, number}:
                if value is None:
                    node.attrib.pop(name, None)
                else:
                    node.set(name, value)
        return ElementTree.tostring(root, encoding="unicode")

    return edit


REFUSED: dict[str, tuple[Callable[[str], str], str]] = {
    "no contentId": (_attribute("CPIX", "contentId", None), "Missing CPIX@contentId"),
    "empty contentId": (_attribute("CPIX", "contentId", " "), "Missing CPIX@contentId"),
    "long contentId": (_attribute("CPIX", "contentId", "a" * 300), "CPIX@contentId is longer than 240 characters"),
    "no version": (_attribute("CPIX", "version", None), "Missing CPIX@version"),
    "version 4.0": (_attribute("CPIX", "version", "4.0"), "Unsupported CPIX@version"),
    "the other version": (_attribute("CPIX", "version", "2.4"), "Unsupported CPIX@version"),
    "no scheme": (
        _attribute("ContentKey", "commonEncryptionScheme", None),
        f"Missing ContentKey@commonEncryptionScheme for KID {kid_of(1)}",
    ),
    "no scheme of the second": (
        _attribute("ContentKey", "commonEncryptionScheme", "", only=1),
        f"Missing ContentKey@commonEncryptionScheme for KID {kid_of(2)}",
    ),
    "two schemes": (
        _attribute("ContentKey", "commonEncryptionScheme", "cbcs", only=1),
        "Non compliant ContentKey@commonEncryptionScheme combination",
    ),
    "scheme of nobody": (
        _attribute("ContentKey", "commonEncryptionScheme", "rot13"),
        "Unsupported ContentKey@commonEncryptionScheme",
    ),
    "cenc for FairPlay": (
        _attribute("DRMSystem", "systemId", FAIRPLAY),
        f"ContentKey@commonEncryptionScheme non compatible with DRMSystem {FAIRPLAY}",
    ),
    "cens for Widevine": (
        _attribute("ContentKey", "commonEncryptionScheme", "cens"),
        f"ContentKey@commonEncryptionScheme non compatible with DRMSystem {WIDEVINE}",
    ),
    "unknown system": (_attribute("DRMSystem", "systemId", kid_of(9)), "Unsupported DRMSystem@systemId"),
    "no ContentKeyList": (_without("ContentKeyList"), "Missing ContentKeyList"),
    "no ContentKey": (_without("ContentKey"), "Missing ContentKey"),
    "no DRMSystemList": (_without("DRMSystemList"), "Missing DRMSystemList"),
    "no DRMSystem": (_without("DRMSystem"), "Missing DRMSystem"),
    "no rules": (_without("ContentKeyUsageRuleList"), "Missing CPIX encryption contract"),
    "no rule": (_without("ContentKeyUsageRule"), "Missing ContentKeyUsageRule"),
    "no filters": (
        lambda text: _without("AudioFilter")(_without("VideoFilter")(text)),
        "Missing CPIX encryption contract",
    ),
    "a rule without filter": (_without("AudioFilter"), "Malformed encryption contract"),
    "no kid": (_attribute("ContentKey", "kid", None), "Missing ContentKey@kid"),
    "kid that is no UUID": (_attribute("ContentKey", "kid", "one"), "Missing ContentKey@kid"),
    "one kid twice": (_attribute("ContentKey", "kid", kid_of(1)), "Two ContentKey elements have the same kid"),
    "no DRMSystem@kid": (_attribute("DRMSystem", "kid", None), "Missing DRMSystem@kid"),
    "no systemId": (_attribute("DRMSystem", "systemId", None), "Missing DRMSystem@systemId"),
    "one system twice": (
        _attribute("DRMSystem", "kid", kid_of(1)),
        "Two DRMSystem elements are for the same system and key",
    ),
    "system of another key": (
        _attribute("DRMSystem", "kid", kid_of(9)),
        f"Missing ContentKey for DRMSystem@kid {kid_of(9)}",
    ),
    "no rule's kid": (_attribute("ContentKeyUsageRule", "kid", None), "Malformed encryption contract"),
    "no track type": (_attribute("ContentKeyUsageRule", "intendedTrackType", None), "Malformed encryption contract"),
    "rule for another key": (
        _attribute("ContentKeyUsageRule", "kid", kid_of(9), only=1),
        "Malformed encryption contract",
    ),
    "ALL beside AUDIO": (
        _attribute("ContentKeyUsageRule", "intendedTrackType", "ALL", only=0),
        "Malformed encryption contract",
    ),
    "two keys for one track": (
        _attribute("ContentKeyUsageRule", "intendedTrackType", "AUDIO"),
        "Malformed encryption contract",
    ),
    "another document": (lambda _: "<CPIX/>", "The document is not CPIX"),
    "nothing": (lambda _: "", "The document is not well-formed XML, or has a DTD"),
    "half": (lambda text: text[:400], "The document is not well-formed XML, or has a DTD"),
    "entities": (
        lambda text: '<!DOCTYPE a [<!ENTITY b "film-1">]>' + text.partition("?>")[2].replace("film-1", "&b;"),
        "The document is not well-formed XML, or has a DTD",
    ),
    "deep": (lambda _: "<a>" * 20_000, "The elements of the document are nested too deeply"),
}


@pytest.mark.parametrize(("edit", "message"), REFUSED.values(), ids=REFUSED)
def test_is_refused(edit: Callable[[str], str], message: str) -> None:
    with pytest.raises(SpekeRefused) as refused:
        answer(edit(request()))
    assert refused.value.message == message


@pytest.mark.parametrize("version", ["", "1.0", "2", "3.0"], ids=["none", "1.0", "2", "3.0"])
def test_other_versions_of_speke_are_refused_whatever_the_document(version: str) -> None:
    with pytest.raises(SpekeRefused, match=r"^Unsupported SPEKE version$"):
        cpix.read(b"", version)


def test_too_many_keys() -> None:
    with pytest.raises(SpekeRefused, match="More than 128 ContentKey"):
        answer(request([f"SD{number}" for number in range(MAX_KEYS + 1)]))


def test_two_lists() -> None:
    text = request().replace("<cpix:DRMSystemList>", "<cpix:DRMSystemList/><cpix:DRMSystemList>")
    with pytest.raises(SpekeRefused, match="More than one DRMSystemList"):
        answer(text)


def test_keys_of_two_periods_may_be_for_the_same_tracks() -> None:
    rules = (
        f'<cpix:ContentKeyUsageRule kid="{kid_of(1)}" intendedTrackType="ALL"><cpix:KeyPeriodFilter periodId="a"/>'
        f'<cpix:VideoFilter/></cpix:ContentKeyUsageRule><cpix:ContentKeyUsageRule kid="{kid_of(2)}" intendedTrackType="ALL">'
        '<cpix:KeyPeriodFilter periodId="b"/><cpix:VideoFilter/></cpix:ContentKeyUsageRule>'
    )
    text = re.sub(
        r"(<cpix:ContentKeyUsageRuleList>).*(</cpix:ContentKeyUsageRuleList>)", rf"\g<1>{rules}\g<2>", request()
    )
    assert len(answer(text).keys()) == 2


def test_smooth_streaming_gets_the_playready_object() -> None:
    text = request(["ALL"], [PLAYREADY, WIDEVINE]).replace(
        "<cpix:PSSH/>", "<cpix:SmoothStreamingProtectionHeaderData/>"
    )
    filled = answer(text)
    header = decoded(filled.systems(PLAYREADY)[0], "SmoothStreamingProtectionHeaderData")
    assert "WRMHEADER" in header[10:].decode("utf-16-le")
    assert filled.systems(WIDEVINE)[0].find("cpix:SmoothStreamingProtectionHeaderData", NS) is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("SD", TrackClass.SD),
        ("SD+HD1", TrackClass.HD),
        ("HD2+UHD1", TrackClass.UHD),
        ("UHD2", TrackClass.UHD),
        ("MULTICHANNEL_AUDIO_3_6", TrackClass.AUDIO),
        ("VIDEO", None),
        ("ALL", None),
    ],
    ids=str,
)
def test_class_of_an_intended_track_type(kind: str, expected: TrackClass | None) -> None:
    filled = cpix.read(request([kind]).encode(), "2.0")
    assert filled.keys[0].track_class is expected


def _plain(element: ElementTree.Element | None) -> str:
    assert element is not None
    return ElementTree.canonicalize(ElementTree.tostring(element, encoding="unicode"))
