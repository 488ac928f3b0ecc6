"""Who may fetch what at this moment: tokens checked once, and the answer remembered for a short while.

Checking a token costs an HMAC and three queries; a player shows the same one every few seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from kernel.clock import Clock
from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError, Unavailable
from streaming.origin.access.token import Keyring, StreamToken, verify
from streaming.origin.media.adapters.prebuilt import Packed, pack
from streaming.origin.media.files import OPEN_HEADERS
from streaming.origin.model import TokenForeign
from streaming.origin.steering.model import Offer
from streaming.origin.usecases import OpenStream

REMEMBERED_S: Final = 30
"""So long may a stream go on after it was ended or its episode taken away; the edge remembers as long."""
MAX_REMEMBERED: Final = 20_000
"""Tokens; with a 2 KB playlist each at most 60 MB, in practice the viewers of one process."""
CHECK_TIMEOUT_S: Final = 10

MASTER_HEADERS: Final = {
    **OPEN_HEADERS,
    "Content-Type": "application/vnd.apple.mpegurl",
    # One session's choice of qualities, made anew as its link changes.
    "Cache-Control": "private, no-store",
}

OpenMaster = Callable[[StreamToken], Awaitable[OpenStream]]
"""Says whether the stream of a verified token may go on, or raises an ``AniError``."""


@dataclass(frozen=True, slots=True)
class StreamGrant:
    """What a token is good for until ``until_ms`` (monotonic)."""

    token: StreamToken
    until_ms: float
    master: Packed
    """The session's multivariant playlist."""
    user_id: str | None = None
    """Whose stream it is; ``None``: of somebody signed out."""
    refusal: AniError | None = None
    offer: Offer = field(default_factory=Offer)
    """What ``master`` leads to, where its pathways are steered."""


class Gate:
    """Verified tokens."""

    def __init__(
        self, keyring: Keyring, open_master: OpenMaster, clock: Clock, *, remembered_s: float = REMEMBERED_S
    ) -> None:
        """``remembered_s``: how long an answer counts."""
        self._remembered_ms = remembered_s * 1000
        self._keyring = keyring
        self._open_master = open_master
        self._clock = clock
        self._grants: dict[str, StreamGrant] = {}
        self._asking: dict[str, asyncio.Task[StreamGrant]] = {}
        self._tasks = TaskSet("gate")
        self._changes = 0

    def remembered(self, text: str, asset_id: str) -> StreamGrant | None:
        """A standing grant for this asset, without waiting; ``None``: ask :meth:`admit`."""
        grant = self._grants.get(text)
        if (
            grant is None
            or grant.refusal is not None
            or grant.token.asset_id != asset_id
            or self._clock.monotonic_ms() >= grant.until_ms
        ):
            return None
        return grant

    async def admit(self, text: str, asset_id: str, *, fresh: bool = False) -> StreamGrant:
        """A grant for this asset; ``fresh``: not from memory, for those who have one of their own.

        Raises ``TokenRefused``, ``TokenExpired``, ``TokenForeign``, or why the stream may not go on.
        """
        grant = self._grants.get(text)
        if fresh or grant is None or self._clock.monotonic_ms() >= grant.until_ms:
            # Nothing of a token that we did not sign is kept: there are too many of those.
            token = verify(text, self._keyring, now_s=self._clock.now_ms() / 1000)
            grant = await self._ask_once(text, token)
        if grant.token.asset_id != asset_id:
            raise TokenForeign
        if grant.refusal is not None:
            raise grant.refusal.with_traceback(None)
        return grant

    def forget(self, session_id: str) -> None:
        """The session was ended: ask again at its next request."""
        self._changed()
        for text in [text for text, grant in self._grants.items() if grant.token.session_id == session_id]:
            del self._grants[text]

    def forget_user(self, user_id: str) -> None:
        """What somebody may do has changed: ask again at the next request of each of their streams."""
        self._changed()
        for text in [text for text, grant in self._grants.items() if grant.user_id == user_id]:
            del self._grants[text]

    def forget_asset(self, asset_id: str) -> None:
        """Who may fetch this asset has changed: ask again at the next request of everybody."""
        self._changed()
        for text in [text for text, grant in self._grants.items() if grant.token.asset_id == asset_id]:
            del self._grants[text]

    async def close(self) -> None:
        """Stop asking."""
        await self._tasks.close()

    async def _ask_once(self, text: str, token: StreamToken) -> StreamGrant:
        """A player asks for several things at once; the database is asked once."""
        task = self._asking.get(text)
        if task is None:
            task = self._asking[text] = self._tasks.spawn(self._ask(text, token), name="check")
            task.add_done_callback(partial(self._answered, text))
        return await asyncio.shield(task)

    def _answered(self, text: str, task: asyncio.Task[StreamGrant]) -> None:
        if self._asking.get(text) is task:
            del self._asking[text]

    def _changed(self) -> None:
        """Somebody's rights changed: what is being asked at this moment may be answered as things were before."""
        self._changes += 1
        self._asking.clear()

    async def _ask(self, text: str, token: StreamToken) -> StreamGrant:
        stream, refusal = OpenStream("", None), None
        changes = self._changes
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                stream = await self._open_master(token)
        except TimeoutError:
            raise Unavailable(retry_after_s=CHECK_TIMEOUT_S) from None
        except Unavailable:
            raise  # says nothing about the stream, so it must not be remembered
        except AniError as error:
            refusal = error
        now_ms = self._clock.monotonic_ms()
        left_ms = token.expires_at_s * 1000 - self._clock.now_ms()
        master = pack(stream.master.encode(), MASTER_HEADERS, compress=True)
        grant = StreamGrant(
            token, now_ms + min(self._remembered_ms, left_ms), master, stream.user_id, refusal, stream.offer
        )
        self._grants.pop(text, None)
        if changes != self._changes:
            return grant  # somebody's rights changed while we asked: the answer may be from before, so it counts once
        self._grants[text] = grant
        if len(self._grants) > MAX_REMEMBERED:
            del self._grants[next(iter(self._grants))]  # the one asked for longest ago
        return grant
