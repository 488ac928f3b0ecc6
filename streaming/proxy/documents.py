"""Answers of a source as playlists, and the questions of a player that may be passed on to it."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from kernel.errors import NotFound
from streaming.proxy.attributes import attribute_values
from streaming.proxy.fetch import Document
from streaming.proxy.lines import Playlist
from streaming.proxy.safety import MAX_PLAYLIST_LINES

_SMALL_NUMBER: Final = re.compile(r"[0-9]{1,15}")


class NotAPlaylist(NotFound):
    """The source did not answer with an HLS playlist."""


def blocking(query: Mapping[str, str], awaited_msn: int | None) -> str:
    """Directives of a low-latency reload to pass on, if the playlist offered it and they ask for what comes next.

    Any others would be a way to make us ask the source for the same over and over.  Delta updates are not passed on, and so never come.
    """
    wanted = {name: query[name] for name in ("_HLS_msn", "_HLS_part") if _SMALL_NUMBER.fullmatch(query.get(name, ""))}
    if awaited_msn is None or int(wanted.get("_HLS_msn", awaited_msn + 1)) > awaited_msn:
        return ""
    return urlencode(wanted)


def blocks(playlist: Playlist) -> bool:
    """Whether reloads may wait for what comes next (rfc8216bis section 4.4.3.8)."""
    controls = (attribute_values(line.value) for line in playlist.lines if line.tag == "#EXT-X-SERVER-CONTROL")
    return any(control.get("CAN-BLOCK-RELOAD") == "YES" for control in controls)


def parsed(document: Document) -> Playlist:
    """The playlist in an answer.  Raises :class:`NotAPlaylist`."""
    head = document.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"#EXTM3U"):
        raise NotAPlaylist
    playlist = Playlist.parse(document.body)
    if len(playlist.lines) > MAX_PLAYLIST_LINES:
        raise NotAPlaylist
    return playlist
