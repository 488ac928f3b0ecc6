"""Asking a source over HTTP: vetted addresses, redirects vetted as well, limits kept, and an end to everything."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import aiohttp
from aiohttp import hdrs
from yarl import URL

from catalog.imports.faults import Why
from kernel.errors import Unavailable
from kernel.outbound.safe_http import as_the_client_reads_it, guarded_session
from kernel.outbound.url_vetting import AddressRefused, Limits, vet_url

CONNECT_TIMEOUT_S: Final = 10.0
TOTAL_TIMEOUT_S: Final = 60.0
"""For one answer: at the least rate of 140 kB/s a page of the largest size."""
ANSWER_BYTES: Final = 8 * 1024**2
"""Of one answer: a page of a hundred works has some hundred kilobytes."""
REDIRECTS_MAX: Final = 3
ATTEMPTS: Final = 3
WAIT_MAX_S: Final = 120.0
"""For a limit to pass; a source that wants more is read another time."""
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class SourceAway(Unavailable):
    """The source does not answer as it should: {why}."""

    def __init__(self, message: str | None = None, *, why: str, retry_after_s: int = 60) -> None:
        super().__init__(message, why=why, retry_after_s=retry_after_s)


Sleep = Callable[[float], Awaitable[None]]


class SourceClient:
    """Reads documents of one source."""

    def __init__(
        self, limits: Limits, *, sleep: Sleep = asyncio.sleep, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits, self._sleep, self._monotonic_s = limits, sleep, monotonic_s
        self._session: aiohttp.ClientSession | None = None
        self._free_at = 0.0
        """By the monotonic clock: before it, the source wants to be left alone."""

    async def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()

    async def get(self, url: str, parameters: Mapping[str, str] | None = None, *, token: str = "") -> bytes:
        """The body of an answer.  Raises :class:`SourceAway`, ``AddressRefused``."""
        target = str(URL(url).update_query(dict(parameters))) if parameters else url
        why = Why("no answer", "no_answer")
        for attempt in range(ATTEMPTS):
            await self._wait_until(self._free_at)
            try:
                return await self._once(target, token)
            except _TryAgainError as error:
                why = error.why
                self._free_at = max(self._free_at, self._monotonic_s() + max(error.after_s, 2.0**attempt))
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                refused = error.__cause__ or error
                if isinstance(refused, AddressRefused):
                    raise refused from None
                slow = isinstance(error, TimeoutError)
                why = (
                    Why(f"no answer within {TOTAL_TIMEOUT_S:g} s", "too_slow", seconds=int(TOTAL_TIMEOUT_S))
                    if slow
                    else Why(f"{type(error).__name__}: {error}"[:200], "no_answer")
                )
                self._free_at = max(self._free_at, self._monotonic_s() + 2.0**attempt)
        raise SourceAway(why=why)

    async def _once(self, url: str, token: str) -> bytes:
        first = vet_url(url, self._limits)
        for _ in range(REDIRECTS_MAX + 1):
            vetted = vet_url(url, self._limits)
            # What lets us in is for the one who asked for it, and nobody they send us to.
            headers = {hdrs.AUTHORIZATION: f"Bearer {token}"} if token and vetted.origin == first.origin else {}
            async with self._client().get(
                as_the_client_reads_it(vetted), headers=headers, allow_redirects=False
            ) as answer:
                self._mind_limits(answer.headers)
                if answer.status in {301, 302, 303, 307, 308}:
                    url = str(URL(url).join(URL(answer.headers.get(hdrs.LOCATION, ""))))
                    continue
                if answer.status in _AGAIN:
                    raise _TryAgainError(_answers(answer.status), _seconds(answer.headers.get(hdrs.RETRY_AFTER)))
                if answer.status != 200:
                    raise SourceAway(why=_answers(answer.status))
                return await _read(answer)
        raise SourceAway(why=Why("it sends us around in circles", "redirects"))

    def _mind_limits(self, headers: Mapping[str, str]) -> None:
        if headers.get("X-RateLimit-Remaining", "").strip() != "0":
            return
        reset = _seconds(headers.get("X-RateLimit-Reset"))
        if reset > 1_000_000_000:  # some say when, some say how long
            reset -= time.time()
        self._free_at = max(self._free_at, self._monotonic_s() + max(reset, 1.0))

    async def _wait_until(self, moment: float) -> None:
        left_s = moment - self._monotonic_s()
        if left_s > WAIT_MAX_S:
            raise SourceAway(
                why=Why(f"it wants to be left alone for {left_s:.0f} s", "wants_rest", seconds=int(left_s)),
                retry_after_s=int(left_s),
            )
        if left_s > 0:
            await self._sleep(left_s)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = guarded_session(
                self._limits,
                aiohttp.ClientTimeout(total=TOTAL_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
                connections=2,
                connections_per_host=2,
            )
        return self._session


class _TryAgainError(Exception):
    def __init__(self, why: Why, after_s: float) -> None:
        super().__init__(why)
        self.why, self.after_s = why, after_s


def _answers(status: int) -> Why:
    return Why(f"it answers {status}", "answers", status=status)


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_chunked(64 * 1024):
        body += piece
        if len(body) > ANSWER_BYTES:
            raise SourceAway(
                why=Why(
                    f"its answer is over {ANSWER_BYTES // 2**20} MiB", "answer_too_large", mib=ANSWER_BYTES // 2**20
                )
            )
    return bytes(body)


def _seconds(text: str | None) -> float:
    """What a header says, if it is a number; ``inf`` and ``nan`` are none of a clock's."""
    try:
        said = float(text or 0)
    except ValueError:
        return 0.0
    return max(said, 0.0) if math.isfinite(said) else 0.0
