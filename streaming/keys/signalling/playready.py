"""What PlayReady calls a key: headers, objects and boxes; and the licence requests that quote them.  Pure.

Sources: Microsoft, "PlayReady Header Specification" (versions 4.0 to 4.3) and "PlayReady Object" (learn.microsoft.com/playready).
"""

import base64
import binascii
import struct
from collections.abc import Mapping
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element, ParseError  # what is read goes through defusedxml
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from streaming.keys.signalling.pssh import MAX_KEY_IDS, Pssh
from streaming.keys.signalling.systems import DrmSystem, Scheme

NAMESPACE: Final = "http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader"
_VERSIONS: Final = {Scheme.CENC: ("4.2.0.0", "AESCTR"), Scheme.CBCS: ("4.3.0.0", "AESCBC")}
_OBJECT: Final = struct.Struct("<IH")
_RECORD: Final = struct.Struct("<HH")
_RIGHTS_MANAGEMENT_HEADER: Final = 1


class ChallengeBroken(ValueError):
    """These bytes are no licence request of PlayReady."""


def checksum(key_id: UUID, key: bytes) -> bytes:
    """8 bytes by which a client sees that it was given the right key: AES-ECB of the id, as a GUID, under the key."""
    # One block of a public value under the key itself: what the specification calls for, and nothing is encrypted by it.
    cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return (cipher.update(key_id.bytes_le) + cipher.finalize())[:8]


def header(keys: Mapping[UUID, bytes], scheme: Scheme, *, licence_url: str = "") -> str:
    """The WRMHEADER of ``keys`` (id → 16 bytes): version 4.2 for ``cenc``, 4.3 for ``cbcs``.

    Of an AESCBC key no checksum is allowed.  ``KeyError`` for other schemes.
    """
    version, algorithm = _VERSIONS[scheme]
    listed = []
    for key_id, key in keys.items():
        guid = base64.b64encode(key_id.bytes_le).decode()
        check = f' CHECKSUM="{base64.b64encode(checksum(key_id, key)).decode()}"' if scheme is Scheme.CENC else ""
        listed.append(f'<KID ALGID="{algorithm}"{check} VALUE="{guid}"></KID>')
    address = f"<LA_URL>{escape(licence_url)}</LA_URL>" if licence_url else ""
    return (
        f'<WRMHEADER xmlns="{NAMESPACE}" version="{version}"><DATA>'
        f"<PROTECTINFO><KIDS>{''.join(listed)}</KIDS></PROTECTINFO>{address}</DATA></WRMHEADER>"
    )


def protection_object(wrm_header: str) -> bytes:
    """A PlayReady Object with ``wrm_header`` as its one record: little endian, the header in UTF-16."""
    text = wrm_header.encode("utf-16-le")
    record = _RECORD.pack(_RIGHTS_MANAGEMENT_HEADER, len(text)) + text
    return _OBJECT.pack(_OBJECT.size + len(record), 1) + record


def pssh(protected: bytes) -> bytes:
    """PlayReady's box around a PlayReady Object."""
    return Pssh(UUID(DrmSystem.PLAYREADY), data=protected).to_bytes()


def requested_key_ids(challenge: bytes) -> tuple[UUID, ...]:
    """The key ids that a licence request (SOAP ``AcquireLicense``) asks for.

    Raises :class:`ChallengeBroken` for what is none, names no key, or declares a DTD or entities.
    """
    try:
        root: Element = fromstring(challenge, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise ChallengeBroken from None
    found: list[UUID] = []
    for element in root.iter(f"{{{NAMESPACE}}}KID"):
        found.append(_guid(element.get("VALUE") or element.text or ""))
        if len(found) > MAX_KEY_IDS:
            raise ChallengeBroken
    if not found or not any(element.tag.rpartition("}")[2] == "AcquireLicense" for element in root.iter()):
        raise ChallengeBroken
    return tuple(dict.fromkeys(found))


def _guid(text: str) -> UUID:
    try:
        return UUID(bytes_le=base64.b64decode(text.strip(), validate=True))
    except (binascii.Error, ValueError):
        raise ChallengeBroken from None
