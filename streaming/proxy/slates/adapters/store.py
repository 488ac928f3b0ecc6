"""Slates, made: drawn with Pillow, encoded once for each format and length with the ingest's ffmpeg, and kept in the storage."""

import asyncio
import contextlib
import secrets
import shutil
import time
from collections import OrderedDict
from pathlib import Path
from typing import Final

import structlog
from PIL import Image, ImageDraw, ImageFont

from kernel.concurrency.tasks import TaskSet
from kernel.errors import NotFound
from kernel.storage import LocalStorage
from streaming.ingest.ffmpeg.processes import ProcessStuck, ProcessTalkative, Tools, run
from streaming.proxy.slates.clock import packed_audio, shift_mp4, shift_ts, timescales_of
from streaming.proxy.slates.stream_format import MAX_SLATE_S, StreamFormat

log = structlog.get_logger()

#: A picture that does not move needs few frames; more than one, so that a decoder that drops the first shows the next.
_FRAME_RATE: Final = 10
_SAMPLE_RATE_HZ: Final = 48_000
#: The length that shows whether a format can be made, and whose initialisation section all of that format share.
_PROOF_MS: Final = 2000
#: One still picture takes a fifth of a second; a machine at its limit may take fifty times as long.
_ENCODE_TIMEOUT_S: Final = 20.0
#: Whoever asks for a playlist waits no longer for the proof than a player waits for a playlist anyway.
PROOF_WAIT_S: Final = 5.0
#: After a failure the format gets gaps for so long.
_FAILED_FOR_S: Final = 600.0
#: Encoded slates kept in memory, about 30 KB each.
_KEPT: Final = 128
#: Slates on disk older than this go, used or not: one that is still needed is made anew in a fifth of a second.
KEPT_S: Final = 30 * 86_400.0
_PREFIX: Final = "slate-"
_SUBTITLES: Final = b"WEBVTT\n\n"
_ENDINGS: Final = {"ts": "ts", "mp4": "m4s", "vtt": "vtt"}
_TYPES: Final = {
    "ts": "video/mp2t",
    "m4s": "video/mp4",
    "mp4": "video/mp4",
    "vtt": "text/vtt",
    "aac": "audio/aac",
    "ac3": "audio/ac3",
}
_INK: Final = (214, 218, 230)
_TOP: Final = (16, 18, 34)
_BOTTOM: Final = (44, 34, 66)


class SlateMissing(NotFound):
    """There is no such slate."""


class SlateStore:
    """The slates of one process."""

    def __init__(self, storage: LocalStorage, *, tools: Tools | None = None) -> None:
        self._storage = storage
        self._tools = tools
        self._made: OrderedDict[tuple[str, int], tuple[bytes, bytes]] = OrderedDict()
        self._making: dict[tuple[str, int], asyncio.Task[tuple[bytes, bytes] | None]] = {}
        self._failed_until_s: dict[str, float] = {}
        self._encoder = asyncio.Semaphore(1)  # of one core; viewers' players buffer ahead, and are in no hurry
        self._tasks = TaskSet("slates")

    async def close(self) -> None:
        """Cancel what is being encoded."""
        await self._tasks.close()

    async def can_make(self, stream_format: StreamFormat) -> bool:
        """Whether slates of this format exist, trying it once; ``False`` as well when that takes too long just now."""
        if stream_format.container == "vtt":
            return True
        if time.monotonic() < self._failed_until_s.get(stream_format.name, 0.0):
            return False
        try:
            async with asyncio.timeout(PROOF_WAIT_S):
                await self._get(stream_format, _PROOF_MS)
        except (SlateMissing, TimeoutError):
            return False
        return True

    async def segment(self, stream_format: StreamFormat, duration_ms: int, start_ms: int) -> bytes:
        """A slate of that length whose clock begins at ``start_ms``.  Raises :class:`SlateMissing`."""
        if stream_format.container == "vtt":
            return _SUBTITLES
        if not 0 < duration_ms <= MAX_SLATE_S * 1000:
            raise SlateMissing
        if stream_format.still:
            duration_ms = _PROOF_MS  # how long a single picture is shown is up to who seeks
        _, media = await self._get(stream_format, duration_ms)
        start_s = start_ms / 1000
        if stream_format.container == "mp4":
            init, _ = await self._get(stream_format, _PROOF_MS)
            return shift_mp4(media, start_s, timescales_of(init))
        return shift_ts(media, start_s) if stream_format.container == "ts" else packed_audio(media, start_s)

    async def init(self, stream_format: StreamFormat) -> bytes:
        """The initialisation section of all slates of a format.  Raises :class:`SlateMissing`."""
        init, _ = await self._get(stream_format, _PROOF_MS)
        if not init:
            raise SlateMissing
        return init

    async def _get(self, stream_format: StreamFormat, duration_ms: int) -> tuple[bytes, bytes]:
        key = (stream_format.name, duration_ms)
        if (made := self._made.get(key)) is not None:
            self._made.move_to_end(key)
            return made
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = self._tasks.spawn(
                self._make(stream_format, duration_ms), name=f"slate {stream_format.name}"
            )
            task.add_done_callback(lambda done: (self._making.pop(key, None), done.cancelled() or done.exception()))
        if (made := await asyncio.shield(task)) is None:
            raise SlateMissing
        return made

    async def _make(self, stream_format: StreamFormat, duration_ms: int) -> tuple[bytes, bytes] | None:
        key = f"{_PREFIX}{stream_format.name}-{duration_ms}"
        try:
            async with self._encoder:
                if not await self._storage.exists(key):
                    await self._encode(stream_format, duration_ms, key)
            made = await asyncio.to_thread(_read_again, self._storage.path(key))
        except (OSError, ValueError, ProcessStuck, ProcessTalkative) as error:
            log.warning("no slate could be made", stream_format=stream_format.name, reason=str(error))
            self._failed_until_s[stream_format.name] = time.monotonic() + _FAILED_FOR_S
            return None
        self._made[stream_format.name, duration_ms] = made
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)
        return made

    async def _encode(self, stream_format: StreamFormat, duration_ms: int, key: str) -> None:
        # A place of our own: another process may be at the same at this moment, for viewers of the same ad.
        staging = self._storage.staging(f"{key}-{secrets.token_hex(4)}")
        await asyncio.to_thread(_begin, staging, stream_format)
        try:
            tools = self._tools or Tools.bundled()
            outcome = await run(
                _command(tools.ffmpeg, stream_format, duration_ms), cwd=staging, timeout_s=_ENCODE_TIMEOUT_S
            )
            if outcome.status != 0:
                raise ValueError("; ".join(outcome.stderr[-3:]))
            await asyncio.to_thread(_finish, staging, stream_format)
            if not await self._storage.exists(key):
                try:
                    await self._storage.publish(staging, key)
                except OSError:
                    if not await self._storage.exists(key):
                        raise
                    # Another process was faster by less than it takes to look; its slate is the same.
        finally:
            await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)


async def remove_old(storage: LocalStorage) -> int:
    """Remove slates that were made long ago, and what was begun and never finished; how many."""
    return await asyncio.to_thread(_remove_old, storage.staging("any").parent, storage.path("any").parent)


def _remove_old(*folders: Path) -> int:
    removed, limit_s = 0, time.time() - KEPT_S
    for folder in folders:
        for old in folder.glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):  # somebody else was faster
                if old.stat().st_mtime < limit_s:
                    shutil.rmtree(old)
                    removed += 1
    return removed


def ending(stream_format: StreamFormat, *, init: bool = False) -> str:
    """What the name of such a file ends in."""
    if init:
        return "mp4"
    return _ENDINGS.get(stream_format.container) or {"ac3": "ac3", "eac3": "ec3"}.get(stream_format.audio, "aac")


def media_type(name_ending: str) -> str:
    """The Content-Type of a slate by its ending."""
    return _TYPES.get(name_ending, "application/octet-stream")


def _command(ffmpeg: str, stream_format: StreamFormat, duration_ms: int) -> list[str]:
    """One GOP of equal frames that are exactly as long as wanted, and silence.

    The frame rate would be in the stream headers and make every length another initialisation section, so it is written over.
    """
    frames = 1 if stream_format.still else max(1, round(duration_ms * _FRAME_RATE / 1000))
    seconds = f"{duration_ms / 1000:.3f}"
    command = [ffmpeg, "-hide_banner", "-loglevel", "error", "-nostdin", "-y", "-threads", "1"]
    if stream_format.video:
        command += [
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-video_size",
            f"{stream_format.width_px}x{stream_format.height_px}",
        ]
        command += ["-framerate", f"{frames * 1000}/{duration_ms}", "-stream_loop", "-1", "-i", "picture"]
    if stream_format.audio:
        layout = "mono" if stream_format.channels == 1 else "stereo"
        command += ["-f", "lavfi", "-t", seconds, "-i", f"anullsrc=r={_SAMPLE_RATE_HZ}:cl={layout}"]
    if stream_format.video:
        command += [
            "-frames:v",
            str(frames),
            "-fps_mode",
            "passthrough",
            "-pix_fmt",
            "yuv420p",
            "-g",
            str(frames),
            "-bf",
            "0",
        ]
        if stream_format.video == "h264":
            command += ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage", "-level", "4.2"]
            command += ["-bsf:v", f"h264_metadata=tick_rate={2 * _FRAME_RATE}:fixed_frame_rate_flag=0"]
        else:
            command += [
                "-c:v",
                "libx265",
                "-preset",
                "ultrafast",
                "-tag:v",
                "hvc1",
                "-x265-params",
                "log-level=none:info=0",
            ]
            command += ["-bsf:v", f"hevc_metadata=tick_rate={_FRAME_RATE}"]
    if stream_format.audio:
        command += ["-c:a", stream_format.audio, "-b:a", "64k" if stream_format.audio == "aac" else "96k"]
        if stream_format.channels > 2:
            command += ["-ac", str(stream_format.channels)]
    command += ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    match stream_format.container:
        case "mp4":
            flags = "+empty_moov+default_base_moof+frag_keyframe+skip_trailer"
            command += ["-movflags", flags, "-use_editlist", "0", "-avoid_negative_ts", "make_zero", "-f", "mp4"]
            command += ["-video_track_timescale", "90000"] if stream_format.video else []
        case "packed":
            command += ["-f", "adts" if stream_format.audio == "aac" else stream_format.audio]
        case _:
            command += ["-muxdelay", "0", "-muxpreload", "0", "-f", "mpegts"]
    return [*command, "whole"]


def _begin(staging: Path, stream_format: StreamFormat) -> None:
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    if stream_format.video:
        (staging / "picture").write_bytes(draw(stream_format.width_px, stream_format.height_px).tobytes())


def _finish(staging: Path, stream_format: StreamFormat) -> None:
    whole = (staging / "whole").read_bytes()
    if not whole:
        raise ValueError("nothing was encoded")
    first = 0
    if stream_format.container == "mp4":
        first = whole.index(b"moof") - 4
        (staging / "init").write_bytes(whole[:first])
    (staging / "media").write_bytes(whole[first:])
    (staging / "whole").unlink()
    (staging / "picture").unlink(missing_ok=True)


def _read_again(folder: Path) -> tuple[bytes, bytes]:
    try:
        return _read(folder)
    except FileNotFoundError:
        return _read(folder)  # replaced at this moment, by one that is equal


def _read(folder: Path) -> tuple[bytes, bytes]:
    init = folder / "init"
    return (init.read_bytes() if init.exists() else b""), (folder / "media").read_bytes()


def draw(width_px: int, height_px: int) -> Image.Image:
    """The picture: a dusky field, and a word that the programme goes on."""
    scale = Image.linear_gradient("L").resize((width_px, height_px))
    picture = Image.composite(Image.new("RGB", scale.size, _BOTTOM), Image.new("RGB", scale.size, _TOP), scale)
    pen = ImageDraw.Draw(picture)
    short_px = min(width_px, height_px)
    for text, size, line in (("Ani", 0.16, 0.44), ("Back in a moment", 0.065, 0.62)):
        font = ImageFont.load_default(max(8, round(short_px * size)))
        pen.text((width_px / 2, height_px * line), text, fill=_INK, font=font, anchor="mm")
    return picture
