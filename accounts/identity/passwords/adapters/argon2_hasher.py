"""argon2id, off the event loop and never more of it at once than the machine can hold."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from accounts.identity.passwords import policy
from kernel.errors import Unavailable

T = TypeVar("T")

# OWASP Password Storage Cheat Sheet, first recommendation: 19 MiB, two passes, one lane.
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1

MAX_CONCURRENT = 2
"""Each takes 19 MiB and one core for some 25 ms; more at once would starve the event loop, not finish sooner."""

MAX_WAITING = 64
"""About two seconds of work. A flood beyond that is told to come back, instead of growing a queue nobody waits for."""


class Argon2Hasher:
    """Makes and checks password hashes in its own few threads."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._argon2 = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES)
        self._threads = ThreadPoolExecutor(MAX_CONCURRENT, thread_name_prefix="argon2")
        self._waiting = 0
        # Checked when there is no such user, so that the answer takes as long as for one there is.
        self._nobody = self._argon2.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """Raises :class:`kernel.errors.Unavailable` when too many wait already."""
        return await self._run(self._argon2.hash, policy.normalise(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether ``password`` is the one behind ``password_hash``; none (or an empty one, of
        somebody who signs in elsewhere) takes the same time and is never right.

        Raises :class:`kernel.errors.Unavailable` when too many wait already.
        """
        right = await self._run(self._verify, password_hash or self._nobody, policy.normalise(password))
        return right and bool(password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than today's and should be made anew at the next login."""
        try:
            return self._argon2.check_needs_rehash(password_hash)
        except InvalidHashError:
            return False

    def close(self) -> None:
        """End the threads; work that has not begun is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= MAX_WAITING:
            raise Unavailable(retry_after_s=2)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1
