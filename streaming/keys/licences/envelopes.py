"""What is sent to licence servers with a player's request, and what comes back.  Pure.

Widevine: a message of the Widevine licence service, signed as it asks (AES-256-CBC over the SHA-1 of the very bytes sent).
PlayReady, FairPlay: the request as the player made it, and beside it a JWE (RFC 7516, ``dir`` and ``A256GCM``) in ``X-Ani-Entitlement``
that says which keys this stream may have and what they are, and is good for this body and a minute.
"""

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlencode
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7

from streaming.keys.licences.model import LicenceRefused, LicenceRequestInvalid, LicenceServerAway, WidevineServer
from streaming.keys.model import ContentKey, TrackClass

ENTITLEMENT_HEADER: Final = "X-Ani-Entitlement"
ENTITLEMENT_LIFE_S: Final = 60
SOAP_ACTION: Final = '"http://schemas.microsoft.com/DRM/2007/03/protocols/AcquireLicense"'

LICENCE_LIFE_S: Final = 12 * 3600
"""As long as a stream."""

_TRACKS: Final = {
    TrackClass.SD: ("SD", 1, "HDCP_NONE"),
    TrackClass.HD: ("HD", 1, "HDCP_V1"),
    TrackClass.UHD: ("UHD1", 5, "HDCP_V2_2"),
    TrackClass.AUDIO: ("AUDIO", 1, "HDCP_NONE"),
}
"""Class → Widevine's name, the robustness it asks of a device (1: software, 5: hardware throughout), and of its output."""


def widevine_message(server: WidevineServer, challenge: bytes, content_id: str, keys: Sequence[ContentKey]) -> bytes:
    """The signed message for ``challenge``; ``keys`` are all that the licence may hold."""
    specs = []
    for key in keys:
        name, level, hdcp = _TRACKS[key.track_class or TrackClass.SD]
        specs.append(
            {
                "key_id": _b64(key.kid_bytes),
                "key": _b64(key.key),
                "track_type": name,
                "security_level": level,
                "required_output_protection": {"hdcp": hdcp},
            }
        )
    inner: dict[str, Any] = {
        "payload": _b64(challenge),
        "provider": server.signer,
        "content_id": _b64(content_id.encode()),
    }
    if specs:
        inner["content_key_specs"] = specs
        inner["policy_overrides"] = {
            "can_play": True,
            "can_persist": False,
            "license_duration_seconds": LICENCE_LIFE_S,
        }
    text = orjson.dumps(inner)
    padder = PKCS7(128).padder()
    # The service asks for SHA-1 and for a cipher in place of a MAC; the key is known to both sides alone.
    digest = hashlib.sha1(text).digest()  # noqa: S324
    encryptor = Cipher(algorithms.AES(server.key), modes.CBC(server.iv)).encryptor()
    signature = encryptor.update(padder.update(digest) + padder.finalize()) + encryptor.finalize()
    return orjson.dumps({"request": _b64(text), "signature": _b64(signature), "signer": server.signer})


def widevine_licence(answer: bytes) -> bytes:
    """The licence in the service's answer.  Raises :class:`LicenceRefused`, :class:`LicenceServerAway`."""
    try:
        said = orjson.loads(answer)
        status = said["status"]
        if status != "OK":
            raise LicenceRefused
        return base64.b64decode(said["license"], validate=True)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise LicenceServerAway from None


def entitlement(
    key: bytes,
    *,
    issuer: str,
    system: str,
    content_id: str,
    session_id: str,
    keys: Sequence[ContentKey],
    body: bytes,
    now_s: int,
) -> str:
    """The JWE for ``body``, under ``key`` (32 bytes)."""
    claims = {
        "iss": issuer,
        "iat": now_s,
        "exp": now_s + ENTITLEMENT_LIFE_S,
        "system": system,
        "content_id": content_id,
        "session_id": session_id,
        "body_sha256": hashlib.sha256(body).hexdigest(),
        "keys": [
            {
                "kid": each.kid,
                "k": _b64url(each.key),
                "iv": _b64url(each.iv),
                "track_class": None if each.track_class is None else each.track_class.value,
            }
            for each in keys
        ],
    }
    header, nonce = _b64url(b'{"alg":"dir","enc":"A256GCM"}'), os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, orjson.dumps(claims), header.encode())
    return ".".join((header, "", _b64url(nonce), _b64url(sealed[:-16]), _b64url(sealed[-16:])))


def fairplay_request(body: bytes, content_type: str) -> bytes:
    """The SPC of a request: raw, as ``spc`` of a form, or of JSON.  Raises :class:`LicenceRequestInvalid`."""
    try:
        if content_type == "application/json":
            spc = base64.b64decode(orjson.loads(body)["spc"], validate=True)
        elif content_type == "application/x-www-form-urlencoded":
            (text,) = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=8)["spc"]
            # A plus sign that was not escaped comes out as a blank: players do that.
            spc = base64.b64decode(text.replace(" ", "+"), validate=True)
        else:
            spc = body
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise LicenceRequestInvalid(system="FairPlay") from None
    if not spc:
        raise LicenceRequestInvalid(system="FairPlay")
    return spc


def fairplay_form(spc: bytes) -> bytes:
    """What a key server module takes: the form of Apple's samples."""
    return urlencode({"spc": _b64(spc)}).encode()


_CKC: Final = re.compile(rb"\s*<ckc>([A-Za-z0-9+/=\s]+)</ckc>\s*")


def fairplay_licence(answer: bytes) -> bytes:
    """The CKC of an answer: raw, in ``<ckc>``, or of JSON.  Raises :class:`LicenceServerAway`."""
    try:
        if match := _CKC.fullmatch(answer):
            return base64.b64decode(b"".join(match[1].split()), validate=True)
        if answer.lstrip().startswith(b"{"):
            return base64.b64decode(orjson.loads(answer)["ckc"], validate=True)
    except (binascii.Error, orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise LicenceServerAway from None
    if not answer:
        raise LicenceServerAway
    return answer


def canonical(key_ids: Sequence[UUID]) -> list[str]:
    """As the store writes them, each once."""
    return list(dict.fromkeys(str(each) for each in key_ids))


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _b64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
