"""Publishers and viewers of live channels, packet by packet and with encoders nobody here wrote."""

import asyncio
import datetime
import shutil
import signal
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typing_extensions import override

from tests.support.realtime.rtc_client import RawClient, attribute

H264, OPUS = 102, 111
KEY_FRAME = b"\x78\x00\x04\x67\x42\xe0\x1f\x00\x02\x68\xce"
"""STAP-A with a parameter set each (RFC 6184 §5.7.1), as browsers begin a key frame."""
PICTURE = b"\x41\x9a"

_SECTION = (
    "m={kind} 9 UDP/TLS/RTP/SAVPF {formats}\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=ice-ufrag:abcd\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 {fingerprint}\r\na=setup:{setup}\r\na=mid:{mid}\r\n"
    "a={direction}\r\n{codecs}"
)
CODECS = {
    "opus": (OPUS, "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"),
    "h264": (
        H264,
        "a=rtpmap:102 H264/90000\r\na=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n",
    ),
    "high": (
        108,
        "a=rtpmap:108 H264/90000\r\na=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640032\r\n",
    ),
    "vp8": (96, "a=rtpmap:96 VP8/90000\r\n"),
    "vp9": (98, "a=rtpmap:98 VP9/90000\r\n"),
    "pcmu": (0, "a=rtpmap:0 PCMU/8000\r\n"),
}


def live_offer(
    *sections: tuple[str, str],
    direction: str = "sendonly",
    setup: str = "actpass",
    fingerprint: str = ":".join(["00"] * 32),
) -> str:
    """An offer of sections (``audio`` or ``video``, names of codecs with spaces between); at first sound and pictures."""
    sections = sections or (("audio", "opus"), ("video", "vp8 h264"))
    parts = []
    for mid, (kind, names) in enumerate(sections):
        known = [CODECS[name] for name in names.split()]
        parts.append(
            _SECTION.format(
                kind=kind,
                formats=" ".join(str(number) for number, _ in known) or "0",
                fingerprint=fingerprint,
                setup=setup,
                mid=mid,
                direction=direction,
                codecs="".join(lines for _, lines in known),
            )
        )
    group = " ".join(str(mid) for mid in range(len(sections)))
    return f"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {group}\r\n{''.join(parts)}"


class LiveClient(RawClient):
    """The other end of a live session: sends and takes single packets."""

    def __init__(self, *sections: tuple[str, str], direction: str = "sendonly") -> None:
        super().__init__()
        self._sections = sections
        self._direction = direction
        self.session = ""
        self.etag = ""
        self.answer = ""
        self.received: list[bytes] = []
        self.reports: list[bytes] = []
        self.loses = 0
        """Which of the next packets is lost on the way; 0: none."""

    @property
    def offer(self) -> str:
        [sha256] = [found for found in self.certificate.getFingerprints() if found.algorithm == "sha-256"]
        return live_offer(*self._sections, direction=self._direction, fingerprint=sha256.value)

    async def post(self, client: Any, path: str, headers: Mapping[str, str] | None = None) -> int:
        """Offer, and connect where that is answered; the status."""
        response = await client.post(
            path, data=self.offer.encode(), headers={"Content-Type": "application/sdp", **(headers or {})}
        )
        if response.status != 201:
            return int(response.status)
        self.session, self.etag = response.headers["Location"], response.headers["ETag"]
        self.answer = await response.text()
        self.take(self.answer)
        await self.connect()
        asyncio.get_running_loop().add_reader(self.socket.fileno(), self._take_packets)
        return 201

    def _take_packets(self) -> None:
        while True:
            try:
                data = self.socket.recv(2048)
            except BlockingIOError:
                return
            if 20 <= data[0] <= 63:
                self._records.put_nowait(data)
            elif 128 <= data[0] <= 191 and 192 <= data[1] <= 223:
                self.reports.append(self.dtls._rx_srtp.unprotect_rtcp(data))
            elif 128 <= data[0] <= 191:
                self.loses -= 1
                if self.loses == 0:
                    continue
                self.received.append(self.unprotect(data))

    def send_media(
        self, payload_type: int, sequence: int, timestamp: int, payload: bytes, *, marker: bool = True, ssrc: int = 7
    ) -> None:
        """A protected packet."""
        second = payload_type | (0x80 if marker else 0)
        head = struct.pack("!BBHLL", 0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
        self.send(self.dtls._tx_srtp.protect(head + payload))

    def send_report(self, data: bytes) -> None:
        """A protected RTCP packet."""
        self.send(self.dtls._tx_srtp.protect_rtcp(data))

    def wants(self, fmt: int, kind: int = 206) -> list[bytes]:
        """Feedback of one kind that came (RFC 4585)."""
        return [one for one in self.reports if one[1] == kind and one[0] & 0x1F == fmt]

    async def until(self, condition: Any, timeout_s: float = 10) -> None:
        """Wait until ``condition()`` is true."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.socket.fileno())
        await super().close()


def certificate_files(folder: Path) -> dict[str, str]:
    """A certificate over P-256, which FFmpeg with GnuTLS does not make by itself, as options of its muxer."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "publisher")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=7))
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    return {"cert_file": str(folder / "cert.pem"), "key_file": str(folder / "key.pem")}


PUBLISH = """
import sys, time
from fractions import Fraction
import av, numpy as np
url, key, certificate, private = sys.argv[1:]
options = {"authorization": key, "cert_file": certificate, "key_file": private}
with av.open(url, "w", format="whip", options=options) as out:
    video = out.add_stream("libx264", rate=15)
    video.width, video.height, video.pix_fmt = 160, 120, "yuv420p"
    video.options = {"profile": "baseline", "bf": "0", "g": "15", "tune": "zerolatency", "preset": "ultrafast"}
    audio = out.add_stream("libopus", rate=48_000, layout="stereo")
    began, count = time.monotonic(), 0
    while True:
        time.sleep(max(began + count / 15 - time.monotonic(), 0))
        frame = av.VideoFrame.from_ndarray(np.full((120, 160, 3), count * 5 % 255, np.uint8), format="rgb24")
        frame.pts, frame.time_base = count, Fraction(1, 15)
        out.mux(video.encode(frame))
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 2 * 3_200), np.int16), format="s16", layout="stereo")
        sound.sample_rate, sound.pts, sound.time_base = 48_000, count * 3_200, Fraction(1, 48_000)
        out.mux(audio.encode(sound))
        count += 1
"""
"""PyAV holds the interpreter while it opens: a process of its own."""


class PublishingProgram:
    """A program that publishes in real time, as long as the block lasts."""

    def __init__(self, *command: str) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(*self._command)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    @property
    def returncode(self) -> int | None:
        """``None`` while it has not given up."""
        assert self._process is not None
        return self._process.returncode

    def ensure_running(self) -> None:
        """Fail where it has given up."""
        assert self.returncode is None


class FfmpegPublisher(PublishingProgram):
    """FFmpeg's own WHIP muxer."""

    def __init__(self, url: str, key: str, folder: Path) -> None:
        files = certificate_files(folder)
        super().__init__(sys.executable, "-c", PUBLISH, url, key, files["cert_file"], files["key_file"])


WHIP_CLIENT = shutil.which("whip-client")
"""Of Debian's package simple-whip-client: WHIP over GStreamer's webrtcbin and libnice."""
_GST_PICTURE = (
    "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=15/1 ! videoconvert ! "
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! video/x-h264,profile=constrained-baseline ! "
    "rtph264pay pt=96 ssrc=2 config-interval=-1 ! application/x-rtp,media=video,encoding-name=H264,payload=96"
)
_GST_SOUND = (
    "audiotestsrc is-live=true ! audioconvert ! audioresample ! opusenc ! "
    "rtpopuspay pt=100 ssrc=1 ! application/x-rtp,media=audio,encoding-name=OPUS,payload=100"
)


class GstreamerPublisher(PublishingProgram):
    """GStreamer's webrtcbin, where ``WHIP_CLIENT`` is installed."""

    def __init__(self, url: str, key: str, _folder: Path) -> None:
        assert WHIP_CLIENT is not None
        super().__init__(WHIP_CLIENT, "-u", url, "-t", key, "-A", _GST_SOUND, "-V", _GST_PICTURE)

    @override
    def ensure_running(self) -> None:
        if self.returncode == -signal.SIGTRAP:
            pytest.skip("GLib ended it: that of Debian 12 has one libsoup of its own and another one of libnice's")
        super().ensure_running()


__all__ = [
    "CODECS",
    "H264",
    "KEY_FRAME",
    "OPUS",
    "PICTURE",
    "WHIP_CLIENT",
    "FfmpegPublisher",
    "GstreamerPublisher",
    "LiveClient",
    "attribute",
    "live_offer",
]
