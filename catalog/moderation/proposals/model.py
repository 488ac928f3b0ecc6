"""A proposal: a change of the catalogue that somebody asks for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NewType

from catalog.moderation.proposals import diff as diffs
from catalog.moderation.proposals import events
from catalog.moderation.proposals.diff import Change, Diff, Document
from catalog.moderation.proposals.states import OPEN, ProposalState, Step, after
from kernel.changes import Changes, shown
from kernel.entity import Entity
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooManyRequests

ProposalId = NewType("ProposalId", str)

LEASE: Final = timedelta(minutes=30)
"""How long a taken proposal is held: enough to look something up, short enough that a lost laptop blocks nobody."""


class ProposalNotFound(NotFound):
    """There is no such proposal."""


class TargetNotFound(NotFound):
    """What this is about does not exist, or not for you."""


class TargetGone(Conflict):
    """What this proposal is about was deleted in the meantime."""


class NothingProposed(Invalid):
    """This would change nothing."""


class ProposalHeld(Conflict):
    """Another moderator is looking at this proposal until {until:%H:%M} UTC."""


class NotHolder(Conflict):
    """Take the proposal before you decide on it."""


class OwnProposal(Forbidden):
    """Somebody else must decide on your own proposal."""


class ProposalStale(Conflict):
    """Somebody changed these fields since: {fields}. Rebase the proposal, or reject it."""


class RollBackConflict(Conflict):
    """Somebody changed these since: {fields}. Only an administrator may roll back over that."""


class ForceForbidden(Forbidden):
    """Only an administrator may roll back over what others changed since."""


class DailyCap(TooManyRequests):
    """You have reached today's limit. Try again in {retry_after_s} s."""


class ProposalKind(StrEnum):
    """What can be proposed."""

    RELEASE = "release"
    EPISODE = "episode"
    TRANSLATION = "translation"
    SUBTITLE = "subtitle"


@dataclass(eq=False, kw_only=True)
class Proposal(Entity):
    """A change somebody asks for."""

    id: ProposalId
    author_id: str
    team_id: str | None
    """In whose name, if in a team's."""
    kind: ProposalKind
    target_id: str | None
    """``None``: something new, until it is accepted."""
    is_new: bool
    """Whether it is for something that was not there."""
    parent_id: str | None
    """Of something new: the release of an episode, the release or episode of a translation, the episode of subtitles."""
    release_id: str | None
    """Whose pages it is about; ``None`` for a new release."""
    title: str
    """What it is about, in words, as it was called when the proposal was made."""
    note: str
    """Why, and from where, in the author's words."""
    diff: dict[str, Change]
    created_at: datetime
    updated_at: datetime
    state: ProposalState = ProposalState.DRAFT
    submitted_at: datetime | None = None
    taken_by: str | None = None
    taken_until: datetime | None = None
    decided_by: str | None = None
    """``None`` on an accepted one: accepted by itself."""
    decided_at: datetime | None = None
    reason: str = ""
    """Why it was rejected or rolled back."""
    applied: dict[str, Change] | None = None
    """What accepting it changed."""
    version: int = 1

    def state_at(self, now: datetime) -> ProposalState:
        """The state, with a lapsed hold counted as none."""
        if self.state is ProposalState.TAKEN and self.taken_until is not None and now >= self.taken_until:
            return ProposalState.PENDING
        return self.state

    def edit(self, diff: Mapping[str, Change], note: str, now: datetime) -> None:
        """Say it differently, while it is a draft.  Raises :class:`NothingProposed`."""
        if not diff:
            raise NothingProposed
        self._step(Step.EDIT, now)
        self.diff, self.note = dict(diff), note

    def submit(self, now: datetime) -> None:
        """Ask for a decision.  Raises ``WrongState``."""
        self._step(Step.SUBMIT, now)
        self.submitted_at = now
        self._happened(events.ProposalSubmitted, now, fields=tuple(self.diff))

    def withdraw(self, now: datetime) -> None:
        """Take it back.  Raises ``WrongState``."""
        was_draft = self.state is ProposalState.DRAFT
        self._step(Step.WITHDRAW, now)
        self._let_go()
        if not was_draft:  # a draft is nobody's business but the author's
            self._happened(events.ProposalWithdrawn, now)

    def take(self, moderator_id: str, now: datetime) -> None:
        """Hold it for :data:`LEASE`, or longer if one's own.  Raises :class:`ProposalHeld`."""
        held = self.state_at(now) is ProposalState.TAKEN
        if held and self.taken_by != moderator_id:
            raise ProposalHeld(until=self.taken_until)
        self._step(Step.TAKE, now)
        self.taken_by, self.taken_until = moderator_id, now + LEASE
        if not held:
            self._happened(events.ProposalTaken, now, moderator_id=moderator_id)

    def release(self, moderator_id: str, now: datetime) -> None:
        """Give it back undecided.  Raises :class:`NotHolder`, ``WrongState``."""
        self._must_hold(moderator_id, now)
        self._step(Step.RELEASE, now)
        self._let_go()
        self._happened(events.ProposalReleased, now, moderator_id=moderator_id)

    def rebase(self, moderator_id: str, current: Document, keep: Collection[str], now: datetime) -> None:
        """Fit it to what stands now; of the conflicting fields only ``keep`` stay.  Raises :class:`NothingProposed`."""
        self._must_hold(moderator_id, now)
        fitted = diffs.rebased(self.diff, current, keep)
        if not fitted:
            raise NothingProposed
        self._step(Step.REBASE, now)
        dropped = tuple(name for name in self.diff if name not in fitted)
        self.diff = fitted
        self._happened(events.ProposalRebased, now, moderator_id=moderator_id, kept=tuple(fitted), dropped=dropped)

    def accept(self, moderator_id: str | None, current: Document, now: datetime) -> dict[str, Change]:
        """Decide for it; what there is to change now.  ``None``: by itself, for a trusted author.

        Raises :class:`NotHolder`, :class:`ProposalStale`, ``WrongState``; then nothing has changed.
        """
        if moderator_id is not None:
            self._must_hold(moderator_id, now)
        clashing = diffs.conflicts(self.diff, current)
        if clashing:
            raise ProposalStale(fields=", ".join(clashing), conflicts=clashing)
        self._step(Step.AUTO_ACCEPT if moderator_id is None else Step.ACCEPT, now)
        self._decided(moderator_id, now)
        self.applied = diffs.applied(self.diff, current)
        return self.applied

    def accepted(self, target_id: str, release_id: str | None, now: datetime) -> None:
        """Its change is made, on ``target_id``."""
        self.target_id, self.release_id = target_id, release_id
        self._happened(
            events.ProposalAccepted,
            now,
            moderator_id=self.decided_by,
            fields=tuple(self.diff),
            changes=_shown(self.applied or {}),
        )

    def reject(self, moderator_id: str, reason: str, now: datetime) -> None:
        """Decide against it; ``reason`` is for its author.  Raises :class:`NotHolder`, ``WrongState``."""
        self._must_hold(moderator_id, now)
        self._step(Step.REJECT, now)
        self._decided(moderator_id, now)
        self.reason = reason
        self._happened(events.ProposalRejected, now, moderator_id=moderator_id, reason=reason)

    def roll_back(
        self,
        moderator_id: str,
        current: Document,
        dependents: Collection[str],
        reason: str,
        now: datetime,
        *,
        force: bool,
    ) -> dict[str, Any]:
        """Take an accepted change back; the values to write.

        ``dependents`` is what something new has got since, and would lose.  Raises :class:`RollBackConflict` unless ``force``.
        """
        values, in_the_way = diffs.undone(self.applied or {}, current)
        in_the_way += dependents
        if in_the_way and not force:
            raise RollBackConflict(fields=", ".join(in_the_way), conflicts=in_the_way)
        self._step(Step.ROLL_BACK, now)
        self._decided(moderator_id, now)
        self.reason = reason
        self._happened(
            events.ProposalRolledBack,
            now,
            moderator_id=moderator_id,
            reason=reason,
            forced=bool(in_the_way),
            changes=_shown(self.applied or {}),
        )
        return values

    def commented(self, comment_id: str, commenter_id: str, kind: type[events.ProposalEvent], now: datetime) -> None:
        """Record that somebody wrote, changed or deleted a comment on it; ``kind`` says which."""
        extra = {"moderator_id": self.taken_by or self.decided_by} if kind is events.ProposalCommented else {}
        self._happened(kind, now, comment_id=comment_id, commenter_id=commenter_id, **extra)

    def _step(self, step: Step, now: datetime) -> None:
        self.state = after(self.state_at(now), step)
        self.updated_at = now

    def _must_hold(self, moderator_id: str, now: datetime) -> None:
        state = self.state_at(now)
        if state in OPEN and (state is ProposalState.PENDING or self.taken_by != moderator_id):
            raise NotHolder

    def _let_go(self) -> None:
        self.taken_by = self.taken_until = None

    def _decided(self, moderator_id: str | None, now: datetime) -> None:
        self._let_go()
        self.decided_by, self.decided_at = moderator_id, now

    def _happened(self, kind: type[events.ProposalEvent], now: datetime, **extra: Any) -> None:
        self.record(
            kind(
                at=now,
                proposal_id=self.id,
                author_id=self.author_id,
                kind=self.kind,
                target_id=self.target_id,
                release_id=self.release_id,
                **extra,
            )
        )


def _shown(diff: Diff) -> Changes:
    return {name: (shown(change.before), shown(change.after)) for name, change in diff.items()}
