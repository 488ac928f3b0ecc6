"""The one UDP port, and whose each datagram is.

A browser is known by the username fragment in its first STUN request, which has to prove the password; from then on by the address it
came from.  Datagrams of anybody else are dropped without an answer, so that nobody can make this port talk to a third party.
"""

import asyncio
import socket
from typing import Any, Final, Protocol

import structlog

from kernel.rtc.rtp import Datagram, kind_of
from kernel.rtc.stun import local_fragment

log = structlog.get_logger()

Address = tuple[Any, ...]

BURST: Final = 64
"""Datagrams taken in one go before others get their turn: a quarter of a millisecond of work."""
MAX_DATAGRAM_BYTES: Final = 2048
BUFFER_BYTES: Final = 4 * 1024 * 1024
"""A second of 100 speakers; the system may give less."""
ADDRESSES_OF_PEER: Final = 16
"""Interfaces and relays a browser tries from, times two for a change of network; the oldest is forgotten beyond that."""


class Receiver(Protocol):
    """Whom datagrams are for."""

    def on_stun(self, data: bytes, address: Address) -> bool:
        """A connectivity check; true where it has proved to be from its peer, so that ``address`` is the peer's."""
        ...

    def on_dtls(self, data: bytes, address: Address) -> None:
        """A record of the handshake or its end (RFC 5764, section 5.1.2, tells the kinds apart by their first byte)."""
        ...

    def on_rtp(self, data: bytes) -> None:
        """Encrypted media (SRTP, RFC 3711)."""
        ...

    def on_rtcp(self, data: bytes) -> None:
        """Encrypted reports (SRTCP, RFC 3711; told from media by their type, RFC 5761, section 4)."""
        ...


class UdpPort:
    """See the module."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._by_fragment: dict[str, Receiver] = {}
        self._by_address: dict[Address, Receiver] = {}
        self._addresses: dict[Receiver, list[Address]] = {}

    def open(self, port: int) -> None:
        """Listen on ``port`` of every address of this machine.  Raises ``OSError``."""
        self._socket = _bound(port)
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._readable)

    @property
    def number(self) -> int:
        """The port it got."""
        assert self._socket is not None
        number: int = self._socket.getsockname()[1]
        return number

    @property
    def peers_count(self) -> int:
        """Receivers that have an address."""
        return len(self._addresses)

    def close(self) -> None:
        """Stop listening."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def add(self, fragment: str, receiver: Receiver) -> None:
        """Checks that name ``fragment`` are for ``receiver`` from now on."""
        self._by_fragment[fragment] = receiver

    def remove(self, fragment: str) -> None:
        """The opposite."""
        self._by_fragment.pop(fragment, None)

    def forget(self, receiver: Receiver) -> None:
        """Drop whatever comes for this receiver."""
        for address in self._addresses.pop(receiver, ()):
            if self._by_address.get(address) is receiver:
                del self._by_address[address]

    def send(self, data: bytes, address: Address) -> bool:
        """Send at once or not at all: sound that waits is worth nothing."""
        if self._socket is None:
            return False
        try:
            self._socket.sendto(data, address)
        except OSError:  # the buffer is full, or there is no way there
            return False
        return True

    # Inside

    def _readable(self) -> None:
        assert self._socket is not None
        for _ in range(BURST):
            try:
                data, address = self._socket.recvfrom(MAX_DATAGRAM_BYTES)
            except BlockingIOError:
                return
            except OSError:  # an earlier datagram found nobody at its end
                continue
            try:
                self._received(data, address)
            except Exception:
                log.exception("datagram not handled")
            if self._socket is None:
                return  # what came made us close

    def _received(self, data: bytes, address: Address) -> None:
        kind = kind_of(data)
        if kind is Datagram.STUN:
            fragment = local_fragment(data)
            receiver = None if fragment is None else self._by_fragment.get(fragment)
            if receiver is not None and receiver.on_stun(data, address):
                self._know(address, receiver)
            return
        receiver = self._by_address.get(address)
        if receiver is None:
            return
        if kind is Datagram.RTP:
            receiver.on_rtp(data)
        elif kind is Datagram.RTCP:
            receiver.on_rtcp(data)
        elif kind is Datagram.DTLS:
            receiver.on_dtls(data, address)

    def _know(self, address: Address, receiver: Receiver) -> None:
        if self._by_address.get(address) is receiver:
            return
        self._by_address[address] = receiver
        known = self._addresses.setdefault(receiver, [])
        known.append(address)
        if len(known) > ADDRESSES_OF_PEER:
            oldest = known.pop(0)
            if self._by_address.get(oldest) is receiver:
                del self._by_address[oldest]


def plain_address(address: Address) -> tuple[str, int]:
    """Host and port, IPv4 as such where the socket takes both families."""
    host: str = address[0]
    return host.removeprefix("::ffff:") if host.startswith("::ffff:") else host, address[1]


def _bound(port: int) -> socket.socket:
    try:
        found = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        anywhere = "::"
    except OSError:  # no IPv6 in this system
        found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        anywhere = "0.0.0.0"  # noqa: S104 - voice is for whoever is in a party; others get no answer
    try:
        found.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            found.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
        found.bind((anywhere, port))
    except OSError:
        found.close()
        raise
    return found
