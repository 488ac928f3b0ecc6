"""A packager, and the token it shows."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NewType, Self

from kernel.entity import Entity
from kernel.errors import Conflict, NotFound
from kernel.events import Event
from kernel.ids import new_id

PackagerId = NewType("PackagerId", str)

MAX_PACKAGERS: Final = 50
"""Of an installation: one for each service that encrypts, and their predecessors."""
MAX_NAME_CHARS: Final = 80

TOKEN_PREFIX: Final = "anip_"  # noqa: S105 - so that scanners of secrets know one when it gets out
TOKEN_BYTES: Final = 32

USE_NOTED_EVERY: Final = timedelta(minutes=1)
"""A live packager asks every few seconds; nobody needs to know the second."""


class PackagerNotFound(NotFound):
    """There is no such packager."""


class TooManyPackagers(Conflict):
    """This server has {limit} packagers, which is as many as it can have."""


@dataclass(frozen=True, kw_only=True)
class PackagerAdded(Event):
    """An administrator let an outside packager ask for content keys."""

    packager_id: str


@dataclass(frozen=True, kw_only=True)
class PackagerRevoked(Event):
    """A packager's token is good for nothing from now on."""

    packager_id: str


@dataclass(eq=False, kw_only=True)
class Packager(Entity):
    """Something that encrypts media elsewhere with keys of ours."""

    id: PackagerId
    name: str
    token_hash: bytes
    """SHA-256; of 32 random bytes there is nothing to guess, so it needs no slow hash."""
    created_at: datetime
    last_used_at: datetime | None = None

    @classmethod
    def add(cls, name: str, now: datetime) -> tuple[Self, str]:
        """A new one, and its token, which nobody is told a second time."""
        token = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        added = cls(id=PackagerId(new_id()), name=name, token_hash=hash_token(token), created_at=now)
        added.record(PackagerAdded(at=now, packager_id=added.id))
        return added, token

    def revoke(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(PackagerRevoked(at=now, packager_id=self.id))

    def used(self, now: datetime) -> None:
        """It asked for something."""
        if self.last_used_at is None or now - self.last_used_at >= USE_NOTED_EVERY:
            self.last_used_at = now


def hash_token(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
