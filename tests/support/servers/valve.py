"""A way to a service on this machine that can be closed in the middle of whatever passes."""

import asyncio
import contextlib
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

CHUNK_BYTES: Final = 16 * 1024


class Valve:
    """Passes bytes on to ``target``, ``http://host:port``; :attr:`url` is where to."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 80)
        self._left_bytes: int | None = None
        self.closed = asyncio.Event()
        """Nothing passes any more, and somebody waits."""
        self._open = asyncio.Event()
        self._open.set()
        self._connections = set[asyncio.Task[None]]()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def close_after(self, sent_bytes: int) -> None:
        """Pass on so many bytes more towards the target, and then none in either direction."""
        self._left_bytes = sent_bytes

    def open(self) -> None:
        """Pass everything on again, what waits first."""
        self._left_bytes = None
        self._open.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            answers, asks = await asyncio.open_connection(*self._target)
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pass(reader, asks, counted=True))
                    both.create_task(self._pass(answers, writer, counted=False))
            finally:
                asks.close()
                writer.close()
        self._connections.discard(task)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while chunk := await source.read(CHUNK_BYTES):
                if counted and self._left_bytes is not None:
                    passed, chunk = chunk[: self._left_bytes], chunk[self._left_bytes :]
                    self._left_bytes -= len(passed)
                    sink.write(passed)
                    await sink.drain()
                    if self._left_bytes == 0:
                        self._open.clear()
                        self.closed.set()
                await self._open.wait()
                sink.write(chunk)
                await sink.drain()
            sink.write_eof()
