"""What addresses may be asked of the outside world, vetted as plain values.

Operators and strangers name URLs that this server then fetches, and the server stands where they do not: inside a network, beside
a cloud's metadata service.  So every URL is vetted as text before anything is resolved, and every address after resolving and before
connecting (``kernel.outbound.safe_http`` does that part).
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from kernel.errors import Forbidden

MAX_URL_LENGTH = 8192

_IPV4_PART = re.compile(r"0[xX][0-9a-fA-F]{0,16}|[0-9]{1,20}")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f\\]")
#: Names that mean this machine, its network or its cloud's metadata service, whatever they resolve to.
_LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "lan", "home", "intranet", "corp", "home.arpa")

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
#: Beyond what ``is_global`` knows: IPv4-compatible addresses, the discard prefix, ISATAP-less odds and ends of RFC 6890.
_NEVER_V6 = tuple(
    ipaddress.IPv6Network(n)
    for n in ("::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10")
)
#: Metadata services that do not live in link-local space: Alibaba, Oracle, and the broadcast of every network.
_NEVER_V4 = tuple(
    ipaddress.IPv4Network(n)
    for n in ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4")
)


class AddressRefused(Forbidden):
    """This address may not be fetched: {reason}."""

    def __init__(self, message: str | None = None, *, reason: str) -> None:
        super().__init__(message, reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class VettedUrl:
    """A URL that may be resolved.  ``address`` is set when the host is a literal address, which is vetted already."""

    url: str
    scheme: str
    host: str
    port: int
    address: str | None

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what the web calls an origin (RFC 6454)."""
        return self.scheme, self.host, self.port


@dataclass(frozen=True, slots=True)
class Limits:
    """Where requests may go.  ``allowed_hosts``: exact names, or ``.example.com`` for a domain with all below; empty for any.

    ``allowed_networks`` opens private networks on purpose, for tests and for sources in the operator's own; production leaves it empty.
    """

    allowed_hosts: tuple[str, ...] = ()
    allowed_networks: tuple[str, ...] = ()


def vet_url(url: str, limits: Limits | None = None) -> VettedUrl:
    """Refuse what is not a plain http(s) URL to a public host.  Raises ``AddressRefused``; resolves nothing."""
    limits = limits or Limits()
    if len(url) > MAX_URL_LENGTH:
        raise AddressRefused(reason="it is too long")
    if FORBIDDEN_CHARACTERS.search(url):
        raise AddressRefused(reason="it contains blanks, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(reason="it is not a URL") from None
    if parts.scheme not in ("http", "https"):
        raise AddressRefused(reason="only http and https are fetched")
    if "@" in parts.netloc:
        raise AddressRefused(reason="it carries a user name")
    if port == 0:
        raise AddressRefused(reason="it names port 0")
    host = _canonical_host(parts.hostname or "")
    literal = _literal_address(host)
    if literal is not None:
        vet_address(literal, limits)
    elif any(host == name or host.endswith("." + name) for name in _LOCAL_NAMES):
        raise AddressRefused(reason="the host is local")
    elif "." not in host:
        raise AddressRefused(reason="the host is not a full name")
    if limits.allowed_hosts and not _is_allowed(host, limits.allowed_hosts):
        raise AddressRefused(reason="the host is not one of this source's")
    return VettedUrl(url, parts.scheme, host, port or (443 if parts.scheme == "https" else 80), literal)


def vet_address(address: str, limits: Limits | None = None) -> str:
    """Refuse an IP address that is not a public one; the address in its canonical form.  Raises ``AddressRefused``."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        raise AddressRefused(reason="it is not an address") from None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.scope_id:
        raise AddressRefused(reason="the address names an interface")
    networks = [ipaddress.ip_network(network) for network in (limits.allowed_networks if limits else ())]
    for candidate in (parsed, *_embedded(parsed)):
        if any(candidate in network for network in networks if network.version == candidate.version):
            continue
        if not _is_public(candidate):
            raise AddressRefused(reason="the address is not public")
    return str(parsed)


def in_networks(address: str, limits: Limits) -> bool:
    """Whether ``address`` is in one of the networks that were opened on purpose."""
    parsed = ipaddress.ip_address(address)
    networks = [ipaddress.ip_network(network) for network in limits.allowed_networks]
    return any(parsed in network for network in networks if network.version == parsed.version)


def _canonical_host(host: str) -> str:
    """Lower case, compatibility forms folded (a full-width digit is a digit to some resolvers), international names in ASCII."""
    host = unicodedata.normalize("NFKC", host).lower()
    if ":" in host:
        return host
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise AddressRefused(reason="the host is not a name") from None
    host = host.rstrip(".")
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise AddressRefused(reason="the host is not a name")
    return host


def _literal_address(host: str) -> str | None:
    """The address a host spells, in any spelling that C libraries take (inet_aton: decimal, octal, hexadecimal, one to four parts)."""
    if ":" in host:
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise AddressRefused(reason="the host is not an address") from None
    parts = host.split(".")
    if not _IPV4_PART.fullmatch(parts[-1]):
        return None
    if len(parts) > 4 or not all(_IPV4_PART.fullmatch(part) for part in parts):
        raise AddressRefused(reason="the host is not an address")
    numbers = [_number(part) for part in parts]
    *heads, tail = numbers
    if any(head > 255 for head in heads) or tail >= 256 ** (5 - len(numbers)):
        raise AddressRefused(reason="the host is not an address")
    value = tail + sum(head << (24 - 8 * position) for position, head in enumerate(heads))
    return str(ipaddress.IPv4Address(value))


def _number(part: str) -> int:
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    try:
        return int(part, 8 if part.startswith("0") and len(part) > 1 else 10)
    except ValueError:
        raise AddressRefused(reason="the host is not an address") from None


def _embedded(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterable[ipaddress.IPv4Address]:
    """IPv4 addresses that a gateway would take out of an IPv6 one: mapped, NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo (RFC 4380)."""
    if isinstance(address, ipaddress.IPv4Address):
        return
    for found in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())):
        if found is not None:
            yield found
    if any(address in network for network in _NAT64):
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None or any(address in network for network in _NAT64):
            return True  # judged by the address within
        if any(address in network for network in _NEVER_V6):
            return False
    elif any(address in network for network in _NEVER_V4):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _is_allowed(host: str, allowed: Iterable[str]) -> bool:
    return any(
        host == name.lstrip(".") or (name.startswith(".") and host.endswith(name)) for name in map(str.lower, allowed)
    )
