"""Answers of a source as playlists, and the questions of a player that may be passed on to it."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from kernel.errors import NotFound
from streaming.proxy.playlist.attributes import attribute_values
from streaming.proxy.playlist.playlist import Playlist
from streaming.proxy.upstream.adapters.fetch import Document
from streaming.proxy.upstream.url_policy import MAX_PLAYLIST_LINES

_SMALL_NUMBER: Final = re.compile(r"[0-9]{1,15}")
#: A reload may ask for the segment after the newest, or the one after that (rfc8216bis section 6.2.5.2).
BLOCKS_AHEAD: Final = 2
#: Ten seconds of parts of a tenth; whoever asks for more makes us ask the source for what nobody will see.
_MAX_PART: Final = 100


class NotAPlaylist(NotFound):
    """The source did not answer with an HLS playlist."""


def blocking(query: Mapping[str, str], awaited_msn: int | None) -> str:
    """Directives of a low-latency reload to pass on, if the playlist offered it and they ask for what comes next.

    Any others would be a way to make us ask the source for the same over and over.  Delta updates are not passed on, and so never come.
    """
    wanted = {name: query[name] for name in ("_HLS_msn", "_HLS_part") if _SMALL_NUMBER.fullmatch(query.get(name, ""))}
    if not awaited_msn or "_HLS_msn" not in wanted:
        return ""
    comes_next = awaited_msn - BLOCKS_AHEAD < int(wanted["_HLS_msn"]) <= awaited_msn
    return urlencode(wanted) if comes_next and int(wanted.get("_HLS_part", 0)) <= _MAX_PART else ""


def blocks(playlist: Playlist) -> bool:
    """Whether reloads may wait for what comes next (rfc8216bis section 4.4.3.8)."""
    controls = (attribute_values(line.value) for line in playlist.lines if line.tag == "#EXT-X-SERVER-CONTROL")
    return any(control.get("CAN-BLOCK-RELOAD") == "YES" for control in controls)


def parsed(document: Document) -> Playlist:
    """The playlist in an answer.  Raises :class:`NotAPlaylist`."""
    head = document.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"#EXTM3U"):
        raise NotAPlaylist
    if document.body.count(b"\n") + document.body.count(b"\r") > 2 * MAX_PLAYLIST_LINES:
        raise NotAPlaylist  # before it is taken apart into millions of nothing
    playlist = Playlist.parse(document.body)
    if len(playlist.lines) > MAX_PLAYLIST_LINES:
        raise NotAPlaylist
    return playlist
