"""CPIX documents: what a packager asks for, and the same document filled in.  Pure; a document of the largest size takes some 50 ms.

Whatever an encryptor put into its request comes back as it was: usage rules, periods, and what nobody here knows.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring  # reading is defusedxml's

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from streaming.keys.model import ContentKey, TrackClass
from streaming.keys.signalling import dash, hls
from streaming.keys.signalling.systems import DECRYPTS, DrmSystem, Scheme
from streaming.keys.speke import contract
from streaming.keys.speke.delivery import Recipient, Secrets, recipients
from streaming.keys.speke.model import (
    CPIX_VERSIONS,
    MAX_CONTENT_ID_CHARS,
    MAX_KEYS,
    MISSING_CONTENT_ID,
    MISSING_CONTRACT,
    MISSING_SCHEME,
    MISSING_VERSION,
    MIXED_SCHEMES,
    UNSUPPORTED_SPEKE,
    UNSUPPORTED_VERSION,
    WRONG_SCHEME,
    SpekeRefused,
)
from streaming.keys.speke.names import cpix, decoded, encoded, key_id, pskc
from streaming.keys.speke.output_protection import add_output_protection, add_robustness

MAX_DEPTH: Final = 16
"""Elements in each other; CPIX has eight."""
IV_BYTES: Final = 16

_SCHEMES: Final = {
    **{scheme.value: scheme for scheme in Scheme},
    # CPIX 2.4 takes HLS's methods as well; AES-128 is none of the systems'.
    "SAMPLE-AES": Scheme.CBCS,
    "SAMPLE-AES-CTR": Scheme.CENC,
}


@dataclass(frozen=True, slots=True)
class WantedKey:
    """A ContentKey of a request."""

    kid: str
    element: Element
    track_class: TrackClass | None
    has_iv: bool


@dataclass(frozen=True, slots=True)
class WantedSignalling:
    """A DRMSystem of a request."""

    system: DrmSystem
    kid: str
    element: Element


@dataclass(frozen=True, slots=True)
class CpixRequest:
    """A request that can be answered."""

    root: Element
    content_id: str
    scheme: Scheme
    keys: tuple[WantedKey, ...]
    signalling: tuple[WantedSignalling, ...]
    recipients: tuple[Recipient, ...]
    """Whom the keys are to be encrypted for; nobody: they are wanted in the clear."""


def read(raw: bytes, speke_version: str) -> CpixRequest:
    """What ``raw`` asks for by the rules of ``speke_version`` ("2.0").  Raises :class:`SpekeRefused`."""
    if speke_version not in CPIX_VERSIONS:
        raise SpekeRefused(UNSUPPORTED_SPEKE)
    root = _parsed(raw)
    if root.tag != cpix("CPIX"):
        raise SpekeRefused("The document is not CPIX")
    content_id = (root.get("contentId") or "").strip()
    if not content_id:
        raise SpekeRefused(MISSING_CONTENT_ID)
    if len(content_id) > MAX_CONTENT_ID_CHARS:
        raise SpekeRefused(f"CPIX@contentId is longer than {MAX_CONTENT_ID_CHARS} characters")
    version = (root.get("version") or "").strip()
    if not version:
        raise SpekeRefused(MISSING_VERSION)
    if version != CPIX_VERSIONS[speke_version]:
        raise SpekeRefused(UNSUPPORTED_VERSION)
    found = dict(_key_elements(root))
    scheme = _scheme(found)
    signalling = tuple(_signalling(root, found, scheme))
    rules = _list(root, "ContentKeyUsageRuleList", "ContentKeyUsageRule")
    kinds = contract.check(rules, set(found))
    keys = tuple(
        WantedKey(kid, element, contract.track_class(kinds[kid]), _has_iv(element)) for kid, element in found.items()
    )
    return CpixRequest(root, content_id, scheme, keys, signalling, recipients(root))


def fill(request: CpixRequest, keys: Mapping[str, ContentKey]) -> bytes:
    """The document with what was asked for; ``keys`` by key id.  Changes ``request.root``."""
    secrets = Secrets.to(request.recipients)
    for wanted in request.keys:
        key, element = keys[wanted.kid], wanted.element
        if not wanted.has_iv and request.scheme is Scheme.CBCS:
            # Of cbcs alone: a counter that begins alike for two tracks under one key would give both away.
            element.set("explicitIV", encoded(key.iv))
        for former in element.findall(cpix("Data")):
            element.remove(former)
        add_output_protection(element, wanted.track_class)
        secrets.write(SubElement(SubElement(element, cpix("Data")), pskc("Secret")), key.key)
    classes = {wanted.kid: wanted.track_class for wanted in request.keys}
    for asked in request.signalling:
        _write_signalling(asked, keys[asked.kid], request.scheme)
        add_robustness(asked.element, asked.system, classes[asked.kid])
    document: bytes = tostring(request.root, encoding="utf-8", xml_declaration=True)
    return document


def _parsed(raw: bytes) -> Element:
    root: Element | None = None
    depth = 0
    try:
        for event, element in iterparse(io.BytesIO(raw), events=("start", "end"), forbid_dtd=True):
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth += 1
            if depth > MAX_DEPTH:
                raise SpekeRefused("The elements of the document are nested too deeply")
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise SpekeRefused("The document is not well-formed XML, or has a DTD") from None
    if root is None:
        raise SpekeRefused("The document is empty")
    return root


def _list(root: Element, list_name: str, name: str) -> list[Element]:
    """The elements of the one list of that name."""
    lists = root.findall(cpix(list_name))
    if not lists and list_name == "ContentKeyUsageRuleList":
        raise SpekeRefused(MISSING_CONTRACT)
    if len(lists) != 1:
        raise SpekeRefused(f"{'Missing' if not lists else 'More than one'} {list_name}")
    elements = lists[0].findall(cpix(name))
    if not elements:
        raise SpekeRefused(f"Missing {name}")
    return elements


def _key_elements(root: Element) -> list[tuple[str, Element]]:
    elements = _list(root, "ContentKeyList", "ContentKey")
    if len(elements) > MAX_KEYS:
        raise SpekeRefused(f"More than {MAX_KEYS} ContentKey elements")
    found: list[tuple[str, Element]] = []
    for element in elements:
        kid = key_id(element.get("kid"))
        if kid is None:
            raise SpekeRefused("Missing ContentKey@kid")
        found.append((kid, element))
    if len({kid for kid, _ in found}) != len(found):
        raise SpekeRefused("Two ContentKey elements have the same kid")
    return found


def _scheme(elements: Mapping[str, Element]) -> Scheme:
    names: set[str] = set()
    for kid, element in elements.items():
        name = (element.get("commonEncryptionScheme") or "").strip()
        if not name:
            raise SpekeRefused(MISSING_SCHEME.format(kid=kid))
        names.add(name)
    if len(names) > 1:
        raise SpekeRefused(MIXED_SCHEMES)
    try:
        return _SCHEMES[names.pop()]
    except KeyError:
        raise SpekeRefused("Unsupported ContentKey@commonEncryptionScheme") from None


def _signalling(root: Element, keys: Mapping[str, Element], scheme: Scheme) -> list[WantedSignalling]:
    asked: list[WantedSignalling] = []
    for element in _list(root, "DRMSystemList", "DRMSystem"):
        kid, system_id = key_id(element.get("kid")), (element.get("systemId") or "").strip().lower()
        if kid is None or not system_id:
            raise SpekeRefused(f"Missing DRMSystem@{'kid' if kid is None else 'systemId'}")
        if kid not in keys:
            raise SpekeRefused(f"Missing ContentKey for DRMSystem@kid {kid}")
        try:
            system = DrmSystem(system_id)
        except ValueError:
            raise SpekeRefused("Unsupported DRMSystem@systemId") from None
        if scheme not in DECRYPTS[system]:
            raise SpekeRefused(WRONG_SCHEME.format(system_id=system))
        asked.append(WantedSignalling(system, kid, element))
    if len(asked) > MAX_KEYS * len(DrmSystem) or len({(one.system, one.kid) for one in asked}) != len(asked):
        raise SpekeRefused("Two DRMSystem elements are for the same system and key")
    return asked


def _has_iv(element: Element) -> bool:
    given = element.get("explicitIV")
    if given is None or not given.strip():
        return False
    iv = decoded(given)
    if iv is None or len(iv) != IV_BYTES:
        raise SpekeRefused(f"ContentKey@explicitIV is not {IV_BYTES} bytes in base64")
    return True


def _write_signalling(asked: WantedSignalling, key: ContentKey, scheme: Scheme) -> None:
    key_uuid = UUID(key.kid)
    keys = {key_uuid: key.key}
    box = dash.box(asked.system, keys, scheme)
    texts = {
        cpix("PSSH"): box,
        cpix("ContentProtectionData"): (dash.protection_data(asked.system, keys, scheme) or "").encode() or None,
        cpix("SmoothStreamingProtectionHeaderData"): dash.smooth_streaming_header(asked.system, keys, scheme),
    }
    for child in list(asked.element):
        if child.tag in texts:
            value = texts[child.tag]
            if value is None:
                asked.element.remove(child)  # what a system does not have is not to come back empty
            else:
                child.text = encoded(value)
        elif child.tag == cpix("HLSSignalingData"):
            write = hls.session_key_tag if child.get("playlist") == "master" else hls.key_tag
            child.text = encoded(write(asked.system, key_uuid, key.key, scheme).encode())
