"""What SPEKE v2.1 lets an encryptor ask about outputs and devices: HDCP, robustness.  Pure.

Answered where it is asked, never added: who did not ask did not plan for screens that cannot do it.
"""

from typing import Final
from xml.etree.ElementTree import Element

from streaming.keys.model import TrackClass
from streaming.keys.signalling import hls
from streaming.keys.signalling.systems import DrmSystem
from streaming.keys.speke.names import cpix, encoded

_HDCP_VERSIONS: Final = {TrackClass.HD: "1.4", TrackClass.UHD: "2.2"}
"""Class → version of HDCP, which goes with its HDCP-LEVEL."""
_ROBUSTNESS: Final = {
    DrmSystem.WIDEVINE: {TrackClass.UHD: "HW_SECURE_ALL", None: "SW_SECURE_CRYPTO"},
    DrmSystem.PLAYREADY: {TrackClass.UHD: "3000", None: "2000"},
}
_ALLOWED_CPC: Final = {
    # EXT-X-STREAM-INF's ALLOWED-CPC names the robustness by the key format.
    DrmSystem.WIDEVINE: "urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed",
    DrmSystem.PLAYREADY: "com.microsoft.playready",
}


def add_output_protection(content_key: Element, track_class: TrackClass | None) -> None:
    """Fill the HDCPData that a ContentKey of a request has, if it has one."""
    data = content_key.find(cpix("HDCPData"))
    if data is None:
        return
    data.set("HLSHDCPLevel", hls.hdcp_level(track_class))
    fragment = data.find(cpix("HDCPOutputProtectionData"))
    if fragment is None:
        return
    if track_class not in _HDCP_VERSIONS:
        data.remove(fragment)
        return
    version = _HDCP_VERSIONS[track_class]
    fragment.text = encoded(
        '<OutputProtection xmlns="urn:mpeg:dash:schema:mpd:2011" '
        f'schemeIdUri="urn:mpeg:dash:output-protection:hdcp:2020" value="{version}"/>'.encode()
    )


def add_robustness(drm_system: Element, system: DrmSystem, track_class: TrackClass | None) -> None:
    """Fill ``ContentProtectionData@robustness`` and ``DRMSystem@HLSAllowedCPC`` where a request has them empty."""
    if system not in _ROBUSTNESS:
        drm_system.attrib.pop("HLSAllowedCPC", None)
        return
    levels = _ROBUSTNESS[system]
    level = levels.get(track_class, levels[None])
    data = drm_system.find(cpix("ContentProtectionData"))
    if data is not None and "robustness" in data.attrib:
        data.set("robustness", data.get("robustness") or level)
    if "HLSAllowedCPC" in drm_system.attrib:
        allowed = drm_system.get("HLSAllowedCPC")
        drm_system.set("HLSAllowedCPC", allowed or f"{_ALLOWED_CPC[system]}:{level}")
