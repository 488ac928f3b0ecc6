"""What may be asked of the outside world: URLs, addresses, redirects and headers, vetted as plain values.

A registered source names its hosts, and yet a playlist, a redirect or a name server of somebody else says where the next request goes.
So every URL is vetted as text before anything is resolved, every address after resolving and before connecting (and the connection is
made to the address that was vetted: a name may resolve differently the next time), and what identifies us never crosses origins.
"""

import re
from collections.abc import Mapping
from urllib.parse import urljoin

from kernel.outbound.url_vetting import FORBIDDEN_CHARACTERS, AddressRefused, Limits, VettedUrl, vet_url

#: Redirects followed by hand, each vetted; players follow as many, and a longer chain is a loop or a tracker.
MAX_REDIRECTS = 5
#: A day of 2-second segments with dates is 4.6 MB.
MAX_PLAYLIST_BYTES = 5 * 1024 * 1024
MAX_PLAYLIST_LINES = 20_000
#: AES-128 keys are 16 bytes; twice that leaves room to say "wrong size" rather than "too large".
MAX_KEY_BYTES = 32

#: Sent upstream from the viewer's request. Everything else stays here: cookies and addresses of viewers are not the upstream's.
FORWARDED_REQUEST_HEADERS = frozenset(["range", "if-range", "accept"])
#: Passed on from the upstream's answer.
FORWARDED_RESPONSE_HEADERS = frozenset(
    ["content-type", "content-length", "content-range", "accept-ranges", "last-modified", "etag", "retry-after", "age"]
)
#: What a source's own headers may not set: framing, routing, and what part of an answer in which form are ours to say.
RESERVED_HEADERS = frozenset(
    [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "proxy-authorization",
        "expect",
        "accept-encoding",
        "range",
        "if-range",
        "if-none-match",
        "if-modified-since",
    ]
)
#: Never beyond the origin they were given for.
_IDENTIFYING_HEADERS = frozenset(["authorization", "cookie", "proxy-authorization", "x-api-key"])
#: Say what kind of client this is, not which.  Any other header may be a credential, whatever it is called.
_HARMLESS_HEADERS = frozenset(["user-agent", "referer", "origin", "accept", "accept-language"])
#: One range.  Several come back as a multipart body, which no segment is (RFC 9110 section 14.2 lets a server ignore them).
_ONE_RANGE = re.compile(r"bytes=(?:[0-9]{1,19}-[0-9]{0,19}|-[0-9]{1,19})")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\x80-\xff\t]{0,4096}")


class RedirectRefused(AddressRefused):
    """This redirect may not be followed: {reason}."""


def next_hop(current: VettedUrl, location: str, hops: int, limits: Limits | None = None) -> VettedUrl:
    """Vet where a redirect leads.  ``hops``: redirects followed so far.  Raises ``RedirectRefused`` or ``AddressRefused``."""
    if hops >= MAX_REDIRECTS:
        raise RedirectRefused(reason=f"there were {MAX_REDIRECTS} before it")
    if FORBIDDEN_CHARACTERS.search(location):
        raise RedirectRefused(reason="it contains blanks, control characters or backslashes")
    try:
        target = urljoin(current.url, location)
    except ValueError:
        raise RedirectRefused(reason="it is not a URL") from None
    vetted = vet_url(target, limits)
    if current.scheme == "https" and vetted.scheme == "http":
        raise RedirectRefused(reason="it leaves https")
    return vetted


def request_headers(
    source: Mapping[str, str],
    viewer: Mapping[str, str],
    home: VettedUrl,
    target: VettedUrl,
    *,
    is_named: bool = False,
) -> dict[str, str]:
    """The headers to send to ``target``: the source's own, without what identifies us once it is not the origin they are for.

    ``is_named``: an operator named the target as a host of this source, so that tokens of the source's own making go there as well.
    """
    trusted = is_named and (target.scheme == "https" or home.scheme == "http")

    def may_have(name: str) -> bool:
        if target.origin == home.origin:
            return True
        return name not in _IDENTIFYING_HEADERS if trusted else name in _HARMLESS_HEADERS

    headers = {
        name: value
        for name, value in source.items()
        if may_have(name.lower()) and name.lower() not in RESERVED_HEADERS  # some were stored before they were
    }
    asked = {
        name: value
        for name, value in viewer.items()
        if name.lower() in FORWARDED_REQUEST_HEADERS and _HEADER_VALUE.fullmatch(value)
    }
    if not all(_ONE_RANGE.fullmatch(value) for name, value in asked.items() if name.lower() == "range"):
        asked = {name: value for name, value in asked.items() if name.lower() not in ("range", "if-range")}
    return headers | asked


def vet_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers an operator gave for a source.  Raises ``AddressRefused`` for what would break out of a header, or is not his to set."""
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise AddressRefused(reason=f"the header {name!r} is not well-formed")
        if name.lower() in RESERVED_HEADERS:
            raise AddressRefused(reason=f"the header {name!r} is set by the server")
    return dict(headers)
