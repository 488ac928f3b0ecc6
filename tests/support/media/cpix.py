"""CPIX requests as packagers send them, and their answers read back; by means that the server's own code does not use."""

import base64
import uuid
from collections.abc import Iterable, Sequence
from typing import Final
from xml.etree import ElementTree

WIDEVINE: Final = "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"
PLAYREADY: Final = "9a04f079-9840-4286-ab92-e65be0885f95"
FAIRPLAY: Final = "94ce86fb-07ff-4f43-adb8-93d2fa968ca2"
COMMON: Final = "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b"
CLEARKEY: Final = "e2719d58-a985-b3c9-781a-b030af78d30e"
"""In manifests alone."""

NS: Final = {
    "cpix": "urn:dashif:org:cpix",
    "pskc": "urn:ietf:params:xml:ns:keyprov:pskc",
    "enc": "http://www.w3.org/2001/04/xmlenc#",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}

PRESETS: Final = {
    "video 1 audio 1": ("VIDEO", "AUDIO"),
    "video 3 audio 2": ("SD", "HD", "UHD", "STEREO_AUDIO", "MULTICHANNEL_AUDIO"),
    "video 5 audio 3": (
        "SD",
        "HD1",
        "HD2",
        "UHD1",
        "UHD2",
        "STEREO_AUDIO",
        "MULTICHANNEL_AUDIO_3_6",
        "MULTICHANNEL_AUDIO_7",
    ),
    "video 8 audio 2": ("SD+HD1", "HD2", "UHD1", "UHD2", "STEREO_AUDIO", "MULTICHANNEL_AUDIO"),
    "video 2, audio in the clear": ("SD", "HD"),
    "audio 2, video in the clear": ("STEREO_AUDIO", "MULTICHANNEL_AUDIO"),
    "shared": ("ALL",),
}
"""Encryption contracts of SPEKE: which tracks have a key of their own."""


def kid_of(number: int) -> str:
    """The id of a key of a request: the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"key {number}"))


def request(
    tracks: Sequence[str] = ("VIDEO", "AUDIO"),
    systems: Iterable[str] = (WIDEVINE,),
    *,
    scheme: str = "cenc",
    content_id: str = "film-1",
    version: str = "2.3",
    period: str = "",
    key_attributes: str = "",
    key_children: str = "",
    system_attributes: str = "",
    data_attributes: str = "",
    delivery: str = "",
    first_kid: int = 1,
) -> str:
    """A request for one key for each of ``tracks``; ``period``: attributes of a ContentKeyPeriod, none: there is no list."""
    kids = [kid_of(first_kid + number) for number in range(len(tracks))]
    keys = "".join(
        f'<cpix:ContentKey kid="{kid}" commonEncryptionScheme="{scheme}" {key_attributes}>{key_children}</cpix:ContentKey>'
        for kid in kids
    )
    signalling = "".join(
        f'<cpix:DRMSystem kid="{kid}" systemId="{system}" {system_attributes}><cpix:PSSH/>'
        + ("" if system == FAIRPLAY else f"<cpix:ContentProtectionData {data_attributes}/>")
        + '<cpix:HLSSignalingData playlist="media"/><cpix:HLSSignalingData playlist="master"/></cpix:DRMSystem>'
        for system in systems
        for kid in kids
    )
    periods = f"<cpix:ContentKeyPeriodList><cpix:ContentKeyPeriod id='p' {period}/></cpix:ContentKeyPeriodList>"
    rules = "".join(
        f'<cpix:ContentKeyUsageRule kid="{kid}" intendedTrackType="{track}">'
        + ('<cpix:KeyPeriodFilter periodId="p"/>' if period else "")
        + ("" if "AUDIO" in track else '<cpix:VideoFilter minPixels="1"/>')
        + ('<cpix:AudioFilter maxChannels="8"/>' if "AUDIO" in track or track == "ALL" else "")
        + "</cpix:ContentKeyUsageRule>"
        for kid, track in zip(kids, tracks, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<cpix:CPIX contentId="{content_id}" version="{version}" xmlns:cpix="{NS["cpix"]}" xmlns:pskc="{NS["pskc"]}"'
        f' xmlns:ds="{NS["ds"]}">'
        f"{delivery}<cpix:ContentKeyList>{keys}</cpix:ContentKeyList><cpix:DRMSystemList>{signalling}</cpix:DRMSystemList>"
        f"{periods if period else ''}<cpix:ContentKeyUsageRuleList>{rules}</cpix:ContentKeyUsageRuleList></cpix:CPIX>"
    )


class Answer:
    """An answered document."""

    def __init__(self, document: bytes) -> None:
        self.text = document.decode()
        self.root = ElementTree.fromstring(document)

    def keys(self) -> dict[str, bytes]:
        """Key id → key, of those that came in the clear."""
        return {
            element.attrib["kid"]: base64.b64decode(
                element.findtext("cpix:Data/pskc:Secret/pskc:PlainValue", namespaces=NS) or ""
            )
            for element in self.root.findall("cpix:ContentKeyList/cpix:ContentKey", NS)
        }

    def systems(self, system: str) -> list[ElementTree.Element]:
        """The DRMSystem elements of a system."""
        return self.root.findall(f"cpix:DRMSystemList/cpix:DRMSystem[@systemId='{system}']", NS)


def decoded(parent: ElementTree.Element, name: str) -> bytes:
    """What a child holds in base64."""
    text = parent.findtext(f"cpix:{name}", namespaces=NS)
    assert text, f"{name} is empty"
    return base64.b64decode(text)


def tag(parent: ElementTree.Element, playlist: str) -> str:
    """The line of HLS for a kind of playlist."""
    (element,) = parent.findall(f"cpix:HLSSignalingData[@playlist='{playlist}']", NS)
    return base64.b64decode(element.text or "").decode()
