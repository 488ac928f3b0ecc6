"""What Widevine calls a key: ``WidevinePsshData``, and the licence requests that quote it.  Pure.

Field numbers are those of ``widevine_pssh_data.proto`` and ``license_protocol.proto``, as public players and packagers have them.
"""

import struct
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from streaming.keys.signalling import protobuf
from streaming.keys.signalling.protobuf import MessageBroken
from streaming.keys.signalling.pssh import MAX_KEY_IDS, Pssh, PsshBroken, parse
from streaming.keys.signalling.systems import DrmSystem, Scheme

# WidevinePsshData
_KEY_IDS: Final = 2
_PROTECTION_SCHEME: Final = 9

# SignedMessage
_TYPE: Final = 1
_MESSAGE: Final = 2
_LICENSE_REQUEST: Final = 1
_SERVICE_CERTIFICATE_REQUEST: Final = 4

# LicenseRequest → ContentIdentification → WidevinePsshData | WebmKeyId | InitData
_CONTENT_ID: Final = 2
_BY_PSSH_DATA: Final = 1
_PSSH_DATA: Final = 1
_BY_INIT_DATA: Final = 4
_INIT_DATA: Final = 2


def pssh(key_ids: Sequence[UUID], scheme: Scheme) -> bytes:
    """Widevine's box of ``key_ids``: version 0, the ids in its data."""
    data = b"".join(protobuf.bytes_field(_KEY_IDS, key_id.bytes) for key_id in key_ids)
    # The four-character code as a number, as the packager writes it: 'cbcs' is 0x63626373.
    (code,) = struct.unpack(">I", scheme.value.encode())
    data += protobuf.number_field(_PROTECTION_SCHEME, code)
    return Pssh(UUID(DrmSystem.WIDEVINE), data=data).to_bytes()


def key_ids(data: bytes) -> tuple[UUID, ...]:
    """The key ids in a ``WidevinePsshData``.  Raises :class:`MessageBroken`."""
    found: list[UUID] = []
    for number, value in protobuf.fields(data):
        if number == _KEY_IDS:
            if not isinstance(value, bytes) or len(value) != 16 or len(found) == MAX_KEY_IDS:
                raise MessageBroken
            found.append(UUID(bytes=value))
    return tuple(found)


def asks_for_certificate(challenge: bytes) -> bool:
    """Whether a player asks for the service's certificate, before it asks for a licence; no key is in question then."""
    try:
        return any(
            number == _TYPE and value == _SERVICE_CERTIFICATE_REQUEST for number, value in protobuf.fields(challenge)
        )
    except MessageBroken:
        return False


def requested_key_ids(challenge: bytes) -> tuple[UUID, ...]:
    """The key ids that a licence request asks for, from the PSSH data it quotes.

    They stand in the clear, also where the client's identity is encrypted.  Raises :class:`MessageBroken` for what is no
    licence request.
    """
    outer = dict(protobuf.fields(challenge))  # of a field that is given twice the last counts
    if outer.get(_TYPE) != _LICENSE_REQUEST:
        raise MessageBroken
    request = dict(protobuf.fields(_within(outer, _MESSAGE)))
    content = dict(protobuf.fields(_within(request, _CONTENT_ID)))
    found: list[UUID] = []
    for number, value in protobuf.fields(_bytes(content.get(_BY_PSSH_DATA, b""))):
        if number == _PSSH_DATA:
            found += key_ids(_bytes(value))
    for number, value in protobuf.fields(_bytes(content.get(_BY_INIT_DATA, b""))):
        if number == _INIT_DATA:
            found += _of_init_data(_bytes(value))
    return tuple(dict.fromkeys(found))


def _of_init_data(raw: bytes) -> list[UUID]:
    try:
        boxes = parse(raw)
    except PsshBroken:
        raise MessageBroken from None
    found: list[UUID] = []
    for box in boxes:
        found += box.key_ids
        if box.system_id == UUID(DrmSystem.WIDEVINE):
            found += key_ids(box.data)
    return found


def _within(message: dict[int, int | bytes], number: int) -> bytes:
    return _bytes(message.get(number))


def _bytes(value: int | bytes | None) -> bytes:
    if not isinstance(value, bytes):
        raise MessageBroken
    return value
