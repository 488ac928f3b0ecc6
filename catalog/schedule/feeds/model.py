"""The secret address of somebody's calendar."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Self

from kernel.entity import Entity
from kernel.errors import Conflict, NotFound
from kernel.events import Event
from kernel.ids import new_id

TOKEN_BYTES: Final = 32
"""256 random bits: nothing to guess, and no need for a slow hash."""
TOKEN_MAX: Final = 64
FEEDS_MAX: Final = 10
"""Of one person: a calendar on each of their devices."""
LABEL_MAX: Final = 60


class FeedNotFound(NotFound):
    """There is no such calendar."""


class TooManyFeeds(Conflict):
    """You have {limit} calendar addresses already. Revoke one that you no longer use."""


@dataclass(frozen=True, kw_only=True)
class CalendarFeedCreated(Event):
    """Somebody made a secret address for a calendar of what they follow."""

    user_id: str
    feed_id: str


@dataclass(frozen=True, kw_only=True)
class CalendarFeedRevoked(Event):
    """Such an address was taken back; nothing is answered under it any more."""

    user_id: str
    feed_id: str


@dataclass(eq=False, kw_only=True)
class CalendarFeed(Entity):
    """What is kept of an address: enough to recognise it, too little to use it."""

    id: str
    user_id: str
    label: str
    token_hash: bytes
    created_at: datetime

    @classmethod
    def create(cls, user_id: str, label: str, now: datetime) -> tuple[str, Self]:
        """A fresh token, for its owner alone, and its record."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        feed = cls(id=new_id(), user_id=user_id, label=label, token_hash=hash_of(token), created_at=now)
        feed.record(CalendarFeedCreated(at=now, user_id=user_id, feed_id=feed.id))
        return token, feed

    def revoked(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(CalendarFeedRevoked(at=now, user_id=self.user_id, feed_id=self.id))


def hash_of(token: str) -> bytes:
    """What a token is found by."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
