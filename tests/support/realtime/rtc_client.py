"""The other end of a voice connection, packet by packet: what a browser would send, or would never send."""

import asyncio
import secrets
import socket
import struct
from typing import Any

from aioice import stun
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from kernel.rtc.adapters.selftest import sample_offer

LEVEL_ID = 14
"""Of the audio level extension in :func:`sample_offer`."""
OPUS = 111


def attribute(sdp: str, name: str) -> str:
    """The first value of an attribute."""
    return next(line.partition(":")[2] for line in sdp.splitlines() if line.startswith(f"a={name}:"))


class RawClient:
    """ICE as the controlling side, DTLS as the client, SRTP by hand, over one socket of loopback."""

    role = "controlling"

    def __init__(self) -> None:
        self.certificate = RTCCertificate.generateCertificate()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind(("127.0.0.1", 0))
        self.dtls: Any = RTCDtlsTransport(self, [self.certificate])  # type: ignore[arg-type]  # shaped like its transport
        self.dtls._set_role("client")
        self.server = ("127.0.0.1", 0)
        self.fragment, self.password = "", ""
        self.ssrc = secrets.randbelow(2**32)
        self._records: asyncio.Queue[bytes] = asyncio.Queue()

    @property
    def offer(self) -> str:
        """Like a browser's, with this client's certificate."""
        [sha256] = [found for found in self.certificate.getFingerprints() if found.algorithm == "sha-256"]
        return sample_offer(sha256.value)

    def take(self, answer: str) -> None:
        """Where the server is, and its credentials."""
        self.fragment, self.password = attribute(answer, "ice-ufrag"), attribute(answer, "ice-pwd")
        self.server = ("127.0.0.1", int(attribute(answer, "candidate").split()[5]))
        algorithm, value = attribute(answer, "fingerprint").split()
        self.theirs = RTCDtlsParameters([RTCDtlsFingerprint(algorithm, value)])

    def check(self, *, password: str | None = None, username: str | None = None) -> bytes:
        """A connectivity check."""
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes |= {"USERNAME": username or f"{self.fragment}:abcd", "PRIORITY": 1, "USE-CANDIDATE": None}
        message.add_message_integrity((password or self.password).encode())
        return bytes(message)

    async def connect(self) -> None:
        """A check, and the handshake; the keys are there when this returns."""
        loop = asyncio.get_running_loop()
        self.send(self.check())
        stun.parse_message(await loop.sock_recv(self.socket, 2048))
        loop.add_reader(self.socket.fileno(), self._readable)
        try:
            await self.dtls.start(self.theirs)
        finally:
            loop.remove_reader(self.socket.fileno())
        assert self.dtls.state == "connected"

    def send(self, data: bytes) -> None:
        """To the server, as it is."""
        self.socket.sendto(data, self.server)

    def rtp(self, sequence: int, *, payload: bytes = b"x" * 80, level: int = 20, payload_type: int = OPUS) -> bytes:
        """A protected packet of sound."""
        head = struct.pack("!BBHLL", 0x90, payload_type, sequence & 0xFFFF, sequence * 960 & 0xFFFFFFFF, self.ssrc)
        extension = struct.pack("!HHBB2x", 0xBEDE, 1, LEVEL_ID << 4, level)
        protected: bytes = self.dtls._tx_srtp.protect(head + extension + payload)
        return protected

    def unprotect(self, data: bytes) -> bytes:
        """A packet of the server's."""
        plain: bytes = self.dtls._rx_srtp.unprotect(data)
        return plain

    async def close(self) -> None:
        """Without a goodbye."""
        if self.dtls._task is not None:
            self.dtls._task.cancel()
        self.socket.close()

    def _readable(self) -> None:
        data = self.socket.recv(2048)
        if 20 <= data[0] <= 63:
            self._records.put_nowait(data)

    async def _recv(self) -> bytes:
        return await self._records.get()

    async def _send(self, data: bytes) -> None:
        self.send(data)
