"""DRM systems and protection schemes, and which of them go together.  Pure."""

from enum import StrEnum
from typing import Final


class Scheme(StrEnum):
    """Protection schemes of ISO/IEC 23001-7:2023 §10, by their four-character codes."""

    CENC = "cenc"
    """AES-CTR, whole samples and subsamples."""
    CENS = "cens"
    """AES-CTR with a pattern."""
    CBC1 = "cbc1"
    """AES-CBC, whole samples and subsamples."""
    CBCS = "cbcs"
    """AES-CBC with a pattern and constant IVs: the one that every system of today decrypts."""


class DrmSystem(StrEnum):
    """System IDs as DASH-IF registers them (dashif.org/identifiers/content_protection)."""

    COMMON = "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b"
    """The common PSSH box of the W3C ("cenc" Initialization Data Format §4), which ClearKey reads."""
    WIDEVINE = "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"
    PLAYREADY = "9a04f079-9840-4286-ab92-e65be0885f95"
    FAIRPLAY = "94ce86fb-07ff-4f43-adb8-93d2fa968ca2"


DECRYPTS: Final[dict[DrmSystem, frozenset[Scheme]]] = {
    DrmSystem.COMMON: frozenset({Scheme.CENC, Scheme.CBCS}),
    DrmSystem.WIDEVINE: frozenset({Scheme.CENC, Scheme.CBCS}),
    # Headers 4.2 and 4.3 know AESCTR and AESCBC; devices decrypt no other patterns with them than these.
    DrmSystem.PLAYREADY: frozenset({Scheme.CENC, Scheme.CBCS}),
    DrmSystem.FAIRPLAY: frozenset({Scheme.CBCS}),
}
"""What each system decrypts."""

METHODS: Final[dict[Scheme, str]] = {Scheme.CENC: "SAMPLE-AES-CTR", Scheme.CBCS: "SAMPLE-AES"}
"""Scheme → METHOD of EXT-X-KEY (draft-pantos-hls-rfc8216bis-20 §4.4.4.4)."""
