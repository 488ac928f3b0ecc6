"""The DASH manifest after the packager: text as players read it."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import (  # only writes; what is read goes through defusedxml
    Element,
    register_namespace,
    tostring,
)

from defusedxml.ElementTree import fromstring

from streaming.keys.signalling import dash
from streaming.keys.signalling.systems import DrmSystem, Scheme

_NAMESPACE: Final = "urn:mpeg:dash:schema:mpd:2011"
_TEXT: Final = "text/vtt"


FILE: Final = "manifest.mpd"


def complete(folder: Path, text_name: str) -> None:
    """Correct the manifest in ``folder``, if it has one: with AES-128 over whole segments there is none."""
    path = folder / FILE
    if path.is_file():
        path.write_text(with_whole_texts(with_sound_apart(path.read_text("utf-8")), text_name), "utf-8")


def with_whole_texts(manifest: str, file_name: str) -> str:
    """``manifest`` with each WebVTT representation as one file, ``file_name`` in its folder.

    The packager writes raw WebVTT as a SegmentTemplate, which no profile knows: dash.js stands still at its second segment,
    mpv ends at a seek, video.js drops it.  As a BaseURL (ISO/IEC 23009-1 §5.3.9.1, a representation of a single segment) all
    of them show it.
    """
    root: Element = fromstring(manifest)
    for representation in root.iter(f"{{{_NAMESPACE}}}Representation"):
        template = representation.find(f"{{{_NAMESPACE}}}SegmentTemplate")
        if representation.get("mimeType") != _TEXT or template is None:
            continue
        folder, slash, _ = template.get("media", "").rpartition("/")
        representation.remove(template)
        address = Element(f"{{{_NAMESPACE}}}BaseURL")
        address.text = f"{folder}{slash}{file_name}"
        address.tail = template.tail
        representation.append(address)
    return _written(root)


def with_sound_apart(manifest: str) -> str:
    """``manifest`` with stereo and surround sound in adaptation sets of their own.

    The packager takes what has one language, codec and role for qualities of one thing; players would go from the one to the
    other as the link allows (ISO/IEC 23009-1 §5.3.3: what is in a set can be switched between).
    """
    root: Element = fromstring(manifest)
    for period in root.iter(f"{{{_NAMESPACE}}}Period"):
        sets = period.findall(f"{{{_NAMESPACE}}}AdaptationSet")
        free = max((int(each.get("id", "0")) for each in sets), default=0) + 1
        for each in sets:
            by_channels: dict[str | None, list[Element]] = {}
            for representation in each.findall(f"{{{_NAMESPACE}}}Representation"):
                told = representation.find(f"{{{_NAMESPACE}}}AudioChannelConfiguration")
                by_channels.setdefault(None if told is None else told.get("value"), []).append(representation)
            for moved in list(by_channels.values())[1:]:
                apart = deepcopy(each)
                apart.set("id", str(free))
                free += 1
                for representation in apart.findall(f"{{{_NAMESPACE}}}Representation"):
                    apart.remove(representation)
                for representation in moved:
                    each.remove(representation)
                    apart.append(representation)
                period.insert(list(period).index(each) + 1, apart)
    return _written(root)


def _written(root: Element) -> str:
    register_namespace("", _NAMESPACE)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def with_drm_systems(manifest: str, keys: Mapping[UUID, bytes], scheme: Scheme, clearkey: bool = True) -> str:
    """``manifest`` with what Widevine and PlayReady need, and ClearKey if it is to be named, beside the packager's own marker.

    Wherever a key is named (``cenc:default_KID``), after what is named there; ``keys`` by their ids.  The common box goes: players
    take it for ClearKey as well, and dash.js prefers it to ClearKey's own element and cannot use it.  It stays in the media.
    """
    root: Element = fromstring(manifest)
    for parent in root.iter():
        named = parent.findall(f"{{{_NAMESPACE}}}ContentProtection")
        kids = [kid for one in named if (kid := one.get(f"{{{dash.CENC}}}default_KID")) is not None]
        if not kids:
            continue
        key_id = UUID(kids[0])
        systems = [DrmSystem.WIDEVINE, DrmSystem.PLAYREADY]
        made = dash.content_protection(systems, {key_id: keys[key_id]}, scheme, clearkey=clearkey)
        place = list(parent).index(named[-1]) + 1
        parent[place:place] = made[1:]  # the marker is there
        for one in named:
            if one.get("schemeIdUri") == f"urn:uuid:{DrmSystem.COMMON}":
                parent.remove(one)
    return _written(root)
