"""Names in CPIX documents, and the two forms of text that they hold.  Pure."""

import base64
import binascii
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import register_namespace

CPIX: Final = "urn:dashif:org:cpix"
PSKC: Final = "urn:ietf:params:xml:ns:keyprov:pskc"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
ENC: Final = "http://www.w3.org/2001/04/xmlenc#"

for _prefix, _uri in (("cpix", CPIX), ("pskc", PSKC), ("ds", DS), ("enc", ENC)):
    register_namespace(_prefix, _uri)  # encryptors exist that look for the prefixes


def cpix(name: str) -> str:
    """``name`` of CPIX's own."""
    return f"{{{CPIX}}}{name}"


def pskc(name: str) -> str:
    """``name`` of RFC 6030, which CPIX takes its secrets from."""
    return f"{{{PSKC}}}{name}"


def ds(name: str) -> str:
    """``name`` of XML Signature."""
    return f"{{{DS}}}{name}"


def enc(name: str) -> str:
    """``name`` of XML Encryption."""
    return f"{{{ENC}}}{name}"


def key_id(text: str | None) -> str | None:
    """A UUID in canonical form; ``None`` for what is none."""
    try:
        return str(UUID((text or "").strip()))
    except ValueError:
        return None


def encoded(raw: bytes) -> str:
    """As base64."""
    return base64.b64encode(raw).decode()


def decoded(text: str | None) -> bytes | None:
    """What base64 ``text`` says, its white space apart; ``None`` for what is none."""
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return None
