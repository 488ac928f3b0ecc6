"""The DASH manifest after the packager: text as players read it."""

from pathlib import Path
from typing import Final
from xml.etree.ElementTree import (  # only writes; what is read goes through defusedxml
    Element,
    register_namespace,
    tostring,
)

from defusedxml.ElementTree import fromstring

_NAMESPACE: Final = "urn:mpeg:dash:schema:mpd:2011"
_TEXT: Final = "text/vtt"


FILE: Final = "manifest.mpd"


def complete(folder: Path, text_name: str) -> None:
    """Correct the manifest in ``folder``, if it has one: with AES-128 over whole segments there is none."""
    path = folder / FILE
    if path.is_file():
        path.write_text(with_whole_texts(path.read_text("utf-8"), text_name), "utf-8")


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
    register_namespace("", _NAMESPACE)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'
