"""What a slate must be like where no playlist says so: learned from the beginning of a segment of the programme.

A source that is one media playlist, or whose variants have no ``CODECS``, still shows players what it is with its first segment.  So
its first half megabyte is fetched, deciphered, and described by ffprobe: once for a rendition, in a process of its own, and told which
format it is, for a "segment" may as well be a playlist that names other addresses.
"""

import asyncio
import json
import re
import tempfile
import time
from collections import OrderedDict
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import structlog
from aiohttp import ClientError
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from kernel.errors import AniError
from streaming.ingest.ffmpeg.processes import ProcessStuck, ProcessTalkative, Tools, run
from streaming.proxy.playlist.attributes import attribute_values
from streaming.proxy.playlist.playlist import ByteRange, Playlist, Segment
from streaming.proxy.playlist.rewrite import Rewriter
from streaming.proxy.playlist.tag_values import IDENTITY
from streaming.proxy.slates.stream_format import Container, StreamFormat, format_within, is_of_stills
from streaming.proxy.upstream.adapters.fetch import Fetcher, Upstream
from streaming.proxy.upstream.url_policy import MAX_KEY_BYTES

log = structlog.get_logger()

#: The tables of a transport stream and the parameter sets of its picture stand at its beginning; sound follows within a second.
_PREFIX_BYTES: Final = 512 * 1024
#: Whoever asks for a playlist waits no longer for this than a player waits for a playlist anyway.
_WAIT_S: Final = 5.0
#: ffprobe needs 50 ms for this; a machine at its limit may take fifty times as long.
_PROBE_TIMEOUT_S: Final = 3.0
#: After a failure the rendition gets gaps for so long.
_FAILED_FOR_S: Final = 60.0
#: Renditions remembered: some hundred sources with all their qualities and languages, a hundred bytes each.
_KEPT: Final = 1024
#: Probes at a time: each is a process, and the other core has viewers to serve.
_PROBES: Final = 2
#: A key is asked for by every viewer within the minute.
_KEY_FRESH_S: Final = 60.0
_BLOCK_BYTES: Final = 16
_NUMBER: Final = re.compile(r"[0-9]{1,19}")
_TS_PACKET: Final = 188
_FORMATS: Final = {"ts": "mpegts", "mp4": "mov"}
_FIRST_BOXES: Final = (b"ftyp", b"styp", b"moov", b"moof", b"sidx", b"emsg", b"prft", b"free")


class FormatProbe:
    """The stream formats of renditions that do not say what they are."""

    def __init__(self, fetcher: Fetcher, *, tools: Tools | None = None) -> None:
        self._fetcher = fetcher
        self._tools = tools
        self._known: OrderedDict[tuple[str, str], tuple[str, StreamFormat | None, float]] = OrderedDict()
        self._probing = asyncio.Semaphore(_PROBES)

    def forget(self, key: str) -> None:
        """A source was changed or removed."""
        for known in [known for known in self._known if known[0] == key]:
            del self._known[known]

    async def stream_format(
        self, upstream: Upstream, url: str, playlist: Playlist, rewriter: Rewriter, cut: Collection[int]
    ) -> StreamFormat | None:
        """What the programme of the media playlist at ``url`` is made of; ``None`` where no slate fits, or nothing can be learned now.

        ``rewriter``: of this playlist, for its addresses.  ``cut``: indexes of the segments that are no programme.
        """
        programme = next((s for s in playlist.segments if s.index not in cut and not s.gap), None)
        known = self._known.get((upstream.key, url))
        if known is not None and (programme is None or known[0] == programme.map_value):
            self._known.move_to_end((upstream.key, url))
            if known[1] is not None or time.monotonic() < known[2]:
                return known[1]
        if programme is None:
            return None  # a window of nothing but ads: there is a time after it
        stream_format = None
        try:
            async with asyncio.timeout(_WAIT_S), self._probing:
                stream_format = await self._learn(upstream, rewriter, programme, stills=is_of_stills(playlist))
        except (AniError, ClientError, TimeoutError, OSError, ValueError, ProcessStuck, ProcessTalkative) as error:
            log.info("nothing learned from a segment", source_id=upstream.key, reason=type(error).__name__)
        self._known[upstream.key, url] = (programme.map_value, stream_format, time.monotonic() + _FAILED_FOR_S)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return stream_format

    async def _learn(
        self, upstream: Upstream, rewriter: Rewriter, segment: Segment, *, stills: bool
    ) -> StreamFormat | None:
        begin = await self._beginning(upstream, rewriter.absolute(segment.uri), segment.byterange)
        head = b""
        if segment.map_value:
            attributes = attribute_values(segment.map_value)
            part = _part_of(attributes.get("BYTERANGE", ""))
            head = await self._beginning(upstream, rewriter.absolute(attributes.get("URI", "")), part)
        key = next((key for key in segment.keys if key.method == "AES-128" and key.format == IDENTITY), None)
        if key is not None:
            found = await self._fetcher.document(
                upstream, rewriter.absolute(key.uri), fresh_s=_KEY_FRESH_S, limit=MAX_KEY_BYTES
            )
            iv = int(key.iv, 16) if key.iv else segment.msn
            begin = _deciphered(begin, found.body, iv)
            if head and container_of(head) is None:  # as far as a key before it goes (RFC 8216 section 4.3.2.5)
                head = _deciphered(head, found.body, iv)
        container = container_of(head or begin)
        if container is None or (container == "mp4") != bool(segment.map_value):
            return None  # nothing we know; or fragments without an initialisation section, or tables kept apart
        stream_format = await self._described(head + begin, container)
        if stream_format is None or not stills:
            return stream_format
        return (
            StreamFormat(container, stream_format.video, stream_format.width_px, stream_format.height_px, still=True)
            if stream_format.video
            else None
        )

    async def _beginning(self, upstream: Upstream, url: str, part: ByteRange | None) -> bytes:
        first = part.offset if part is not None else 0
        length = min(part.length, _PREFIX_BYTES) if part is not None else _PREFIX_BYTES
        wanted = {"Range": f"bytes={first}-{first + length - 1}"}
        data = bytearray()
        async with self._fetcher.stream(upstream, url, wanted) as response:
            skip = first if response.status == 200 else 0
            if response.status not in (200, 206) or skip > _PREFIX_BYTES:
                raise ValueError(f"status {response.status}")
            async for chunk in response.content.iter_chunked(64 * 1024):
                data += chunk
                if len(data) >= skip + length:
                    break
        return bytes(data[skip : skip + length])

    async def _described(self, data: bytes, container: Container) -> StreamFormat | None:
        form = _FORMATS.get(container)
        if form is None:
            data = _after_tag(data)
            form = "aac" if data[:1] == b"\xff" else "eac3" if data[5] >> 3 > 10 else "ac3"  # ATSC A/52 annex E: bsid
        with tempfile.TemporaryDirectory(prefix="ani-probe-") as folder:
            path = Path(folder) / "segment"
            await asyncio.to_thread(path.write_bytes, data)
            tools = self._tools or Tools.bundled()
            command = [tools.ffprobe, "-v", "error", "-protocol_whitelist", "file", "-f", form]
            command += ["-show_entries", "stream=codec_type,codec_name,width,height,channels", "-of", "json"]
            outcome = await run([*command, "-i", f"file:{path}"], cwd=path.parent, timeout_s=_PROBE_TIMEOUT_S)
        report: dict[str, Any] = json.loads(outcome.stdout or b"{}")
        videos, audios = [], []
        for stream in report.get("streams", ()):
            name = str(stream.get("codec_name", ""))
            if stream.get("codec_type") == "video":
                videos.append((name, int(stream.get("width") or 0), int(stream.get("height") or 0)))
            elif stream.get("codec_type") == "audio":
                audios.append((name, int(stream.get("channels") or 0)))
        return format_within(container, videos, audios)


def container_of(data: bytes) -> Container | None:
    """What a media segment is by its first bytes (RFC 8216 section 3)."""
    if data[:1] == b"\x47" and data[_TS_PACKET : _TS_PACKET + 1] in (b"\x47", b""):
        return "ts"
    if data[4:8] in _FIRST_BOXES:
        return "mp4"
    rest = _after_tag(data)
    is_adts = len(rest) > 1 and rest[0] == 0xFF and rest[1] & 0xF6 == 0xF0
    return "packed" if len(rest) > 5 and (is_adts or rest[:2] == b"\x0b\x77") else None


def _part_of(text: str) -> ByteRange | None:
    """The ``BYTERANGE`` of an ``EXT-X-MAP``, whose offset is 0 where none is stated (RFC 8216 section 4.3.2.5)."""
    length, _, offset = text.partition("@")
    if not _NUMBER.fullmatch(length) or not _NUMBER.fullmatch(offset or "0"):
        return None
    return ByteRange(int(length), int(offset or "0"), implicit=not offset)


def _after_tag(data: bytes) -> bytes:
    """Packed audio without the ID3 tag before it."""
    if data[:3] != b"ID3" or len(data) < 10:
        return data
    length = 0
    for byte in data[6:10]:
        length = length << 7 | byte & 0x7F
    return data[10 + length :]


def _deciphered(data: bytes, key: bytes, iv: int) -> bytes:
    """The beginning of what was enciphered with AES-128-CBC; raises ``ValueError`` for a key that is none."""
    if len(key) != _BLOCK_BYTES or iv >= 1 << 128:
        raise ValueError("not a key")
    whole = data[: len(data) // _BLOCK_BYTES * _BLOCK_BYTES]
    return Cipher(algorithms.AES(key), modes.CBC(iv.to_bytes(_BLOCK_BYTES, "big"))).decryptor().update(whole)
