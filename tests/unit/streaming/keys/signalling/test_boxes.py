"""PSSH boxes, PlayReady objects and Widevine data against another program's bytes, and against what is broken."""

import base64
import struct
from uuid import UUID

import pytest

from streaming.keys.signalling import playready, pssh, widevine
from streaming.keys.signalling.protobuf import MessageBroken, bytes_field, fields, number_field, varint
from streaming.keys.signalling.systems import DrmSystem, Scheme
from tests.unit.streaming.keys.signalling.vectors import (
    COMMON_BOX,
    KEY,
    KEY_ID,
    PLAYREADY_CBCS_OBJECT,
    PLAYREADY_CHECKSUM,
    PLAYREADY_GUID,
    WIDEVINE_CBCS_BOX,
    WIDEVINE_CENC_BOX,
)

OTHER_ID = UUID("ffeeddcc-bbaa-9988-7766-554433221100")


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


class TestAgainstThePackager:
    def test_common(self) -> None:
        assert _b64(pssh.common([KEY_ID])) == COMMON_BOX

    @pytest.mark.parametrize(
        ("scheme", "box"), [(Scheme.CENC, WIDEVINE_CENC_BOX), (Scheme.CBCS, WIDEVINE_CBCS_BOX)], ids=["cenc", "cbcs"]
    )
    def test_widevine(self, scheme: Scheme, box: str) -> None:
        assert _b64(widevine.pssh([KEY_ID], scheme)) == box

    def test_playready_of_cbcs(self) -> None:
        made = playready.protection_object(playready.header({KEY_ID: KEY}, Scheme.CBCS))
        assert _b64(made) == PLAYREADY_CBCS_OBJECT

    def test_checksum_of_a_playready_key(self) -> None:
        assert _b64(playready.checksum(KEY_ID, KEY)) == PLAYREADY_CHECKSUM


class TestPlayReady:
    def test_header_of_cenc_is_42_with_checksums(self) -> None:
        assert playready.header({KEY_ID: KEY}, Scheme.CENC) == (
            '<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="4.2.0.0"><DATA>'
            f'<PROTECTINFO><KIDS><KID ALGID="AESCTR" CHECKSUM="{PLAYREADY_CHECKSUM}" VALUE="{PLAYREADY_GUID}"></KID></KIDS>'
            "</PROTECTINFO></DATA></WRMHEADER>"
        )

    def test_licence_url_is_escaped(self) -> None:
        header = playready.header({KEY_ID: KEY}, Scheme.CBCS, licence_url="https://ani.example/drm?a=1&b=2")
        assert "</PROTECTINFO><LA_URL>https://ani.example/drm?a=1&amp;b=2</LA_URL></DATA>" in header

    def test_other_schemes_have_no_header(self) -> None:
        with pytest.raises(KeyError):
            playready.header({KEY_ID: KEY}, Scheme.CENS)

    def test_box_holds_the_object(self) -> None:
        protected = playready.protection_object("<WRMHEADER/>")
        (box,) = pssh.parse(playready.pssh(protected))
        assert (box.system_id, box.key_ids, box.data) == (UUID(DrmSystem.PLAYREADY), (), protected)
        assert struct.unpack_from("<IHHH", protected) == (len(protected), 1, 1, 2 * len("<WRMHEADER/>"))


class TestPssh:
    def test_reads_what_it_writes(self) -> None:
        boxes = (
            pssh.Pssh(UUID(DrmSystem.WIDEVINE), data=b"data"),
            pssh.Pssh(UUID(DrmSystem.COMMON), (KEY_ID, OTHER_ID)),
            pssh.Pssh(UUID(DrmSystem.COMMON), (KEY_ID,), b"more"),
        )
        assert pssh.parse(b"".join(box.to_bytes() for box in boxes)) == boxes

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"\0" * 40,
            pssh.common([KEY_ID])[:-1],
            pssh.common([KEY_ID]) + b"\0",
            pssh.common([KEY_ID]).replace(b"pssh", b"moov"),
            pssh.common([KEY_ID])[:8] + b"\2" + pssh.common([KEY_ID])[9:],
            pssh.common([KEY_ID])[:28] + b"\xff\xff\xff\xff" + pssh.common([KEY_ID])[32:],
            pssh.common([KEY_ID])[:-4] + b"\0\0\0\1",
            struct.pack(">I", 8) + pssh.common([KEY_ID])[4:],
        ],
        ids=["empty", "zeros", "short", "long", "other box", "version 2", "count", "data size", "size 8"],
    )
    def test_refuses_what_is_no_box(self, raw: bytes) -> None:
        with pytest.raises(pssh.PsshBroken):
            pssh.parse(raw)


class TestProtobuf:
    def test_numbers_of_several_bytes(self) -> None:
        assert varint(300) == b"\xac\x02"  # the example of the encoding guide
        assert list(fields(number_field(1, 150))) == [(1, 150)]

    @pytest.mark.parametrize(
        "raw",
        [b"\x80", b"\x0a\x05ab", b"\x0b", b"\x80" * 11, b"\x0d\0\0"],
        ids=["key", "length", "group", "varint", "fixed"],
    )
    def test_refuses_what_is_cut(self, raw: bytes) -> None:
        with pytest.raises(MessageBroken):
            list(fields(raw))


def _challenge(pssh_data: bytes, *, kind: int = 1) -> bytes:
    """A licence request as a player sends it: SignedMessage(type, msg=LicenseRequest(client_id, content_id), signature)."""
    content = bytes_field(1, bytes_field(1, pssh_data) + number_field(2, 1) + bytes_field(3, b"request"))
    request = bytes_field(1, b"who I am") + bytes_field(2, content) + number_field(3, 1)
    return number_field(1, kind) + bytes_field(2, request) + bytes_field(3, b"signature")


class TestWidevineChallenge:
    def test_names_its_keys(self) -> None:
        data = bytes_field(2, KEY_ID.bytes) + bytes_field(2, OTHER_ID.bytes) + bytes_field(4, b"content")
        assert widevine.requested_key_ids(_challenge(data)) == (KEY_ID, OTHER_ID)

    def test_names_them_by_a_box(self) -> None:
        box = widevine.pssh([KEY_ID], Scheme.CENC) + pssh.common([OTHER_ID])
        content = bytes_field(4, number_field(1, 1) + bytes_field(2, box))
        raw = number_field(1, 1) + bytes_field(2, bytes_field(2, content))
        assert widevine.requested_key_ids(raw) == (KEY_ID, OTHER_ID)

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"{}",
            number_field(1, 1),
            _challenge(bytes_field(2, b"short")),
            _challenge(b"", kind=5),
            _challenge(bytes_field(2, KEY_ID.bytes) * 300),
            number_field(1, 1) + number_field(2, 7),
        ],
        ids=["empty", "json", "no message", "short id", "renewal of what", "300 keys", "message is a number"],
    )
    def test_refuses_what_is_none(self, raw: bytes) -> None:
        with pytest.raises(MessageBroken):
            widevine.requested_key_ids(raw)

    def test_certificate_request(self) -> None:
        assert widevine.asks_for_certificate(b"\x08\x04")
        assert not widevine.asks_for_certificate(_challenge(bytes_field(2, KEY_ID.bytes)))
        assert not widevine.asks_for_certificate(b"\xff")


def _acquire(header: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        '<AcquireLicense xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols"><challenge>'
        '<Challenge xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols/messages">'
        f'<LA xmlns="http://schemas.microsoft.com/DRM/2007/03/protocols" Id="SignedData"><Version>1</Version><ContentHeader>{header}'
        "</ContentHeader></LA></Challenge></challenge></AcquireLicense></soap:Body></soap:Envelope>"
    ).encode()


class TestPlayReadyChallenge:
    def test_names_its_keys(self) -> None:
        header = playready.header({KEY_ID: KEY, OTHER_ID: KEY}, Scheme.CENC)
        assert playready.requested_key_ids(_acquire(header)) == (KEY_ID, OTHER_ID)

    def test_names_its_key_in_a_header_of_version_40(self) -> None:
        header = (
            f'<WRMHEADER xmlns="{playready.NAMESPACE}" version="4.0.0.0"><DATA><PROTECTINFO><KEYLEN>16</KEYLEN>'
            f"<ALGID>AESCTR</ALGID></PROTECTINFO><KID>{PLAYREADY_GUID}</KID></DATA></WRMHEADER>"
        )
        assert playready.requested_key_ids(_acquire(header)) == (KEY_ID,)

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"<a/>",
            b"\x08\x04",
            _acquire("<nothing/>"),
            _acquire(f'<KID xmlns="{playready.NAMESPACE}" VALUE="AAAA"/>'),
            playready.header({KEY_ID: KEY}, Scheme.CENC).encode(),
            b'<!DOCTYPE a [<!ENTITY b "c">]>' + _acquire("&b;").partition(b"?>")[2],
            b'<?xml version="1.0" encoding="nonsense"?><a/>',
        ],
        ids=["empty", "other xml", "widevine", "no header", "short id", "no soap", "entities", "encoding"],
    )
    def test_refuses_what_is_none(self, raw: bytes) -> None:
        with pytest.raises(playready.ChallengeBroken):
            playready.requested_key_ids(raw)
