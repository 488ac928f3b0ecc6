"""Whether what is used of aiortc's and aioice's private parts does what it did when this was written.

A handshake in memory, a packet each way under its keys, an offer read, a connectivity check: 20 ms, once, before the first person talks.
"""

import asyncio
from typing import Any, Final

from aioice import stun
from aiortc import sdp
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsParameters, RTCDtlsTransport

from kernel.rtc.adapters.ice_lite import IceLite
from kernel.rtc.adapters.udp_port import Address, UdpPort
from kernel.rtc.rtp import AUDIO_LEVEL_URI, build_rtp

TIMEOUT_S: Final = 10.0

_SECTION: Final = (
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=ice-ufrag:abcd\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 {fingerprint}\r\na=setup:actpass\r\na=mid:{mid}\r\n"
    "a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na={direction}\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"
)


class DoesNotFit(Exception):
    """A library we stand on the private parts of is another one than we know: {what}."""


def sample_offer(fingerprint: str = ":".join(["00"] * 32)) -> str:
    """An offer like a browser's."""
    sections = "".join(
        _SECTION.format(fingerprint=fingerprint, mid=mid, direction="recvonly" if mid else "sendonly")
        for mid in range(4)
    )
    return f"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2 3\r\n{sections}"


class _Pipe:
    """One end of a network of two, as the DTLS sees it."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.other: _Pipe | None = None
        self.records: asyncio.Queue[bytes] = asyncio.Queue()

    async def _recv(self) -> bytes:
        return await self.records.get()

    async def _send(self, data: bytes) -> None:
        assert self.other is not None
        self.other.records.put_nowait(data)


class _Sent(UdpPort):
    """A port that keeps what is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[bytes, Address]] = []

    def send(self, data: bytes, address: Address) -> bool:
        self.sent.append((data, address))
        return True


async def check() -> None:
    """Raises DoesNotFit, or whatever the library raised; ``TimeoutError`` where it waits for something else than before."""
    async with asyncio.timeout(TIMEOUT_S):
        await _check_keys()
    _check_sdp()
    _check_ice()


async def _check_keys() -> None:
    server_end, client_end = _Pipe("controlled"), _Pipe("controlling")
    server_end.other, client_end.other = client_end, server_end
    ends: list[Any] = [
        RTCDtlsTransport(end, [RTCCertificate.generateCertificate()])  # type: ignore[arg-type]  # shaped like it
        for end in (server_end, client_end)
    ]
    server, client = ends
    server._set_role("server")
    client._set_role("client")
    server_says, client_says = server.getLocalParameters(), client.getLocalParameters()
    try:
        await asyncio.gather(server.start(client_says), client.start(server_says))
        if (server.state, client.state) != ("connected", "connected"):
            raise DoesNotFit("the DTLS handshake")
        packet = build_rtp(111, True, 1, 960, 7, b"sound")
        report = b"\x80\xc9\x00\x01\x00\x00\x00\x07"
        for sender, receiver in ((server, client), (client, server)):
            if receiver._rx_srtp.unprotect(sender._tx_srtp.protect(packet)) != packet:
                raise DoesNotFit("SRTP")
            if receiver._rx_srtp.unprotect_rtcp(sender._tx_srtp.protect_rtcp(report)) != report:
                raise DoesNotFit("SRTCP")
    finally:
        for end in ends:
            await end.stop()


def _check_sdp() -> None:
    found = sdp.SessionDescription.parse(sample_offer())
    [first, *_] = found.media
    assert first.ice is not None
    read = (first.kind, first.direction, first.rtp.muxId, first.ice.usernameFragment, first.dtls and first.dtls.role)
    if read != ("audio", "sendonly", "0", "abcd", "auto") or not first.rtcp_mux or len(found.media) != 4:
        raise DoesNotFit("SDP")
    if [(item.id, item.uri) for item in first.rtp.headerExtensions] != [(14, AUDIO_LEVEL_URI)]:
        raise DoesNotFit("SDP")
    first.ice.iceLite = True
    first.dtls = RTCDtlsParameters([], role="server")
    if any(
        line not in str(found) for line in ("a=ice-lite\r\n", "a=setup:passive\r\n", "a=extmap:14 ", "a=rtcp-mux\r\n")
    ):
        raise DoesNotFit("SDP")


def _check_ice() -> None:
    port = _Sent()
    ice = IceLite(port)
    ice.restart("theirs")
    check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    check.attributes |= {"USERNAME": f"{ice.fragment}:theirs", "PRIORITY": 1, "USE-CANDIDATE": None}
    check.add_message_integrity(ice.password.encode())
    if not ice.checked(bytes(check), ("192.0.2.1", 9)) or not ice.has_address:
        raise DoesNotFit("STUN")
    if stun.parse_message(port.sent[0][0]).attributes["XOR-MAPPED-ADDRESS"] != ("192.0.2.1", 9):
        raise DoesNotFit("STUN")
