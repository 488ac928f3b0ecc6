"""How often somebody may try, and who counts as somebody."""

import ipaddress
from dataclasses import dataclass

IPV6_SITE_BITS = 64  # one subscriber has at least this much; single addresses in it cost nothing


@dataclass(frozen=True, slots=True)
class Limit:
    """``attempts`` in each window of ``window_s`` seconds."""

    name: str
    attempts: int
    window_s: int


# Guessing at one account from one place: a person mistypes a few times, ten is somebody else.
LOGIN_PAIR = Limit("login-pair", attempts=10, window_s=15 * 60)
# Failures from one address over all accounts (credential stuffing); an office behind one address stays far below.
LOGIN_ADDRESS = Limit("login-address", attempts=100, window_s=15 * 60)
# Failures on one account from all over the world. Places its owner signed in from before are exempt, so that an attacker
# who uses this up locks out nobody but themselves (OWASP Authentication Cheat Sheet, "device cookies").
LOGIN_ACCOUNT = Limit("login-account", attempts=100, window_s=60 * 60)
# Accounts made from one address; a class of pupils signing up together fits.
REGISTER_ADDRESS = Limit("register-address", attempts=60, window_s=60 * 60)

# Letters: enough for somebody who waits impatiently, too few to fill a stranger's mailbox.
FORGOT_ACCOUNT = Limit("forgot-account", attempts=5, window_s=60 * 60)
FORGOT_ADDRESS = Limit("forgot-address", attempts=30, window_s=60 * 60)
VERIFY_ACCOUNT = Limit("verify-account", attempts=5, window_s=60 * 60)


def address_key(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 an IPv6 address is in."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, IPV6_SITE_BITS), strict=False))
    return str(parsed)
