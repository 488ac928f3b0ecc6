"""Playlists whose keys stand at an address, for players that know no ClearKey in HLS (shaka-player 5.2).  Pure.

The usual ones name a key by its id, for a content decryption module that asks for a licence; hls.js knows that as
``KEYFORMAT="org.w3.clearkey"``.  shaka-player takes the keys of samples from ``KEYFORMAT="identity"`` (RFC 8216 §4.3.2.4: the URI leads to
the 16 bytes), and the key id from the init section.  With both tags in one playlist hls.js does not play, so these are playlists of
their own, beside the others as breaks are (``v720/identity-main.m3u8``): addresses of segments stay relative.
"""

import re
from collections.abc import Iterator
from typing import Final
from uuid import UUID

KEY_FOLDER: Final = "keys/clearkey/"
"""Under the asset's folder."""

_PREFIX: Final = "identity-"
_PATH = re.compile(rf"((?:[A-Za-z0-9_][A-Za-z0-9_.-]*/){{0,4}}){_PREFIX}([A-Za-z0-9_.-]+\.m3u8)", re.ASCII)
_URI = re.compile(r'URI="((?:https?://[^"?#]+/)?[^":?#]+\.m3u8)"', re.ASCII)
_CLEARKEY = re.compile(
    r'#EXT-X-KEY:METHOD=(SAMPLE-AES(?:-CTR)?),.{1,200}KEYID=0x([0-9a-f]{32}),KEYFORMAT="org\.w3\.clearkey".{0,40}',
    re.ASCII,
)
_NOT_HERE: Final = ("#EXT-X-SESSION-KEY:", "#EXT-X-CONTENT-STEERING:")
"""Keys of other systems, and addresses that would lead to playlists with them."""


def parse(path: str) -> str | None:
    """The usual playlist of the one that ``path`` names; ``None`` for everything else."""
    match = _PATH.fullmatch(path)
    return None if match is None or match[2].startswith(_PREFIX) else match[1] + match[2]


def with_name(path: str) -> str:
    """Where the playlist at ``path`` is with its keys at addresses."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{_PREFIX}{name}"


def multivariant(text: str) -> str:
    """A multivariant playlist that leads to such media playlists."""
    lines = []
    for line in text.splitlines():
        if line.startswith(_NOT_HERE):
            continue
        if line.startswith("#"):
            lines.append(_URI.sub(lambda found: f'URI="{with_name(found[1])}"', line))
        else:
            lines.append(with_name(line) if line.endswith(".m3u8") else line)
    return "\n".join(lines) + "\n"


def media(text: str, path: str) -> str | None:
    """The media playlist at ``path``; ``None`` where its keys are not given out through ClearKey."""
    lines = text.splitlines()
    if not any(line.startswith("#EXT-X-KEY:") for line in lines):
        return text
    if not any(_CLEARKEY.fullmatch(line) for line in lines):
        return None
    return "\n".join(_lines(lines, "../" * path.count("/"))) + "\n"


def _lines(lines: list[str], to_asset: str) -> Iterator[str]:
    for line in lines:
        found = _CLEARKEY.fullmatch(line)
        if found is not None:
            yield f'#EXT-X-KEY:METHOD={found[1]},URI="{to_asset}{KEY_FOLDER}{UUID(found[2])}",KEYFORMAT="identity"'
        elif not line.startswith("#EXT-X-KEY:"):
            yield line
