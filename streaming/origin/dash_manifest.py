"""The DASH manifest of one stream, where it is not the packager's file: for viewers who may have less than is there.  Pure."""

from typing import Final
from xml.etree.ElementTree import (
    Element,
    register_namespace,
    tostring,
)  # only writes; what is read goes through defusedxml

from defusedxml.ElementTree import fromstring

from streaming.origin.access.token import Caps

FILE: Final = "stream-manifest.mpd"
"""Beside the packager's own; the packager makes none of this name."""
PACKAGED: Final = "manifest.mpd"

_MPD: Final = "urn:mpeg:dash:schema:mpd:2011"
for _prefix, _uri in (("", _MPD), ("cenc", "urn:mpeg:cenc:2013"), ("mspr", "urn:microsoft:playready")):
    register_namespace(_prefix, _uri)


def within(manifest: str, caps: Caps) -> str:
    """``manifest`` without the pictures that ``caps`` forbid; the smallest stays, as in HLS (:func:`quality.select`).

    Width and height stand at a representation, or at its adaptation set where all of it are alike (ISO/IEC 23009-1 §5.3.7).
    """
    if caps.max_height_px is None:
        return manifest
    root: Element = fromstring(manifest)
    pictures = [
        (period, group, each, size)
        for period in root.iter(f"{{{_MPD}}}Period")
        for group in period.findall(f"{{{_MPD}}}AdaptationSet")
        for each in group.findall(f"{{{_MPD}}}Representation")
        if (size := _size_px(each, group)) is not None
    ]
    limit_px = max(caps.max_height_px, min((min(size) for *_, size in pictures), default=0))
    for period, group, each, size in pictures:
        if min(size) > limit_px:
            group.remove(each)
            if group.find(f"{{{_MPD}}}Representation") is None:
                period.remove(group)
    for group in {id(group): group for _, group, _, _ in pictures}.values():
        left = [size for _, its, _, size in pictures if its is group and min(size) <= limit_px]
        for name, values in zip(("maxWidth", "maxHeight"), zip(*left, strict=True), strict=False):
            if name in group.attrib:
                group.set(name, str(max(values)))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _size_px(representation: Element, group: Element) -> tuple[int, int] | None:
    width, height = (representation.get(name) or group.get(name) for name in ("width", "height"))
    return (int(width), int(height)) if width and height else None
