"""ContentProtection elements of a DASH manifest (ISO/IEC 23009-1:2022 §5.8.4.1; DASH-IF IOP v5 part 6).  Pure."""

import base64
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element, register_namespace, tostring  # only writes

from streaming.keys.signalling import playready, pssh, widevine
from streaming.keys.signalling.systems import DrmSystem, Scheme

MPD: Final = "urn:mpeg:dash:schema:mpd:2011"
CENC: Final = "urn:mpeg:cenc:2013"
MSPR: Final = "urn:microsoft:playready"

MP4_PROTECTION: Final = "urn:mpeg:dash:mp4protection:2011"
CLEARKEY: Final = "urn:uuid:e2719d58-a985-b3c9-781a-b030af78d30e"
"""DASH-IF's identifier of ClearKey in manifests, which is not that of the common PSSH box."""

_VALUES: Final = {DrmSystem.WIDEVINE: "Widevine", DrmSystem.PLAYREADY: "MSPR 2.0"}

for _prefix, _uri in (("cenc", CENC), ("mspr", MSPR)):
    register_namespace(_prefix, _uri)


def box(system: DrmSystem, keys: Mapping[UUID, bytes], scheme: Scheme) -> bytes | None:
    """The PSSH box of ``keys`` for ``system``; ``None``: FairPlay, which has none."""
    match system:
        case DrmSystem.WIDEVINE:
            return widevine.pssh(list(keys), scheme)
        case DrmSystem.PLAYREADY:
            return playready.pssh(playready.protection_object(playready.header(keys, scheme)))
        case DrmSystem.COMMON:
            return pssh.common(list(keys))
        case DrmSystem.FAIRPLAY:
            return None


def protection_data(system: DrmSystem, keys: Mapping[UUID, bytes], scheme: Scheme) -> str | None:
    """What stands within the ContentProtection element of ``system``, as XML text; ``None``: nothing does.

    CPIX calls it ContentProtectionData; the box in it is the very one of :func:`box`.
    """
    children = _children(system, keys, scheme)
    return "".join(tostring(child, encoding="unicode") for child in children) or None


def smooth_streaming_header(system: DrmSystem, keys: Mapping[UUID, bytes], scheme: Scheme) -> bytes | None:
    """What Smooth Streaming has as ProtectionHeader, which PlayReady alone knows: its object; ``None`` for others."""
    if system is not DrmSystem.PLAYREADY:
        return None
    return playready.protection_object(playready.header(keys, scheme))


def content_protection(
    systems: Iterable[DrmSystem],
    keys: Mapping[UUID, bytes],
    scheme: Scheme,
    *,
    clearkey: bool = False,
    namespace: str = MPD,
) -> list[Element]:
    """The elements of an adaptation set that is encrypted with ``keys``, the first of which is its default.

    ``clearkey``: also DASH-IF's element of it, without the address of licences, which is each session's own: dash.js looks for it,
    and cannot use the common box.
    FairPlay has no element: DASH does not know it.
    """
    marker = Element(f"{{{namespace}}}ContentProtection", {"schemeIdUri": MP4_PROTECTION, "value": scheme.value})
    marker.set(f"{{{CENC}}}default_KID", str(next(iter(keys))))
    elements = [marker]
    for system in systems:
        if system is DrmSystem.FAIRPLAY:
            continue
        attributes = {"schemeIdUri": f"urn:uuid:{system}"}
        if system in _VALUES:
            attributes["value"] = _VALUES[system]
        element = Element(f"{{{namespace}}}ContentProtection", attributes)
        element.extend(_children(system, keys, scheme))
        elements.append(element)
    if clearkey:
        elements.append(Element(f"{{{namespace}}}ContentProtection", {"schemeIdUri": CLEARKEY, "value": "ClearKey1.0"}))
    return elements


def _children(system: DrmSystem, keys: Mapping[UUID, bytes], scheme: Scheme) -> list[Element]:
    raw = box(system, keys, scheme)
    if raw is None:
        return []
    boxed = Element(f"{{{CENC}}}pssh")
    boxed.text = base64.b64encode(raw).decode()
    if system is not DrmSystem.PLAYREADY:
        return [boxed]
    protected = Element(f"{{{MSPR}}}pro")
    protected.text = base64.b64encode(pssh.parse(raw)[0].data).decode()
    return [boxed, protected]
