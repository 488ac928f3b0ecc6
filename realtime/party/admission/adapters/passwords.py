"""Party passwords: argon2id, computed off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """argon2id with the parameters RFC 9106 §4 recommends second (64 MiB, three passes): about 50 ms of one core.

    At most two at a time, so that a rush on one door cannot take all cores or 64 MiB per visitor.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
        self._turn = asyncio.Semaphore(2)

    async def hash(self, password: str) -> str:
        """The hash of a password, with its salt and parameters."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, hashed: str) -> bool:
        """Whether this is the password of the hash."""
        async with self._turn:
            return await asyncio.to_thread(self._verify, password, hashed)

    def _verify(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
