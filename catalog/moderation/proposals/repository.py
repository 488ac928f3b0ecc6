"""Proposals, and what people did today, in SQL."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    and_,
    case,
    delete,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement

from catalog.moderation.limits import NOTE_MAX, TITLE_MAX
from catalog.moderation.proposals.diff import Change
from catalog.moderation.proposals.model import Proposal, ProposalKind
from catalog.moderation.proposals.ports import Counts, InboxTab, ProposalFilter
from catalog.moderation.proposals.states import OPEN, ProposalState
from catalog.moderation.proposals.trust import CountedAction, Record
from kernel.db import Id, JsonOf, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum

_DIFF: Final = JsonOf[Mapping[str, Change]](
    lambda diff: {name: [change.before, change.after] for name, change in diff.items()},
    lambda kept: {name: Change(*change) for name, change in kept.items()},
)

proposal_table = Table(
    "proposal",
    metadata,
    Column("id", Id, primary_key=True),
    # No foreign keys: users and teams are another feature's, and what is asked for outlives what it was asked of.
    Column("author_id", Id, nullable=False),
    Column("team_id", Id),
    Column("kind", text_enum(ProposalKind, length=20), nullable=False),
    Column("target_id", Id),
    Column("is_new", Boolean, nullable=False),
    Column("parent_id", Id),
    Column("release_id", Id),
    Column("title", String(TITLE_MAX), nullable=False),
    Column("note", String(NOTE_MAX), nullable=False),
    Column("diff", _DIFF, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("state", text_enum(ProposalState, length=20), nullable=False),
    Column("submitted_at", UtcDateTime),
    Column("taken_by", Id),
    Column("taken_until", UtcDateTime),
    Column("decided_by", Id),
    Column("decided_at", UtcDateTime),
    Column("reason", String(NOTE_MAX), nullable=False),
    Column("applied", _DIFF),
    Column("version", Integer, nullable=False),
    Index("ix_proposal_inbox", "state", "submitted_at", "id"),
    Index("ix_proposal_decided", "state", "decided_at", "id"),
    Index("ix_proposal_author", "author_id", "created_at"),
    Index("ix_proposal_release_id", "release_id"),
    Index("ix_proposal_team", "team_id", "state", "release_id"),
)
allowance_table = Table(
    "moderation_allowance",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("user_id", Id, primary_key=True),
    Column("deed", text_enum(CountedAction, length=20), primary_key=True),
    Column("used", Integer, nullable=False),
)

mapper_registry.map_imperatively(Proposal, proposal_table, version_id_col=proposal_table.c.version)

_DECIDED = (ProposalState.ACCEPTED, ProposalState.REJECTED, ProposalState.ROLLED_BACK)


def _pending(now: datetime) -> ColumnElement[bool]:
    c = proposal_table.c
    return or_(c.state == ProposalState.PENDING, and_(c.state == ProposalState.TAKEN, c.taken_until <= now))


def _held(now: datetime) -> ColumnElement[bool]:
    c = proposal_table.c
    return and_(c.state == ProposalState.TAKEN, c.taken_until > now)


def _in_the_name_of(team_ids: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if team_ids is None else [proposal_table.c.team_id.in_(team_ids)]


class SqlProposals:
    """Proposals of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, proposal_id: str) -> Proposal | None:
        """By primary key."""
        return await self._session.get(Proposal, proposal_id)

    def add(self, proposal: Proposal) -> None:
        """Written with the next flush."""
        self._session.add(proposal)

    async def page(self, wanted: ProposalFilter, now: datetime, *, limit: int) -> list[Proposal]:
        """By keyset: (sort key, id) beyond the cursor."""
        c = proposal_table.c
        conditions, key, newest_first = _box(wanted, now)
        for column, value in (
            (c.kind, wanted.kind),
            (c.release_id, wanted.release_id),
            (c.author_id, wanted.author_id),
        ):
            if value is not None:
                conditions.append(column == value)
        conditions += _in_the_name_of(wanted.team_ids)
        if wanted.after is not None:
            here = tuple_(key, c.id)
            last = tuple_(literal(wanted.after.at, UtcDateTime), literal(wanted.after.id, Id))
            conditions.append(here < last if newest_first else here > last)
        order = (key.desc(), c.id.desc()) if newest_first else (key, c.id)
        found = await self._session.execute(select(Proposal).where(*conditions).order_by(*order).limit(limit))
        return list(found.scalars())

    async def counts(
        self, asker_id: str, team_ids: Collection[str] | None, now: datetime, *, decides_own: bool
    ) -> Counts:
        """Open ones by tab and kind, in one statement."""
        c = proposal_table.c
        drawer = case(
            (_pending(now), literal(InboxTab.PENDING.value)),
            (c.taken_by == asker_id, literal(InboxTab.TAKEN.value)),
            else_=literal(InboxTab.HELD.value),
        ).label("drawer")
        conditions = [c.state.in_(OPEN), *_in_the_name_of(team_ids)]
        if not decides_own:
            conditions.append(or_(c.author_id != asker_id, not_(_pending(now))))
        found = await self._session.execute(
            select(drawer, c.kind, func.count().label("number")).where(*conditions).group_by(drawer, c.kind)
        )
        numbers: dict[str, dict[str, int]] = {}
        for row in found:
            numbers.setdefault(row.drawer, {})[row.kind.value] = row.number
        return Counts(
            pending=sum(numbers.get(InboxTab.PENDING, {}).values()),
            taken=sum(numbers.get(InboxTab.TAKEN, {}).values()),
            held=sum(numbers.get(InboxTab.HELD, {}).values()),
            pending_by_kind=numbers.get(InboxTab.PENDING, {}),
        )

    async def record_of(self, user_id: str) -> Record:
        """Decisions of others, counted by outcome."""
        c = proposal_table.c
        found = await self._session.execute(
            select(c.state, func.count().label("number"))
            .where(c.author_id == user_id, c.state.in_(_DECIDED), c.decided_by.is_not(None), c.decided_by != user_id)
            .group_by(c.state)
        )
        numbers = {row.state: row.number for row in found}
        accepted = numbers.pop(ProposalState.ACCEPTED, 0)
        return Record(accepted, sum(numbers.values()))

    async def open_of(self, user_id: str) -> list[Proposal]:
        """Pending and taken ones."""
        c = proposal_table.c
        found = await self._session.execute(select(Proposal).where(c.author_id == user_id, c.state.in_(OPEN)))
        return list(found.scalars())

    async def forget_unsubmitted(self, user_id: str) -> None:
        """Delete drafts, and those withdrawn before anybody saw them."""
        c = proposal_table.c
        await self._session.execute(delete(proposal_table).where(c.author_id == user_id, c.submitted_at.is_(None)))

    async def forget_drafts(self, before: datetime) -> int:
        """Delete what was begun and not touched since."""
        c = proposal_table.c
        gone = await self._session.execute(
            delete(proposal_table).where(c.state == ProposalState.DRAFT, c.updated_at < before).returning(c.id)
        )
        return len(gone.all())


def _box(wanted: ProposalFilter, now: datetime) -> tuple[list[ColumnElement[bool]], ColumnElement[datetime], bool]:
    """What is in the box, what it is sorted by, and whether newest first."""
    c = proposal_table.c
    match wanted.box:
        case InboxTab.PENDING:
            others = [] if wanted.decides_own else [c.author_id != wanted.asker_id]
            return [_pending(now), *others], c.submitted_at, False
        case InboxTab.TAKEN:
            return [_held(now), c.taken_by == wanted.asker_id], c.submitted_at, False
        case InboxTab.HELD:
            return [_held(now), c.taken_by != wanted.asker_id], c.submitted_at, False
        case InboxTab.DECIDED:
            return [c.state.in_(_DECIDED)], c.decided_at, True
        case InboxTab.OWN:
            return [c.author_id == wanted.asker_id], c.created_at, True


class SqlAllowances:
    """What people did today."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def use(self, user_id: str, action: CountedAction, day: str, cap: int) -> bool:
        # One statement: two requests at the same moment wait for each other's row, and the second sees the first's count.
        """One upsert, which the database makes atomic."""
        dialect = postgresql if self._session.get_bind().dialect.name == "postgresql" else sqlite
        one = dialect.insert(allowance_table).values(user_id=user_id, deed=action, day=day, used=1)
        counted = await self._session.execute(
            one.on_conflict_do_update(
                index_elements=["day", "user_id", "deed"],
                set_={"used": allowance_table.c.used + 1},
                where=allowance_table.c.used < cap,
            ).returning(allowance_table.c.used)
        )
        return counted.first() is not None

    async def forget(self, before_day: str) -> None:
        """Days that are over count for nothing."""
        await self._session.execute(delete(allowance_table).where(allowance_table.c.day < before_day))
