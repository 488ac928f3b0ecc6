"""Who waits for what of one rendition, and the playlist that is put together once for all of them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from prometheus_client import Counter, Gauge

from streaming.live.llhls import playlist, reload
from streaming.live.llhls.model import BLOCK_TIMEOUT_S, MAX_WAITING, PieceNotFound, ReloadTimedOut, TooManyWaiting
from streaming.live.llhls.reload import Reload
from streaming.live.llhls.rendition import Rendition
from streaming.origin.media.adapters.prebuilt import Packed, pack
from streaming.origin.media.files import OPEN_HEADERS

RENDERED: Final = Counter("ani_live_playlists_rendered_total", "Playlists of live channels put together")
WAITING: Final = Gauge("ani_live_requests_waiting", "Blocked requests of live channels")

PLAYLIST_HEADERS: Final = {
    **OPEN_HEADERS,
    "Content-Type": playlist.CONTENT_TYPE,
    # The next part is a third of a second away, and a blocked answer is the only one to its address that counts.
    "Cache-Control": "no-cache",
}

_Key = tuple[int, int | None, bool]

Wake = Callable[[Packed], None]
"""Called with the playlist at the moment that it is there, before anything else happens: must not wait, and must not raise."""


class _Waiting:
    """A request that is held."""

    __slots__ = ("future", "wake")

    def __init__(self, future: asyncio.Future[Packed], wake: Wake | None) -> None:
        self.future = future
        self.wake = wake


class RenditionFeed:
    """The playlist and the pieces of one rendition, for those who wait for them."""

    def __init__(self, rendition: Rendition, *, epoch_ms: float) -> None:
        self.rendition = rendition
        self.others: Sequence[Rendition] = ()
        """Reported in the playlist."""
        self.waiting = 0
        self._epoch_ms = epoch_ms
        self._bodies: dict[bool, Packed] = {}
        self._blocked: dict[_Key, set[_Waiting]] = {}

    def outdated(self) -> None:
        """Another rendition went on, which is reported here."""
        self._bodies.clear()

    def changed(self) -> None:
        """The rendition went on: answer those who waited for it, with one body."""
        self._bodies.clear()
        for key in [key for key in self._blocked if reload.is_there(self.rendition, Reload(*key))]:
            body = self.body(delta=key[2])
            for waiting in self._blocked.pop(key):
                if waiting.future.done():
                    continue
                if waiting.wake is not None:
                    waiting.wake(body)
                waiting.future.set_result(body)

    def body(self, *, delta: bool) -> Packed:
        """The playlist as it is now."""
        body = self._bodies.get(delta)
        if body is None:
            text = playlist.media_playlist(self.rendition, self.others, epoch_ms=self._epoch_ms, delta=delta)
            body = self._bodies[delta] = pack(text.encode(), PLAYLIST_HEADERS, compress=True)
            RENDERED.inc()
        return body

    async def reload(self, asked: Reload, wake: Wake | None = None) -> Packed:
        """The playlist once it has what was asked for; ``wake`` is called with it first, if it had to be waited for: of a thousand who
        wait, the last need not wait until all the others were seen to.  Raises ReloadNotPossible, ReloadTimedOut, TooManyWaiting."""
        if reload.is_there(self.rendition, asked):
            return self.body(delta=asked.delta)
        assert asked.msn is not None
        return await self._wait((asked.msn, asked.part, asked.delta), wake)

    async def part(self, msn: int, index: int) -> bytes:
        """A part; the one that comes next is waited for.  Raises PieceNotFound, ReloadTimedOut, TooManyWaiting."""
        data = self.rendition.part(msn, index)
        if data is None and not self.rendition.ended and (msn, index) == playlist.next_part(self.rendition):
            await self._wait((msn, index, False))
            data = self.rendition.part(msn, index)
        if data is None:
            raise PieceNotFound  # gone, or its segment ended before it
        return data

    async def _wait(self, key: _Key, wake: Wake | None = None) -> Packed:
        if self.waiting >= MAX_WAITING:
            raise TooManyWaiting(retry_after_s=1)
        waiting = _Waiting(asyncio.get_running_loop().create_future(), wake)
        self._blocked.setdefault(key, set()).add(waiting)
        self.waiting += 1
        WAITING.inc()
        try:
            async with asyncio.timeout(BLOCK_TIMEOUT_S):
                return await waiting.future
        except TimeoutError:
            raise ReloadTimedOut(retry_after_s=1) from None
        finally:
            self.waiting -= 1
            WAITING.dec()
            if (left := self._blocked.get(key)) is not None:
                left.discard(waiting)
                if not left:
                    del self._blocked[key]
