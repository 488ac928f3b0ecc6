"""What happens to proposals, and to comments on them."""

from dataclasses import dataclass

from kernel.changes import Changes
from kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ProposalEvent(Event):
    """Something happened to a proposal."""

    proposal_id: str
    author_id: str
    kind: str
    target_id: str | None
    """``None`` while the proposal is for something new."""
    release_id: str | None


@dataclass(frozen=True, kw_only=True)
class ProposalSubmitted(ProposalEvent):
    """Somebody asked for a change."""

    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProposalTaken(ProposalEvent):
    """A moderator took a proposal to decide on it."""

    moderator_id: str


@dataclass(frozen=True, kw_only=True)
class ProposalReleased(ProposalEvent):
    """A moderator gave a proposal back undecided."""

    moderator_id: str


@dataclass(frozen=True, kw_only=True)
class ProposalRebased(ProposalEvent):
    """A moderator fitted a proposal to what had changed under it."""

    moderator_id: str
    kept: tuple[str, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ProposalAccepted(ProposalEvent):
    """A proposal was accepted, and its change made; ``moderator_id`` is ``None`` where its author is trusted."""

    moderator_id: str | None
    fields: tuple[str, ...]
    changes: Changes
    """What it changed."""


@dataclass(frozen=True, kw_only=True)
class ProposalRejected(ProposalEvent):
    """A proposal was rejected."""

    moderator_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ProposalRolledBack(ProposalEvent):
    """An accepted proposal's change was taken back; ``forced`` over what somebody changed since."""

    moderator_id: str
    reason: str
    forced: bool
    changes: Changes
    """What was taken back, as it was made."""


@dataclass(frozen=True, kw_only=True)
class ProposalWithdrawn(ProposalEvent):
    """The author of a proposal took it back."""


@dataclass(frozen=True, kw_only=True)
class ProposalCommented(ProposalEvent):
    """Somebody commented on a proposal; ``commenter_id`` may be its author."""

    comment_id: str
    commenter_id: str
    moderator_id: str | None
    """Who holds the proposal at the moment, or decided on it."""


@dataclass(frozen=True, kw_only=True)
class ProposalCommentEdited(ProposalEvent):
    """Somebody changed their comment on a proposal."""

    comment_id: str
    commenter_id: str


@dataclass(frozen=True, kw_only=True)
class ProposalCommentDeleted(ProposalEvent):
    """A comment on a proposal was deleted, by its writer or a moderator."""

    comment_id: str
    commenter_id: str
