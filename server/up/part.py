"""One program of an installation: started, listened to, started again when it dies, and stopped."""

import asyncio
import contextlib
import os
import pwd
import re
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.markup import escape

from server.local_stack.service import dies_with_us
from server.up.restarts import GaveUp, Restarts
from server.up.terminal import MAX_LINE, Terminal

START_TIMEOUT_S: Final = 180.0
"""PostgreSQL may have a log to recover from; a start of seconds takes a minute where twenty programs want two processors."""
POLL_S: Final = 0.05
WATCH_S: Final = 0.1
"""Between two looks at whether a process lives."""
TAIL_LINES: Final = 15
"""Of a log, shown where its part is given up."""
READ_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is started, and how one knows that it works."""

    name: str
    command: Sequence[str]
    ready: Callable[[], Awaitable[bool]]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    """Besides our own."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 10.0
    """From the signal to SIGKILL."""
    user: pwd.struct_passwd | None = None
    """Whom to run it as; ``None``: us."""
    chatter: re.Pattern[str] | None = None
    """How lines of its log begin that nobody needs; they are shown only where the part is given up."""
    where: str = ""
    """Where it listens, for people."""


class Supervised:
    """A part that is kept running from :meth:`start` to :meth:`stop`."""

    def __init__(self, part: Part, terminal: Terminal, changed: Callable[[], None]) -> None:
        """``changed`` is called when its process is another one."""
        self.part = part
        self.restarts = Restarts()
        self._terminal = terminal
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._ready = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)

    @property
    def pid(self) -> int | None:
        """Of its process; ``None`` between two."""
        return None if self._process is None else self._process.pid

    @property
    def tail(self) -> list[str]:
        """The end of its log."""
        return list(self._tail)

    @property
    def task(self) -> asyncio.Task[None]:
        """Ends with :class:`GaveUp`, or after :meth:`stop`."""
        assert self._task is not None, "it was not started"
        return self._task

    def start(self) -> None:
        """Keep it running."""
        self._task = asyncio.create_task(self._keep(), name=self.part.name)

    async def until_ready(self) -> None:
        """Raises :class:`GaveUp` where it does not come to that."""
        waiting = asyncio.create_task(self._ready.wait())
        try:
            await asyncio.wait({waiting, self.task}, return_when=asyncio.FIRST_COMPLETED)
            if not self._ready.is_set():
                await self.task
                raise GaveUp
        finally:
            waiting.cancel()

    async def stop(self) -> None:
        """Ask it to end, and after its time make it; harmless when it does not run."""
        self._stopping = True
        if self._task is None:
            return
        process = self._process
        if process is None:
            self._task.cancel()
        else:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.part.stop_signal)
        _, pending = await asyncio.wait({self._task}, timeout=self.part.stop_timeout_s)
        if pending:
            self._terminal.say(f"[bold]{self.part.name}[/bold] does not end, and is killed", style="yellow")
            self.kill()
            await asyncio.wait({self._task}, timeout=5)

    def end_now(self) -> None:
        """Without asking, and for good."""
        self._stopping = True
        self.kill()

    def kill(self) -> None:
        """At once, with whatever it started."""
        if self._process is not None:
            _kill_group(self._process.pid)

    async def _keep(self) -> None:
        while not self._stopping:
            began_s = time.monotonic()
            code = await self._run()
            lived_s = time.monotonic() - began_s
            if self._stopping:
                return
            how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
            delay_s = self.restarts.died(lived_s=lived_s)
            self._terminal.say(
                f"✗ [bold]{self.part.name}[/bold] ended {how} after {lived_s:.1f} s, and is started again in {delay_s:g} s",
                style="yellow",
            )
            await asyncio.sleep(delay_s)

    async def _run(self) -> int:
        """One life; the exit code, negative for a signal."""
        part, began_s = self.part, time.monotonic()
        user = part.user
        process = await asyncio.create_subprocess_exec(
            *dies_with_us(part.stop_signal),
            *part.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=part.folder,
            env={**os.environ, **part.environment},
            process_group=0,  # Ctrl-C in a terminal reaches us alone, and we stop the parts in order
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
        self._process = process
        self._changed()
        assert process.stdout is not None
        reading = asyncio.create_task(self._read(process.stdout))
        waiting = asyncio.create_task(_ended(process))
        try:
            if await self._becomes_ready(waiting):
                again = " again" if self.restarts.was_ready else ""
                self.restarts.was_ready = True
                self._ready.set()
                self._terminal.say(f"[green]✓[/green] {part.name} is ready{again} ({time.monotonic() - began_s:.1f} s)")
            return await asyncio.shield(waiting)
        finally:
            self._ready.clear()
            # Of an nginx that was killed the workers live on, and hold its port.
            _kill_group(process.pid)
            await process.wait()
            self._process = None
            self._changed()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reading, 2)

    async def _becomes_ready(self, ended: asyncio.Task[int]) -> bool:
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not ended.done() and not self._stopping:
            if await self.part.ready():
                return not ended.done()
            if time.monotonic() > deadline_s:
                self._terminal.say(f"{self.part.name} is not ready after {START_TIMEOUT_S:g} s", style="yellow")
                self.kill()
                return False
            await asyncio.wait({ended}, timeout=POLL_S)
        return False

    async def _read(self, stream: asyncio.StreamReader) -> None:
        left = b""
        while data := await stream.read(READ_BYTES):
            *lines, left = (left + data).split(b"\n")
            if len(left) > MAX_LINE:
                lines, left = [*lines, left], b""
            for line in lines:
                self._heard(line)
        if left:
            self._heard(left)

    def _heard(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip("\r")
        self._tail.append(escape(text))
        if self.part.chatter is None or self.part.chatter.match(text) is None:
            self._terminal.line(self.part.name, text)


async def _ended(process: asyncio.subprocess.Process) -> int:
    """Its exit code.  ``process.wait()`` waits for whoever has its output as well, as the workers of a killed nginx have."""
    while process.returncode is None:  # noqa: ASYNC110 - asyncio has no event for it
        await asyncio.sleep(WATCH_S)
    return process.returncode


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
