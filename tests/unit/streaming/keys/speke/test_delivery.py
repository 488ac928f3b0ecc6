"""Keys that are encrypted for a certificate, opened by its owner."""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509.oid import NameOID

from streaming.keys.speke.model import SpekeRefused
from tests.support.media.cpix import NS, request
from tests.unit.streaming.keys.speke.answering import answer


def _certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "packager")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def _delivery(*certificates: str) -> str:
    listed = "".join(
        "<cpix:DeliveryData><cpix:DeliveryKey><ds:X509Data><ds:X509Certificate>"
        f"{certificate}</ds:X509Certificate></ds:X509Data></cpix:DeliveryKey></cpix:DeliveryData>"
        for certificate in certificates
    )
    return f"<cpix:DeliveryDataList>{listed}</cpix:DeliveryDataList>"


@pytest.fixture(scope="module")
def owners() -> list[rsa.RSAPrivateKey]:
    return [rsa.generate_private_key(65537, 2048) for _ in range(2)]


def _value(parent: ElementTree.Element) -> bytes:
    return base64.b64decode(parent.findtext("pskc:EncryptedValue/enc:CipherData/enc:CipherValue", namespaces=NS) or "")


def _mac(parent: ElementTree.Element) -> bytes:
    return base64.b64decode(parent.findtext("pskc:ValueMAC", namespaces=NS) or "")


def _algorithm(parent: ElementTree.Element) -> str | None:
    method = parent.find("pskc:EncryptedValue/enc:EncryptionMethod", NS)
    return None if method is None else method.get("Algorithm")


def test_each_recipient_opens_every_key(owners: list[rsa.RSAPrivateKey]) -> None:
    filled = answer(request(delivery=_delivery(*map(_certificate, owners))))
    assert "PlainValue" not in filled.text
    deliveries = filled.root.findall("cpix:DeliveryDataList/cpix:DeliveryData", NS)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    for owner, delivery in zip(owners, deliveries, strict=True):
        document_key, mac_method = delivery.find("cpix:DocumentKey", NS), delivery.find("cpix:MACMethod", NS)
        assert document_key is not None
        assert mac_method is not None
        assert document_key.get("Algorithm") == "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
        assert mac_method.get("Algorithm") == "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512"
        sealed = document_key.find("cpix:Data/pskc:Secret", NS)
        sealed_mac = mac_method.find("cpix:Key", NS)
        assert sealed is not None
        assert sealed_mac is not None
        assert _algorithm(sealed) == _algorithm(sealed_mac) == "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
        key, mac_key = owner.decrypt(_value(sealed), oaep), owner.decrypt(_value(sealed_mac), oaep)
        assert (len(key), len(mac_key)) == (32, 64)
        assert _mac(sealed) == hmac.digest(mac_key, _value(sealed), "sha512")
        opened = []
        for secret in filled.root.findall("cpix:ContentKeyList/cpix:ContentKey/cpix:Data/pskc:Secret", NS):
            value = _value(secret)
            assert _algorithm(secret) == "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
            assert _mac(secret) == hmac.digest(mac_key, value, "sha512")
            decryptor = Cipher(algorithms.AES(key), modes.CBC(value[:16])).decryptor()
            plain = decryptor.update(value[16:]) + decryptor.finalize()
            assert plain[16:] == b"\x10" * 16
            opened.append(plain[:16])
        assert opened == [b"\x01" * 16, b"\x02" * 16]


@pytest.mark.parametrize(
    "delivery",
    [
        _delivery(),
        _delivery(""),
        _delivery("AAAA"),
        _delivery("!"),
        _delivery(*["AAAA"] * 9),
        _delivery("A" * 30_000),
        "<cpix:DeliveryDataList><cpix:DeliveryData/></cpix:DeliveryDataList>",
    ],
    ids=["nobody", "empty", "no certificate", "no base64", "nine", "long", "no key"],
)
def test_is_refused_rather_than_answered_in_the_clear(delivery: str) -> None:
    with pytest.raises(SpekeRefused, match=r"DeliveryData|X509Certificate"):
        answer(request(delivery=delivery))


@pytest.mark.parametrize(
    "key", [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())], ids=["rsa-1024", "ec"]
)
def test_weak_and_other_certificates_are_refused(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    with pytest.raises(SpekeRefused, match="no RSA key of at least 2048 bits"):
        answer(request(delivery=_delivery(_certificate(key))))
