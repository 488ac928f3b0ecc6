"""Valkey in memory alone, in a throw-away folder."""

from collections.abc import Sequence
from pathlib import Path

from typing_extensions import override

from server.local_stack.programs import valkey_server
from server.local_stack.service import Service, accepts_connections, free_port


class Valkey(Service):
    """A Valkey (or Redis) server on a free port of 127.0.0.1, without persistence or a password."""

    name = "valkey"

    def __init__(self) -> None:
        super().__init__()
        self.port = 0

    @override
    def command(self) -> Sequence[str | Path]:
        self.port = free_port()
        return [valkey_server(), "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]

    @override
    def ready(self) -> bool:
        return accepts_connections(self.port)

    @property
    def url(self) -> str:
        """The address, as `ANI_REDIS_URL` takes it."""
        return f"redis://127.0.0.1:{self.port}/0"
