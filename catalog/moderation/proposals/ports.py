"""What proposals need from outside."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from catalog.moderation.cursor import Cursor
from catalog.moderation.proposals.diff import Document
from catalog.moderation.proposals.model import (
    Proposal,
    ProposalKind,
)
from catalog.moderation.proposals.trust import (
    CountedAction,
    Record,
)
from kernel.access import Actor


class InboxTab(StrEnum):
    """Which proposals: a drawer of the inbox, or one's own."""

    PENDING = "pending"
    TAKEN = "taken"
    """By the one who asks."""
    HELD = "held"
    """By others."""
    DECIDED = "decided"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalFilter:
    """Which proposals; open ones oldest first, decided and own ones newest first."""

    box: InboxTab
    asker_id: str
    kind: ProposalKind | None = None
    release_id: str | None = None
    author_id: str | None = None
    team_ids: Collection[str] | None = None
    """Made in the name of one of these; ``None``: in anybody's."""
    decides_own: bool = False
    """Whether the asker's own are among what they could decide."""
    after: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What lies in an inbox."""

    pending: int = 0
    taken: int = 0
    """By the one who asks."""
    held: int = 0
    """By others."""
    pending_by_kind: Mapping[str, int] = field(default_factory=dict)
    reports: int = 0
    reports_by_kind: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a proposal is about, as it stands now; ``id`` is ``None`` and the document empty where it is something new."""

    kind: ProposalKind
    id: str | None
    parent_id: str | None
    release_id: str | None
    title: str
    document: Document


class Proposals(Protocol):
    """Where proposals are kept."""

    async def get(self, proposal_id: str) -> Proposal | None:
        """``None`` where there is none with this id."""
        ...

    def add(self, proposal: Proposal) -> None:
        """Keep a new one."""
        ...

    async def page(self, wanted: ProposalFilter, now: datetime, *, limit: int) -> list[Proposal]:
        """Up to ``limit`` of those wanted, from beyond the cursor."""
        ...

    async def counts(
        self, asker_id: str, team_ids: Collection[str] | None, now: datetime, *, decides_own: bool
    ) -> Counts:
        """Of what was made in the name of these teams, or of all; without the reports."""
        ...

    async def record_of(self, user_id: str) -> Record:
        """What others decided on somebody's proposals."""
        ...

    async def open_of(self, user_id: str) -> list[Proposal]:
        """Somebody's proposals that wait for a decision."""
        ...

    async def forget_unsubmitted(self, user_id: str) -> None:
        """Delete what only its author has ever seen."""
        ...


class Allowances(Protocol):
    """What people did today."""

    async def use(self, user_id: str, action: CountedAction, day: str, cap: int) -> bool:
        """Count one more, unless it would be more than ``cap``; whether it was counted.  Atomic."""
        ...


class Targets(Protocol):
    """What can be changed: the catalogue's own entities, behind documents."""

    async def find(self, actor: Actor, kind: ProposalKind, target_id: str) -> Target:
        """As ``actor`` may see it.  Raises ``TargetNotFound``."""
        ...

    async def place(self, actor: Actor, kind: ProposalKind, parent_id: str | None) -> Target:
        """Where something new would go.  Raises ``TargetNotFound``."""
        ...

    async def current(self, kind: ProposalKind, target_id: str) -> Target | None:
        """As it stands now, whoever may see it; ``None`` when it is gone."""
        ...

    async def checked(self, target: Target, document: Document) -> dict[str, Any]:
        """``document`` in its canonical form.  Raises what an editor's own request with it would meet."""
        ...

    async def write(self, kind: ProposalKind, target_id: str, document: Document, now: datetime) -> None:
        """Make it say ``document``, a checked one.  Raises ``TargetGone`` and what an editor would meet."""
        ...

    async def create(self, kind: ProposalKind, parent_id: str | None, document: Document, now: datetime) -> Target:
        """Something new that says ``document``, a checked one.  Raises ``TargetGone`` and what an editor would meet."""
        ...

    async def publish(self, kind: ProposalKind, target_id: str, now: datetime) -> None:
        """Show it to viewers.  Raises ``NothingToPlay``."""
        ...

    async def dependents(self, kind: ProposalKind, target_id: str) -> list[str]:
        """What depends on it by now: ``episodes``, ``media``."""
        ...

    async def remove(self, kind: ProposalKind, target_id: str, now: datetime) -> None:
        """Take it away with what belongs to it."""
        ...


class TeamRights(Protocol):
    """What the members of teams may do; bound in ``server/wiring.py``."""

    async def permissions(self, user_id: str, team_id: str) -> frozenset[str]:
        """What counts outside the team: nothing for outsiders, and for teams nobody vouches for no ``review`` and
        ``auto_accept``."""
        ...

    async def where(self, user_id: str, permission: str) -> frozenset[str]:
        """The teams in which somebody has it, as :meth:`permissions` answers."""
        ...


class People(Protocol):
    """What users are called."""

    async def nicknames(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """User → nickname; accounts that are gone are left out."""
        ...


@dataclass(frozen=True, slots=True)
class TeamName:
    """A team in a few words; ``slug`` is its short address."""

    team_id: str
    name: str
    slug: str
    avatar_url: str | None


class TeamNames(Protocol):
    """What teams are called; bound in ``server/wiring.py``."""

    async def named(self, team_ids: Collection[str]) -> Mapping[str, TeamName]:
        """For those who may see what was proposed in a team's name."""
        ...

    async def visible(self, actor: Actor | None, team_ids: Collection[str]) -> Mapping[str, TeamName]:
        """Those of which ``actor`` may know that they exist."""
        ...
