"""Secrets in a CPIX document: in the clear, or encrypted for those who asked so (SPEKE API v2, "Content key encryption").

A random document key and a random MAC key are encrypted for each recipient's certificate (RSA-OAEP, RFC 8017 §7.1); each
content key is encrypted with the document key (AES-256-CBC, XML Encryption §5.2.2, its IV before it) and authenticated with the
other (HMAC-SHA512 over IV and ciphertext).
"""

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha512
from typing import Final, Self
from xml.etree.ElementTree import Element, SubElement

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from streaming.keys.speke.model import MAX_RECIPIENTS, SpekeRefused
from streaming.keys.speke.names import cpix, decoded, ds, enc, encoded, pskc

AES256_CBC: Final = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
RSA_OAEP: Final = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
HMAC_SHA512: Final = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512"

DOCUMENT_KEY_BYTES: Final = 32
MAC_KEY_BYTES: Final = 64
MIN_RSA_BITS: Final = 2048
"""What SPEKE requires."""
MAX_RSA_BITS: Final = 8192
MAX_CERTIFICATE_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Recipient:
    """A DeliveryData of a request: whose certificate the keys are encrypted for."""

    element: Element
    public_key: RSAPublicKey


def recipients(root: Element) -> tuple[Recipient, ...]:
    """Whom a document wants its keys encrypted for.  Raises :class:`SpekeRefused`: never are they sent in the clear instead."""
    lists = root.findall(cpix("DeliveryDataList"))
    if not lists:
        return ()
    elements = [element for one in lists for element in one.findall(cpix("DeliveryData"))]
    if not 0 < len(elements) <= MAX_RECIPIENTS:
        raise SpekeRefused(f"DeliveryDataList has no DeliveryData, or more than {MAX_RECIPIENTS}")
    return tuple(Recipient(element, _public_key(element)) for element in elements)


def _public_key(delivery: Element) -> RSAPublicKey:
    raw = decoded(delivery.findtext("/".join((cpix("DeliveryKey"), ds("X509Data"), ds("X509Certificate")))))
    if not raw or len(raw) > MAX_CERTIFICATE_BYTES:
        raise SpekeRefused("Missing X509Certificate in DeliveryKey")
    try:
        key = x509.load_der_x509_certificate(raw).public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise SpekeRefused("The X509Certificate in DeliveryKey cannot be read") from None
    if not isinstance(key, RSAPublicKey) or not MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise SpekeRefused(f"The X509Certificate in DeliveryKey has no RSA key of at least {MIN_RSA_BITS} bits")
    return key


class Secrets:
    """Writes the secrets of one document."""

    def __init__(self, document_key: bytes | None, mac_key: bytes) -> None:
        self._document_key = document_key
        self._mac_key = mac_key

    @classmethod
    def to(cls, recipients: Sequence[Recipient]) -> Self:
        """For these recipients, each of whom gets the keys to all secrets; for nobody: in the clear."""
        if not recipients:
            return cls(None, b"")
        made = cls(os.urandom(DOCUMENT_KEY_BYTES), os.urandom(MAC_KEY_BYTES))
        for recipient in recipients:
            made._write_keys(recipient)
        return made

    def write(self, secret: Element, key: bytes) -> None:
        """``key`` into a ``pskc:Secret``."""
        if self._document_key is None:
            SubElement(secret, pskc("PlainValue")).text = encoded(key)
            return
        iv, padder = os.urandom(16), PKCS7(algorithms.AES.block_size).padder()
        cipher = Cipher(algorithms.AES(self._document_key), modes.CBC(iv)).encryptor()
        sealed = iv + cipher.update(padder.update(key) + padder.finalize()) + cipher.finalize()
        self._write_sealed(secret, AES256_CBC, sealed)

    def _write_keys(self, recipient: Recipient) -> None:
        assert self._document_key is not None
        element = recipient.element
        for name in ("DocumentKey", "MACMethod"):
            for former in element.findall(cpix(name)):
                element.remove(former)
        # SHA-1 here is a part of the mask, no signature, and what rsa-oaep-mgf1p means (XML Encryption §5.5.2).
        padding = OAEP(mgf=MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303
        document_key = SubElement(element, cpix("DocumentKey"), {"Algorithm": AES256_CBC})
        secret = SubElement(SubElement(document_key, cpix("Data")), pskc("Secret"))
        self._write_sealed(secret, RSA_OAEP, recipient.public_key.encrypt(self._document_key, padding))
        mac_key = SubElement(SubElement(element, cpix("MACMethod"), {"Algorithm": HMAC_SHA512}), cpix("Key"))
        self._write_sealed(mac_key, RSA_OAEP, recipient.public_key.encrypt(self._mac_key, padding))

    def _write_sealed(self, secret: Element, algorithm: str, sealed: bytes) -> None:
        value = SubElement(secret, pskc("EncryptedValue"))
        SubElement(value, enc("EncryptionMethod"), {"Algorithm": algorithm})
        SubElement(SubElement(value, enc("CipherData")), enc("CipherValue")).text = encoded(sealed)
        SubElement(secret, pskc("ValueMAC")).text = encoded(hmac.digest(self._mac_key, sealed, sha512))
