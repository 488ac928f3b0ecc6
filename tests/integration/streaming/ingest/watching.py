"""What a player shows and plays of an asset."""

import array
import subprocess
from pathlib import Path

from tests.integration.streaming.ingest.conftest import TOOLS

Colour = tuple[int, int, int]


def decoded(playlist: Path, *arguments: str) -> bytes:
    """All of ``playlist`` through ffmpeg, as raw bytes."""
    command = [TOOLS.ffmpeg, "-v", "error", "-nostdin", "-i", str(playlist), *arguments, "-"]
    return subprocess.run(command, capture_output=True, timeout=60, check=True).stdout


def first_picture(playlist: Path) -> bytes:
    """The first picture in R, G, B, read as its tags say."""
    to_rgb = "scale=out_range=pc:flags=accurate_rnd+full_chroma_int,format=rgb24"
    return decoded(playlist, "-frames:v", "1", "-vf", to_rgb, "-f", "rawvideo")


def tags(playlist: Path) -> list[str]:
    """Range, matrix, transfer and primaries, as tagged."""
    entries = "stream=color_range,color_space,color_transfer,color_primaries"
    command = [TOOLS.ffprobe, "-v", "error", "-select_streams", "v:0", "-show_entries", entries, "-of", "csv=p=0"]
    done = subprocess.run([*command, str(playlist)], capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split("\n", 1)[0].split(",")


def colours(playlist: Path, width: int, height: int, patches: int) -> list[Colour]:
    """The middles of ``patches`` columns of equal width."""
    picture = first_picture(playlist)
    found = []
    for patch in range(patches):
        x = width * (2 * patch + 1) // (2 * patches)
        at = (height // 2 * width + x) * 3
        red, green, blue = picture[at : at + 3]
        found.append((red, green, blue))
    return found


def flashes_s(playlist: Path, fps: float) -> list[float]:
    """When the picture turns white."""
    greys = decoded(playlist, "-vf", "scale=1:1,format=gray", "-f", "rawvideo")
    return [at / fps for at, grey in enumerate(greys) if grey > 200 and (at == 0 or greys[at - 1] <= 200)]


def clicks_s(playlist: Path) -> list[float]:
    """When sound comes after half a second of silence."""
    samples = array.array("h", decoded(playlist, "-f", "s16le", "-ac", "1", "-ar", "48000"))
    found: list[float] = []
    heard = -24_000
    for at, sample in enumerate(samples):
        if abs(sample) > 3000:
            if at - heard >= 24_000:
                found.append(at / 48_000)
            heard = at
    return found


def length_s(playlist: Path) -> float:
    """The sum of its segments."""
    lines = playlist.read_text().splitlines()
    return sum(float(line[8:].rstrip(",")) for line in lines if line.startswith("#EXTINF:"))
