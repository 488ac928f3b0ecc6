"""What a notification says.

Not sentences: a kind, the values that go into its text, and where a click leads.  Clients put it into words in the language
of whoever reads it, which may be another one tomorrow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kernel.errors import Invalid, NotFound
from kernel.ids import new_id

KEPT: Final = timedelta(days=90)
"""A season of shows; what nobody has opened by then, nobody will."""

MAX_KEPT: Final = 500
"""A user's newest: ten pages of scrolling, and a bound on what one account can make us keep."""

MAX_TEXT: Final = 200
"""Characters of one value; longer titles are cut, the link leads to the whole one."""

MERGES_WITHIN: Final = timedelta(hours=6)
"""An unread notification about the same matter gives way to a newer one: 24 episodes put up in an evening are one line."""

Value = str | int | float


class NotificationKind(StrEnum):
    """What happened, for the one it is told to.  The values are on the wire and in the clients' texts."""

    EPISODE_PUBLISHED = "episode_published"
    EPISODE_AIRED = "episode_aired"
    FAVORITE_EPISODE = "favorite_episode"
    INGEST_FINISHED = "ingest_finished"
    INGEST_FAILED = "ingest_failed"
    SIGNED_IN = "signed_in"
    SESSION_STOLEN = "session_stolen"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a kind, not a password
    ROLE_CHANGED = "role_changed"
    BAN_LIFTED = "ban_lifted"
    EMAIL_CHANGED = "email_changed"
    IDENTITY_LINKED = "identity_linked"
    LIBRARY_IMPORTED = "library_imported"
    TEAM_INVITED = "team_invited"
    TEAM_INVITATION_ACCEPTED = "team_invitation_accepted"
    TEAM_INVITATION_DECLINED = "team_invitation_declined"
    TEAM_REMOVED = "team_removed"
    TEAM_ROLES_CHANGED = "team_roles_changed"
    TEAM_OWNER = "team_owner"
    TEAM_DELETED = "team_deleted"
    PROPOSAL_TAKEN = "proposal_taken"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    PROPOSAL_REJECTED = "proposal_rejected"
    PROPOSAL_ROLLED_BACK = "proposal_rolled_back"
    PROPOSAL_COMMENTED = "proposal_commented"
    REPORT_RESOLVED = "report_resolved"
    REPORT_DISMISSED = "report_dismissed"
    WEBHOOK_PAUSED = "webhook_paused"
    IMPORT_RESTING = "import_resting"


ESSENTIAL: Final = frozenset(
    {
        NotificationKind.SIGNED_IN,
        NotificationKind.SESSION_STOLEN,
        NotificationKind.PASSWORD_CHANGED,
        NotificationKind.EMAIL_CHANGED,
        NotificationKind.IDENTITY_LINKED,
    }
)
"""Whoever takes over an account must not be able to turn off what tells its owner."""


class EssentialKind(Invalid):
    """Notifications that keep your account safe cannot be turned off."""


class NotificationNotFound(NotFound):
    """There is no such notification."""


@dataclass(frozen=True, slots=True)
class EpisodeKey:
    """An episode, as one is told of it once: by number, for it airs before it is here."""

    release_id: str
    ordinal: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to tell, to however many people."""

    id: str = field(default_factory=new_id)
    """UUIDv7: newer ones are greater."""
    kind: NotificationKind
    at: datetime
    params: Mapping[str, Value] = field(default_factory=dict)
    link: str = ""
    """A path of the web client, or empty."""
    topic: str = ""
    """What it is about, for :data:`MERGES_WITHIN`; empty: it stands for itself."""
    once: EpisodeKey | None = None
    """Nobody is told who was told of this episode before, by whichever kind; kept as long as notifications are."""

    def __post_init__(self) -> None:
        cut = {name: v[:MAX_TEXT] if isinstance(v, str) else v for name, v in self.params.items()}
        object.__setattr__(self, "params", cut)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A notice as one of those it was told to has it."""

    id: str
    kind: str
    params: Mapping[str, Value]
    link: str
    created_at: datetime
    read_at: datetime | None
