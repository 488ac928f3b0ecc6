"""Which releases changed, as the bus says it: several messages at a time, and now and then none."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

CHANNEL: Final = "release-names"
ALL: Final = "*"
"""In place of a release: too many changed to name them, in what the catalogue is listed by."""
MORE_MESSAGES_S: Final = 0.02
"""After a message, until the releases are read: an edit is announced by several events."""


async def changes(messages: AsyncIterator[bytes], *, look_again_s: float, most: int) -> AsyncGenerator[set[str]]:
    """The releases of the messages that come together, ``most`` at a time; an empty set after ``look_again_s`` without any."""
    waiting: asyncio.Task[bytes] | None = None
    try:
        while True:
            changed: set[str] = set()
            timeout_s = look_again_s
            while len(changed) <= most:
                waiting = waiting or asyncio.create_task(anext(messages))  # type: ignore[arg-type]  # an awaitable
                done, _ = await asyncio.wait({waiting}, timeout=timeout_s)
                if not done:
                    break
                changed.add(waiting.result().decode())
                waiting, timeout_s = None, MORE_MESSAGES_S
            yield changed
    finally:
        if waiting is not None:
            waiting.cancel()
