"""Another adapter behind a port, for one test."""

from typing import TypeVar

from server.services import Services

P = TypeVar("P")


def rebind(services: Services, port: type[P], adapter: P) -> None:
    """Have every scope opened from here on find ``adapter`` behind ``port``."""
    container = services.container
    container.wire({**container.bindings, port: lambda _: adapter}, container.events)
