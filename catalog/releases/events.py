"""What happens to releases, for whoever hears of it."""

from dataclasses import dataclass, field

from kernel.changes import Changes
from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ReleaseCreated(Event):
    """A release was added, as a draft."""

    release_id: str
    alias: str


@dataclass(frozen=True, kw_only=True)
class ReleaseUpdated(Event):
    """A release was edited."""

    release_id: str
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReleasePublished(Event):
    """A release became visible to viewers."""

    release_id: str


@dataclass(frozen=True, kw_only=True)
class ReleaseUnpublished(Event):
    """A release is no longer visible to viewers."""

    release_id: str


@dataclass(frozen=True, kw_only=True)
class ReleaseDeleted(Event):
    """A release was removed, with all its episodes; for some time it can be restored."""

    release_id: str
    episode_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReleaseRestored(Event):
    """A deleted release is back as it was, with all its episodes."""

    release_id: str
    alias: str


@dataclass(frozen=True, kw_only=True)
class ReleasePurged(Event):
    """A deleted release is gone for good, with all its episodes and their media."""

    release_id: str
    episode_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReleasePosterChanged(Event):
    """A release got another poster, or lost the one that was uploaded."""

    release_id: str
    former_key: str | None
    key: str | None
