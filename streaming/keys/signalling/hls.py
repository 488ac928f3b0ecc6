"""The tags of HLS by which a playlist names keys: EXT-X-KEY and EXT-X-SESSION-KEY (draft-pantos-hls-rfc8216bis-20 §4.4.4.4, §4.4.6.5).

Pure.  The attributes of both are the same for one key, as the draft demands; none of them has a SCHEME attribute, which SPEKE forbids.
"""

import base64
from typing import Final
from uuid import UUID

from streaming.keys.model import TrackClass
from streaming.keys.signalling import playready, widevine
from streaming.keys.signalling.systems import METHODS, DrmSystem, Scheme

KEY: Final = "#EXT-X-KEY"
SESSION_KEY: Final = "#EXT-X-SESSION-KEY"

_HDCP_LEVELS: Final = {TrackClass.HD: "TYPE-0", TrackClass.UHD: "TYPE-1"}
"""HDCP 1.4 and 2.2, as studios ask for them, and as licences of ours do."""


def hdcp_level(track_class: TrackClass | None) -> str:
    """The HDCP-LEVEL of pictures of a class (§4.4.6.2); NONE for SD, sound, and what has one key for all."""
    return "NONE" if track_class is None else _HDCP_LEVELS.get(track_class, "NONE")


def attributes(system: DrmSystem, key_id: UUID, key: bytes, scheme: Scheme) -> str:
    """The attributes by which players of ``system`` find a key.  ``KeyError`` for a scheme that HLS has no METHOD for.

    ``key`` goes into PlayReady's checksum alone.
    """
    method = f"METHOD={METHODS[scheme]}"
    match system:
        case DrmSystem.WIDEVINE:
            box = base64.b64encode(widevine.pssh([key_id], scheme)).decode()
            return (
                f'{method},URI="data:text/plain;base64,{box}",KEYID=0x{key_id.hex},'
                f'KEYFORMAT="urn:uuid:{DrmSystem.WIDEVINE}",KEYFORMATVERSIONS="1"'
            )
        case DrmSystem.PLAYREADY:
            # In this order, which MediaPackage and older devices ask for where the draft leaves it open.
            protected = playready.protection_object(playready.header({key_id: key}, scheme))
            return (
                f'{method},KEYFORMAT="com.microsoft.playready",KEYFORMATVERSIONS="1",'
                f'URI="data:text/plain;charset=UTF-16;base64,{base64.b64encode(protected).decode()}"'
            )
        case DrmSystem.FAIRPLAY:
            return f'{method},URI="skd://{key_id}",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"'
        case DrmSystem.COMMON:
            # What hls.js takes for ClearKey: the key id itself, as base64, not a box.  shaka-player knows no such format in
            # HLS, and plays DASH.  A further tag of format "identity" would keep hls.js from asking for a licence (1.7.4).
            identity = base64.b64encode(key_id.bytes).decode()
            return (
                f'{method},URI="data:text/plain;base64,{identity}",KEYID=0x{key_id.hex},'
                f'KEYFORMAT="org.w3.clearkey",KEYFORMATVERSIONS="1"'
            )


def key_tag(system: DrmSystem, key_id: UUID, key: bytes, scheme: Scheme) -> str:
    """For media playlists; before EXT-X-MAP, because it counts for what follows."""
    return f"{KEY}:{attributes(system, key_id, key, scheme)}"


def session_key_tag(system: DrmSystem, key_id: UUID, key: bytes, scheme: Scheme) -> str:
    """For multivariant playlists, so that a player asks for its licence early."""
    return f"{SESSION_KEY}:{attributes(system, key_id, key, scheme)}"
