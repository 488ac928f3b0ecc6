"""How often somebody may do something, and who counts as somebody."""

import ipaddress
from dataclasses import dataclass

UNKNOWN_PLACE = "unknown"

IPV6_SITE_BITS = 64  # one subscriber has at least this much; single addresses in it cost nothing


@dataclass(frozen=True, slots=True)
class Limit:
    """``attempts`` in each window of ``window_s`` seconds."""

    name: str
    attempts: int
    window_s: int


def address_key(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 an IPv6 address is in."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return UNKNOWN_PLACE
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, IPV6_SITE_BITS), strict=False))
    return str(parsed)


LOOPBACK_TIMES = 10
"""How many times the connections of an address may come from loopback: behind a proxy there that nobody declared are many people."""


def connections_allowed(address: str, per_address: int) -> int:
    """How many connections may come from ``address`` where ``per_address`` may from any other."""
    return per_address * LOOPBACK_TIMES if is_loopback(address) else per_address


def is_loopback(address: str) -> bool:
    """Whether a call comes from this machine itself."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback
