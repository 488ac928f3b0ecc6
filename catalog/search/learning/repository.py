"""Choices and candidates in SQL."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    case,
    delete,
    func,
    select,
)

from catalog.ratings.figures.repository import upsert
from catalog.releases.merging.queries import merged_into
from catalog.releases.names import NAME_MAX
from catalog.search.folding import FOLDED_MAX
from catalog.search.learning.model import TEXT_MAX, AliasCandidate, CandidateState, Choice, Count, counted
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum

search_choice_table = Table(
    "search_choice",
    metadata,
    Column("key", String(FOLDED_MAX), primary_key=True),
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("voice", String(32), primary_key=True),
    Column("network", String(32), nullable=False),
    Column("signed_in", Boolean, nullable=False),
    Column("text", String(TEXT_MAX), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)
alias_candidate_table = Table(
    "alias_candidate",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(FOLDED_MAX), nullable=False),
    Column("text", String(NAME_MAX), nullable=False),
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("voices", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("state", text_enum(CandidateState, length=20), nullable=False),
    Column("decided_by", Id),
    Column("decided_at", UtcDateTime),
    Column("version", Integer, nullable=False),
    UniqueConstraint("key", "release_id"),
    Index("ix_alias_candidate_state", "state", "voices"),
)
mapper_registry.map_imperatively(AliasCandidate, alias_candidate_table, version_id_col=alias_candidate_table.c.version)


class SqlAliasCandidates:
    """Choices and candidates of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def choices(self) -> int:
        """Of the whole table."""
        return await self._session.scalar(select(func.count()).select_from(search_choice_table)) or 0

    async def open(self) -> int:
        """By the index of states."""
        c = alias_candidate_table.c
        query = select(func.count()).select_from(alias_candidate_table).where(c.state == CandidateState.OPEN)
        return await self._session.scalar(query) or 0

    async def keep(self, choice: Choice) -> None:
        """One upsert."""
        one = upsert(self._session, search_choice_table).values(
            key=choice.key,
            release_id=choice.release_id,
            voice=choice.voice,
            network=choice.network,
            signed_in=choice.signed_in,
            text=choice.text,
            at=choice.at,
        )
        await self._session.execute(
            one.on_conflict_do_update(index_elements=["key", "release_id", "voice"], set_={"at": one.excluded.at})
        )

    async def counts(self, key: str, since: datetime) -> Mapping[str, Count]:
        """By network, summed as the rule says."""
        c = search_choice_table.c
        rows = await self._session.execute(
            select(c.release_id, func.count(), func.sum(case((c.signed_in, 1), else_=0)))
            .where(c.key == key, c.at >= since)
            .group_by(c.release_id, c.network)
        )
        networks: dict[str, list[tuple[int, int]]] = {}
        for release_id, voices, accounts in rows:
            networks.setdefault(release_id, []).append((voices, accounts))
        return {release_id: counted(found) for release_id, found in networks.items()}

    async def text(self, key: str, release_id: str) -> str | None:
        """The commonest spelling; of equally common ones the first in the alphabet, so that both databases agree."""
        c = search_choice_table.c
        query = select(c.text).where(c.key == key, c.release_id == release_id)
        found = list(await self._session.scalars(query))
        return min(found, key=lambda text: (-found.count(text), text)) if found else None

    async def asked(self, key: str) -> Mapping[str, tuple[CandidateState, int]]:
        """By the unique key."""
        c = alias_candidate_table.c
        rows = await self._session.execute(select(c.release_id, c.state, c.voices).where(c.key == key))
        return {row.release_id: (row.state, row.voices) for row in rows}

    async def propose(self, candidate: AliasCandidate) -> None:
        """One upsert that leaves a row alone that came in the meantime."""
        one = upsert(self._session, alias_candidate_table).values(
            id=candidate.id,
            key=candidate.key,
            text=candidate.text,
            release_id=candidate.release_id,
            voices=candidate.voices,
            created_at=candidate.created_at,
            state=candidate.state,
            version=candidate.version,
        )
        await self._session.execute(one.on_conflict_do_nothing(index_elements=["key", "release_id"]))
        c = search_choice_table.c
        await self._session.execute(
            delete(search_choice_table).where(c.key == candidate.key, c.release_id == candidate.release_id)
        )

    async def forget_before(self, moment: datetime) -> None:
        """By the index of times."""
        await self._session.execute(delete(search_choice_table).where(search_choice_table.c.at < moment))

    async def locked(self, candidate_id: str) -> AliasCandidate | None:
        """By primary key."""
        query = select(AliasCandidate).where(alias_candidate_table.c.id == candidate_id).with_for_update()
        return (await self._session.execute(query)).scalar_one_or_none()

    async def page(self, state: CandidateState, *, offset: int, limit: int) -> tuple[list[AliasCandidate], int]:
        """By the index of states."""
        c = alias_candidate_table.c
        order = [c.voices.desc(), c.created_at] if state is CandidateState.OPEN else [c.decided_at.desc()]
        total = await self._session.scalar(
            select(func.count()).select_from(alias_candidate_table).where(c.state == state)
        )
        query = select(AliasCandidate).where(c.state == state).order_by(*order, c.id).offset(offset).limit(limit)
        return list((await self._session.execute(query)).scalars()), total or 0

    async def current(self, release_id: str) -> str:
        """Through every merge."""
        seen = {release_id}
        while (into := (await merged_into(self._session, [release_id])).get(release_id)) and into not in seen:
            seen.add(release_id := into)
        return release_id
