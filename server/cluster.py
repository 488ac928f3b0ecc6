"""The processes of one installation, as far as they must agree: each knows the secret key that the others sign with.

A process with another key would take part in parties and jobs, refuse everybody else's tokens, and hand out its own, which
work every other time.  So each leaves in Valkey a fingerprint of the key that it signs with and of those that it believes, and one
that does not fit does not start.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kernel.concurrency.tasks import TaskSet
from kernel.errors import Conflict
from kernel.ids import new_id
from server.settings import Settings

log = structlog.get_logger()

PREFIX: Final = "ani:process:"
RENEW_S: Final = 10
LIFETIME_S: Final = 30
"""A process that was killed is forgotten after this; two renewals may get lost before."""


class SecretDiffers(Conflict):
    """Another running process of this installation has a different ANI_SECRET_KEY. Set the same key for all; to change
    it without an interruption, add the new one to ANI_ACCEPTED_SECRET_KEYS of all processes first. If the other one was
    just stopped, wait half a minute.
    """


@dataclass(frozen=True, slots=True)
class KeyPrints:
    """Fingerprints of the keys of one process."""

    signs: str
    believes: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> "KeyPrints":
        """The fingerprints of the keys in the settings."""
        prints = [hashlib.sha256(key).hexdigest()[:16] for key in settings.derive_keys("process-agreement")]
        return cls(prints[0], frozenset(prints))

    def agrees(self, other: "KeyPrints") -> bool:
        """Whether each believes what the other one signs."""
        return self.signs in other.believes and other.signs in self.believes

    def to_json(self) -> bytes:
        """As other processes read it in Valkey."""
        return orjson.dumps({"signs": self.signs, "believes": sorted(self.believes)})

    @classmethod
    def from_json(cls, data: bytes | str) -> "KeyPrints":
        """The reverse of :meth:`to_json`."""
        value = orjson.loads(data)
        return cls(value["signs"], frozenset(value["believes"]))


@asynccontextmanager
async def member(settings: Settings, redis: Redis | None, tasks: TaskSet) -> AsyncIterator[None]:
    """Be one of the processes as long as the block lasts.  Raises :class:`SecretDiffers`."""
    if redis is None:
        yield
        return
    name, own = f"{PREFIX}{new_id()}", KeyPrints.of(settings)
    try:
        if not await _all_agree(redis, own):
            raise SecretDiffers
        await redis.set(name, own.to_json(), ex=LIFETIME_S)
    except RedisError:
        log.warning("Valkey does not answer; whether all processes have one secret key is checked later")
    staying = tasks.spawn(_stay(redis, name, own), name="cluster-member")
    try:
        yield
    finally:
        staying.cancel()
        with suppress(RedisError):
            await redis.delete(name)


async def _stay(redis: Redis, name: str, own: KeyPrints) -> None:
    while True:
        await asyncio.sleep(RENEW_S)
        try:
            await redis.set(name, own.to_json(), ex=LIFETIME_S)
            if not await _all_agree(redis, own):
                log.error(
                    "another process signs with a secret key that is not believed here", remedy=SecretDiffers().message
                )
        except RedisError:
            continue  # who needs Valkey says so


async def _all_agree(redis: Redis, own: KeyPrints) -> bool:
    async for key in redis.scan_iter(match=f"{PREFIX}*", count=100):
        other = await redis.get(key)
        if other is not None and not own.agrees(KeyPrints.from_json(other)):
            return False
    return True
