"""ICE for one peer, lite (RFC 8445 §2.5): the browser checks, we answer, and send to where it last asked us to.

Shaped like the ``RTCIceTransport`` that aiortc's DTLS stands on.
"""

import asyncio
import secrets
import struct
from typing import Final

from aioice import stun

from kernel.rtc.adapters.udp_port import Address, UdpPort, plain_address

FRAGMENT_BYTES: Final = 6
PASSWORD_BYTES: Final = 18
"""8 and 24 characters of base64: RFC 8445 §5.3 asks for 24 and 128 bits of chance at least."""
MAX_WAITING: Final = 32
"""DTLS records of a handshake that wait for us; a whole flight has fewer than ten."""

_ALPHABET: Final = str.maketrans("-_", "+/")


class IceLite:
    """See the module."""

    role = "controlled"

    def __init__(self, port: UdpPort) -> None:
        self._port = port
        self.fragment = self.password = ""
        self._remote_fragment = ""
        self._address: Address | None = None
        self._records: asyncio.Queue[bytes | None] = asyncio.Queue(MAX_WAITING)
        self._closed = False
        self.reachable = asyncio.Event()
        """Set once a check has got through."""
        self.heard_at_s = asyncio.get_running_loop().time()
        """When something of the peer last came, in the loop's time."""

    @property
    def has_address(self) -> bool:
        """Whether a check has got through."""
        return self._address is not None

    @property
    def remote_address(self) -> tuple[str, int] | None:
        """Where the peer's packets come from; that of its relay where it has one."""
        return None if self._address is None else plain_address(self._address)

    def restart(self, remote_fragment: str) -> str:
        """New credentials of ours for these of theirs; the fragment that is good no more."""
        before, self._remote_fragment = self.fragment, remote_fragment
        self.fragment = secrets.token_urlsafe(FRAGMENT_BYTES).translate(_ALPHABET)
        self.password = secrets.token_urlsafe(PASSWORD_BYTES).translate(_ALPHABET)
        return before

    def take_remote(self, remote_fragment: str) -> bool:
        """Credentials that answer ours, which were told first; false where ours were not waiting for any."""
        waiting = bool(self.fragment) and not self._remote_fragment
        if waiting:
            self._remote_fragment = remote_fragment
        return waiting

    def is_restart(self, remote_fragment: str) -> bool:
        """Whether an offer with this fragment begins anew."""
        return remote_fragment != self._remote_fragment

    def checked(self, data: bytes, address: Address) -> bool:
        """Answer a connectivity check (RFC 8445 §7.3); true where it has proved to be from our peer."""
        try:
            request = stun.parse_message(data)
        except (ValueError, KeyError, IndexError, struct.error):
            return False
        username = f"{self.fragment}:{self._remote_fragment}"
        if request.attributes.get("USERNAME") != username or "MESSAGE-INTEGRITY" not in request.attributes:
            return False
        if not request.check_message_integrity(self.password.encode()):
            return False
        if "ICE-CONTROLLED" in request.attributes:  # §7.3.1.1: a lite agent leads never
            answer = stun.Message(stun.Method.BINDING, stun.Class.ERROR, request.transaction_id)
            answer.attributes["ERROR-CODE"] = (487, "Role Conflict")
        else:
            answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
            answer.attributes["XOR-MAPPED-ADDRESS"] = plain_address(address)
            if "USE-CANDIDATE" in request.attributes or self._address is None:
                self._address = address
        answer.add_message_integrity(self.password.encode())
        if self._address is not None:
            self.reachable.set()
        self._port.send(bytes(answer), address)
        self.heard_at_s = asyncio.get_running_loop().time()
        return True

    def put(self, record: bytes) -> None:
        """A DTLS record came; one too many is dropped, as the network might have."""
        if not self._records.full():
            self._records.put_nowait(record)

    def send_now(self, data: bytes) -> bool:
        """Send to the peer; false where that is not possible now."""
        return self._address is not None and self._port.send(data, self._address)

    def close(self) -> None:
        """Whoever waits for a record waits no longer."""
        self._closed = True
        if self._records.full():
            self._records.get_nowait()
        self._records.put_nowait(None)

    # What aiortc's RTCDtlsTransport asks of its transport

    async def _recv(self) -> bytes:
        record = None if self._closed else await self._records.get()
        if record is None:
            raise ConnectionError
        return record

    async def _send(self, data: bytes) -> None:
        self.send_now(data)
