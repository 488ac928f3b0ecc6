"""The one UDP port of this process: opened, and aiortc loaded, when the first person talks or goes live."""

import asyncio
import socket
import time
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

import structlog

from kernel.rtc.ports import RtcSettings, RtcUnavailable
from kernel.rtc.turn import TurnSettings

if TYPE_CHECKING:
    from kernel.rtc.adapters.transport import Intake, PacketHandler, SecureTransport
    from kernel.rtc.adapters.udp_port import UdpPort

log = structlog.get_logger()

FITS: Final = {"aiortc": "1.16.0", "aioice": "0.13.0", "pylibsrtp": "1.0.0"}
"""What private parts of are used, as they were read and tried."""
LOOKUP_TIMEOUT_S: Final = 5.0
CERTIFICATE_LIFE_S: Final = 7 * 24 * 3600
"""aiortc's are good for 30 days; sessions last an evening."""


def versions_fit() -> bool:
    """Whether the installed libraries are those this was written for; says in the log which are not."""
    wrong = {name: found for name, wanted in FITS.items() if (found := _version(name)) != wanted}
    if wrong:
        log.error("media is off: install the locked versions", installed=wrong, needed=FITS)
    return not wrong


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


class SharedPortServer:
    """Makes connections over one UDP port."""

    def __init__(self, settings: RtcSettings) -> None:
        self._settings = settings
        self._port: UdpPort | None = None
        self._certificate: Any = None
        self._certificate_made_s = 0.0
        self._addresses: tuple[str, ...] = ()
        self._opening = asyncio.Lock()
        self._why_not = ""

    @property
    def turn(self) -> TurnSettings:
        """The relay that clients are told of."""
        return self._settings.turn

    @property
    def port_number(self) -> int | None:
        """The UDP port, once it is open."""
        return None if self._port is None else self._port.number

    async def open(self) -> None:
        """Listen, the first time it is asked to.  Raises RtcUnavailable."""
        async with self._opening:
            if self._port is not None:
                return
            if not versions_fit():
                raise RtcUnavailable
            try:
                # Loading takes a third of a second and 40 MB: not on the event loop, and not before somebody talks.
                await asyncio.to_thread(_load)
                from kernel.rtc.adapters.selftest import check
                from kernel.rtc.adapters.udp_port import UdpPort

                await check()
                self._addresses = await _reachable(self._settings)
                port = UdpPort()
                port.open(self._settings.port)
            except Exception as error:
                log.exception("media is off", port=self._settings.port)
                raise RtcUnavailable from error
            self._port = port
            log.info("media on", udp_port=port.number, addresses=self._addresses)

    def transport(self, handler: "PacketHandler", intake: "Intake") -> "SecureTransport":
        """A place for one peer.  Call :meth:`open` before."""
        from aiortc.rtcdtlstransport import RTCCertificate

        from kernel.rtc.adapters.transport import SecureTransport

        assert self._port is not None
        now_s = time.monotonic()
        if self._certificate is None or now_s - self._certificate_made_s > CERTIFICATE_LIFE_S:
            self._certificate, self._certificate_made_s = RTCCertificate.generateCertificate(), now_s
        return SecureTransport(self._port, self._certificate, self._addresses, handler, intake)

    async def close(self) -> None:
        """Let go of the port."""
        async with self._opening:
            if self._port is not None:
                self._port.close()
                self._port = None


def _load() -> None:
    from kernel.rtc.adapters import selftest, transport  # noqa: F401 - see ``open``


async def _reachable(settings: RtcSettings) -> tuple[str, ...]:
    """The addresses to offer, the best first.  Raises ``OSError`` where a given name is not known."""
    if settings.public_addresses:
        return tuple(dict.fromkeys([found for name in settings.public_addresses for found in await _looked_up(name)]))
    from aioice.ice import get_host_addresses

    loopback = settings.host in {"localhost", "::1"} or settings.host.startswith("127.")
    outer: list[str] = []
    if settings.public_host:
        try:
            outer = await _looked_up(settings.public_host)
        except OSError as error:  # TimeoutError among them
            log.info("the site's name is not known here", host=settings.public_host, reason=repr(error))
    own = get_host_addresses(use_ipv4=True, use_ipv6=True)
    # A browser on this machine binds to its outer address, and to the inner one only if it is told to.
    inner = ["127.0.0.1"] if loopback or not own else []
    return tuple(dict.fromkeys([*outer, *own, *inner]))


async def looked_up_or_none(name: str) -> list[str]:
    """The addresses of a name; none where it is not known now."""
    try:
        return await _looked_up(name)
    except OSError:  # TimeoutError among them
        return []


async def _looked_up(name: str) -> list[str]:
    async with asyncio.timeout(LOOKUP_TIMEOUT_S):
        found = await asyncio.get_running_loop().getaddrinfo(name, 0, type=socket.SOCK_DGRAM)
    return [str(item[4][0]) for item in found]
