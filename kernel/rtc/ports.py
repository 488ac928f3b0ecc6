"""The one UDP port for media: how it is reached, and what can go wrong with it; the adapters are in ``kernel.rtc.adapters``."""

from dataclasses import dataclass, field

from kernel.errors import Invalid, Unavailable
from kernel.rtc.turn import TurnSettings


class OfferNotAcceptable(Invalid):
    """This browser's offer for a connection cannot be used: {reason}."""


class RtcUnavailable(Unavailable):
    """This server cannot carry live media now. Its operator finds the reason in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RtcSettings:
    """Where the port is, and how it is reached from outside."""

    host: str = "127.0.0.1"
    """What HTTP listens on: a server for this machine alone offers no other address."""
    port: int = 0
    """UDP; 0 for a free one."""
    public_addresses: tuple[str, ...] = ()
    """What clients are to send to, behind NAT or in a container, and nothing else; empty: :attr:`public_host` and the addresses of
    this machine."""
    public_host: str = ""
    """Where people reach the site: as a rule the same machine."""
    turn: TurnSettings = field(default_factory=TurnSettings)
