"""Giving every address in a playlist to the proxy: players see our URLs and nothing of the upstream's.

A callback turns (absolute upstream URL, role) into the URL to show; what is done with it (sealing, tokens) is not this module's.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from urllib.parse import parse_qsl, urljoin, urlsplit

from streaming.proxy.playlist.attributes import attribute_values, parse_attributes, replace_values
from streaming.proxy.playlist.playlist import PREFETCH_TAGS, Line, Playlist, tag_line, write_lines

_SIMPLE = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~=()%,@+-]*(?:/[A-Za-z0-9_~=()%,@+-][A-Za-z0-9_.~=()%,@+-]*)*")
_UNQUOTABLE = re.compile(r'["\x00-\x1f\x7f\x85\u2028\u2029]')
#: To RFC 8216 part of a line, to JavaScript's "." or Python's splitlines() its end: behind it another line would begin, and lead past us.
_LINE_ENDS_OF_OTHERS = re.compile(rb"[\x0b\x0c\x1c-\x1e]|\xc2\x85|\xe2\x80[\xa8\xa9]")
_ASCII_LINE_ENDS = bytes.maketrans(b"\x0b\x0c\x1c\x1d\x1e", b"     ")
_VARIABLE = re.compile(r"\{\$([A-Za-z0-9_-]{1,100})\}")
_ABSOLUTE = ("https://", "http://", "//")
#: Of an address with its variables filled in: longer ones are refused when they are asked for.
_LONGEST_ADDRESS = 8192
#: A variable is put into every address that names it, and many may: longer values would multiply the playlist.
_LONGEST_VALUE = 2048
#: Beyond this and so many times the playlist, variables stay as they are written.
_FILLED_IN, _MOST_FILLED_IN = 256 * 1024, 4
#: Not addresses to fetch: inline data, FairPlay's and other key systems' names.
_OPAQUE_SCHEMES = ("data:", "skd:", "urn:")


class UriKind(Enum):
    """What is behind an address, and so how it is to be fetched and what may come back."""

    PLAYLIST = "playlist"
    SEGMENT = "segment"
    INIT = "init"
    KEY = "key"
    OTHER = "other"  # session data, steering manifests, interstitial lists
    SLATE = "slate"  # ours, and never in a playlist of an upstream


#: Attribute → role of the tags that carry addresses (RFC 8216 section 4.3, rfc8216bis section 4.4 and appendix D).
_ROLES: Mapping[str, Mapping[str, UriKind]] = {
    "#EXT-X-KEY": {"URI": UriKind.KEY},
    "#EXT-X-SESSION-KEY": {"URI": UriKind.KEY},
    "#EXT-X-MAP": {"URI": UriKind.INIT},
    "#EXT-X-PART": {"URI": UriKind.SEGMENT},
    "#EXT-X-MEDIA": {"URI": UriKind.PLAYLIST},
    "#EXT-X-I-FRAME-STREAM-INF": {"URI": UriKind.PLAYLIST},
    "#EXT-X-IMAGE-STREAM-INF": {"URI": UriKind.PLAYLIST},
    "#EXT-X-RENDITION-REPORT": {"URI": UriKind.PLAYLIST},
    "#EXT-X-SESSION-DATA": {"URI": UriKind.OTHER},
    "#EXT-X-CONTENT-STEERING": {"SERVER-URI": UriKind.OTHER},
    "#EXT-X-DATERANGE": {"X-ASSET-URI": UriKind.PLAYLIST, "X-ASSET-LIST": UriKind.OTHER},
}
#: A vendor's tag may carry an address as well, and it would lead the viewer past us.
_VENDOR_ROLES: Mapping[str, UriKind] = {"URI": UriKind.OTHER}


class Rewriter:
    """Rewrites the playlist found at ``base_url``.  ``variables``: of the multivariant playlist, for ``EXT-X-DEFINE:IMPORT``.

    ``keep`` says of an address as written that it is ours already (slates).
    """

    def __init__(
        self,
        base_url: str,
        show: Callable[[str, UriKind], str],
        *,
        variables: Mapping[str, str] | None = None,
        keep: Callable[[str], bool] | None = None,
    ) -> None:
        self._base_url = base_url
        self._directory = urljoin(base_url, ".")
        self._show = show
        self._imported = dict(variables or {})
        self._keep = keep
        self.variables: dict[str, str] = {}
        self._filled_in = _FILLED_IN  # characters of addresses with variables that may still be written

    def rewrite(self, playlist: Playlist) -> bytes:
        """The playlist with every address shown through the callback."""
        self.define(playlist)
        if self.variables:
            self._filled_in = _FILLED_IN + _MOST_FILLED_IN * sum([len(line.text) for line in playlist.lines])
        uri_kind = UriKind.PLAYLIST if playlist.is_multivariant else UriKind.SEGMENT
        return _without_line_ends_of_others(write_lines([self._line(line, uri_kind) for line in playlist.lines]))

    def _line(self, line: Line, uri_kind: UriKind) -> Line:
        text, end, tag, value = line
        if not tag:
            uri = text.strip(" \t\ufeff")
            return Line(self._address(uri, uri_kind), end) if uri else line
        if ("=" not in value or tag == "#EXTINF") and "//" not in value and tag not in PREFETCH_TAGS:
            return line  # most tags: no attributes, and no address
        if line.tag in PREFETCH_TAGS:
            return tag_line(line.tag, self._address(line.value.strip(), UriKind.SEGMENT), line.end)
        if line.tag == "#EXT-X-DEFINE":
            return self._definition(line)
        if line.tag.startswith("#EXT") and line.value.lstrip().startswith(_ABSOLUTE):
            return tag_line(line.tag, self._address(line.value.strip(), UriKind.OTHER), line.end)  # a vendor's, as bare
        if "=" not in line.value or line.tag == "#EXTINF":
            return line
        if line.tag == "#EXT-X-PRELOAD-HINT":
            kind = attribute_values(line.value).get("TYPE")
            return self._attributes(line, {"URI": UriKind.INIT if kind == "MAP" else UriKind.SEGMENT})
        return self._attributes(line, _ROLES.get(line.tag, _VENDOR_ROLES))

    def _definition(self, line: Line) -> Line:
        """What was taken from elsewhere is stated: our address has another query, and our multivariant playlist defines nothing."""
        attributes = attribute_values(line.value)
        name = attributes.get("QUERYPARAM") or attributes.get("IMPORT")
        if name is None or "NAME" in attributes:
            return line
        return tag_line(line.tag, f'NAME="{name}",VALUE="{self.variables.get(name, "")}"', line.end)

    def _attributes(self, line: Line, roles: Mapping[str, UriKind]) -> Line:
        found = parse_attributes(line.value)
        shown = {
            name: self._address(found[name].value, role)
            for name, role in roles.items()
            if name in found and found[name].value
        }
        if not shown:
            return line
        value = replace_values(line.value, shown)
        return Line(f"{line.tag}:{value}", line.end, line.tag, value)

    def _address(self, uri: str, role: UriKind) -> str:
        if self.variables:
            uri = self._with_variables(uri)
        if uri[:5].lower().startswith(_OPAQUE_SCHEMES) or (self._keep is not None and self._keep(uri)):
            return uri
        return self._show(self._absolute(uri), role)

    def absolute(self, uri: str) -> str:
        """Where an address of the playlist leads, once it was rewritten or its definitions were read."""
        return self._absolute(self._with_variables(uri))

    def _with_variables(self, uri: str) -> str:
        if not self.variables or "{$" not in uri:
            return uri
        if len(uri) > _LONGEST_ADDRESS or self._filled_in < 0:
            return uri
        found = _VARIABLE.sub(lambda match: self.variables.get(match.group(1), match.group()), uri)[:_LONGEST_ADDRESS]
        self._filled_in -= len(found)
        return found

    def _absolute(self, uri: str) -> str:
        # Most addresses are whole, or plain names beside the playlist; urljoin is ten times the cost of everything else here.
        if uri.startswith(("https://", "http://")):
            return uri
        if _SIMPLE.fullmatch(uri.partition("?")[0]):
            return self._directory + uri
        if len(uri) > _LONGEST_ADDRESS:
            return uri
        try:
            return urljoin(self._base_url, uri)
        except ValueError:
            return uri  # as broken as it was; it is vetted, and refused, when it is asked for

    def define(self, playlist: Playlist) -> None:
        """Read ``EXT-X-DEFINE`` (rfc8216bis section 4.4.2.3): by name and value, imported, or from the query of the playlist's address."""
        if "#EXT-X-DEFINE" not in playlist.tags:
            return
        query = dict(parse_qsl(urlsplit(self._base_url).query))
        for line in playlist.lines:
            if line.tag != "#EXT-X-DEFINE":
                continue
            attributes = attribute_values(line.value)
            if "NAME" in attributes:
                self.variables[attributes["NAME"]] = attributes.get("VALUE", "")[:_LONGEST_VALUE]
            elif "IMPORT" in attributes:
                self.variables[attributes["IMPORT"]] = self._imported.get(attributes["IMPORT"], "")[:_LONGEST_VALUE]
            elif "QUERYPARAM" in attributes:
                value = query.get(attributes["QUERYPARAM"], "")
                # Unquoted it may hold what a quoted string cannot (RFC 8216 section 4.2), such as a line of its own.
                self.variables[attributes["QUERYPARAM"]] = "" if _UNQUOTABLE.search(value) else value[:_LONGEST_VALUE]


def _without_line_ends_of_others(data: bytes) -> bytes:
    if data.isascii():
        return data.translate(_ASCII_LINE_ENDS)
    return _LINE_ENDS_OF_OTHERS.sub(b" ", data)


def resolver(url: str, playlist: Playlist, variables: Mapping[str, str]) -> Rewriter:
    """Knows where the addresses of the playlist found at ``url`` lead, and would show them as they are."""
    found = Rewriter(url, lambda child, _: child, variables=variables)
    found.define(playlist)
    return found
