"""A live channel: whose it is, who may watch it, and the key that opens it for an encoder."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from kernel.access import Actor, Role
from kernel.entity import Entity
from kernel.events import Event
from kernel.ids import new_id
from streaming.live.model import ChannelId

MAX_CHANNELS: Final = 10
"""Of one account: a channel for each show somebody does."""
TITLE_MAX: Final = 120
DESCRIPTION_MAX: Final = 2_000
REASON_MAX: Final = 500

KEY_PREFIX: Final = "anis_"
"""So that scanners of secrets know one when it gets out, and nobody takes it for an access token."""
KEY_BYTES: Final = 24
"""192 bits: nothing to guess, so that its hash need not be slow; short enough for the form of an encoder."""

PUBLISHES: Final = Role.EDITOR
"""Who may have channels: those who may upload films."""
WATCHES_OVER: Final = Role.MODERATOR
"""Who may take channels down, and bring them back."""

SEEN_FOR: Final = timedelta(seconds=20)
"""How long a node that was not heard of is believed to carry a channel: four times as long as between two words of it."""


class Audience(StrEnum):
    """Who may watch."""

    PUBLIC = "public"
    """Everybody."""
    MEMBERS = "members"
    """Whoever is signed in."""


@dataclass(frozen=True, kw_only=True)
class LiveChannelCreated(Event):
    """Somebody made a channel."""

    channel_id: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class LiveChannelUpdated(Event):
    """A channel was renamed, described, or shown to other people than before."""

    channel_id: str
    user_id: str
    audience: str


@dataclass(frozen=True, kw_only=True)
class LiveChannelDeleted(Event):
    """A channel is gone."""

    channel_id: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class StreamKeyMade(Event):
    """A channel has a new stream key; one from before is good for nothing."""

    channel_id: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class StreamKeyRevoked(Event):
    """A channel has no stream key any more."""

    channel_id: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class LiveChannelTakenDown(Event):
    """A moderator ended what goes on in a channel, and lets nobody publish to it."""

    channel_id: str
    user_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LiveChannelRestored(Event):
    """A channel that was taken down may be published to again."""

    channel_id: str
    user_id: str


@dataclass(eq=False, kw_only=True)
class Channel(Entity):
    """Something that is live now and then."""

    id: ChannelId
    owner_id: str
    title: str
    description: str
    audience: Audience
    created_at: datetime
    key_hash: bytes | None = None
    """SHA-256; ``None`` where there is no key."""
    key_made_at: datetime | None = None
    taken_down_at: datetime | None = None
    taken_down_reason: str = ""
    record_since: datetime | None = None
    """Whatever is sent from then on is recorded; ``None``: nothing is."""
    version: int = 1

    @classmethod
    def create(cls, *, owner_id: str, title: str, description: str, audience: Audience, now: datetime) -> Self:
        """A new one, without a key."""
        made = cls(
            id=ChannelId(new_id()),
            owner_id=owner_id,
            title=title,
            description=description,
            audience=audience,
            created_at=now,
        )
        made.record(LiveChannelCreated(at=now, channel_id=made.id, user_id=owner_id))
        return made

    def describe(self, *, title: str, description: str, audience: Audience, now: datetime) -> None:
        """Call it something else, or show it to others."""
        self.title, self.description, self.audience = title, description, audience
        self.record(LiveChannelUpdated(at=now, channel_id=self.id, user_id=self.owner_id, audience=audience.value))

    def make_key(self, now: datetime) -> str:
        """A new stream key, which nobody is told a second time."""
        key = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
        self.key_hash, self.key_made_at = hash_key(key), now
        self.record(StreamKeyMade(at=now, channel_id=self.id, user_id=self.owner_id))
        return key

    def revoke_key(self, now: datetime) -> None:
        """No encoder may publish with the key any more."""
        if self.key_hash is not None:
            self.key_hash = self.key_made_at = None
            self.record(StreamKeyRevoked(at=now, channel_id=self.id, user_id=self.owner_id))

    def record_from(self, now: datetime) -> None:
        """Record what is sent, whenever it is live."""
        if self.record_since is None:
            self.record_since = now

    def record_no_more(self) -> None:
        """The opposite."""
        self.record_since = None

    def take_down(self, reason: str, now: datetime) -> None:
        """Let nobody publish or watch."""
        self.taken_down_at, self.taken_down_reason = now, reason
        self.record(LiveChannelTakenDown(at=now, channel_id=self.id, user_id=self.owner_id, reason=reason))

    def restore(self, now: datetime) -> None:
        """The opposite."""
        if self.taken_down_at is not None:
            self.taken_down_at, self.taken_down_reason = None, ""
            self.record(LiveChannelRestored(at=now, channel_id=self.id, user_id=self.owner_id))

    def delete(self, now: datetime) -> None:
        """Record that it is gone."""
        self.record(LiveChannelDeleted(at=now, channel_id=self.id, user_id=self.owner_id))

    def is_run_by(self, actor: Actor | None) -> bool:
        """Whether ``actor`` may publish to it, and change it."""
        return actor is not None and actor.user_id == self.owner_id and actor.may(PUBLISHES)

    def may_be_watched(self, *, signed_in: bool) -> bool:
        """Whether somebody may watch it at this moment; nobody watches what was taken down."""
        return self.taken_down_at is None and (signed_in or self.audience is Audience.PUBLIC)

    def is_shown_to(self, actor: Actor | None) -> bool:
        """Whether ``actor`` may know of it; of one that was taken down its owner and those who watch over it alone do."""
        if actor is not None and (actor.user_id == self.owner_id or actor.may(WATCHES_OVER)):
            return True
        return self.taken_down_at is None and (self.audience is Audience.PUBLIC or actor is not None)


@dataclass(eq=False, kw_only=True)
class Broadcast:
    """What a node says of a channel that it carries."""

    channel_id: ChannelId
    node_id: str
    is_live: bool
    """Whether somebody publishes; if not, viewers wait for them."""
    began_at: datetime | None
    """When they began."""
    seen_at: datetime
    """When the node last said so."""
    viewers: int = 0

    def is_carried(self, now: datetime) -> bool:
        """Whether the node is believed to carry it still."""
        return now - self.seen_at < SEEN_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """A channel, and what goes on in it."""

    channel: Channel
    broadcast: Broadcast | None
    """``None`` while no node carries it."""

    @property
    def is_live(self) -> bool:
        """Whether there is something to watch now."""
        return self.broadcast is not None and self.broadcast.is_live

    @property
    def is_away(self) -> bool:
        """Whether somebody was live a moment ago, and viewers wait for them."""
        return self.broadcast is not None and not self.broadcast.is_live


def hash_key(key: str) -> bytes:
    """What is kept of a stream key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
