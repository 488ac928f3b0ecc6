"""Franchises in SQL."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.sql import ColumnElement

from catalog.franchises.model import NAME_MAX, NOTE_MAX, Franchise, Member
from catalog.franchises.relations import Relation, RelationKind
from catalog.franchises.usecases import FranchiseSummary
from catalog.releases.episodes.repository import episode_table
from catalog.releases.model import ALIAS_MAX, Status
from catalog.releases.queries import seen_by
from catalog.releases.repository import release_table
from catalog.releases.usecases import Reader
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum
from kernel.text.titles import folded

franchise_table = Table(
    "franchise",
    metadata,
    Column("id", Id, primary_key=True),
    Column("alias", String(ALIAS_MAX), nullable=False, unique=True),
    Column("name", String(NAME_MAX), nullable=False),
    Column("description", Text, nullable=False),
    Column("search_text", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
)
franchise_member_table = Table(
    "franchise_member",
    metadata,
    # A release belongs to one franchise.
    Column("release_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    Column("franchise_id", Id, ForeignKey("franchise.id", ondelete="CASCADE"), nullable=False),
    Column("release_place", Integer, nullable=False),
    Column("chronological_place", Integer, nullable=False),
    Column("recommended_place", Integer, nullable=False),
    Column("may_skip", Boolean, nullable=False),
    Column("note", String(NOTE_MAX), nullable=False),
    UniqueConstraint("franchise_id", "release_place"),
    UniqueConstraint("franchise_id", "chronological_place"),
    UniqueConstraint("franchise_id", "recommended_place"),
)
franchise_relation_table = Table(
    "franchise_relation",
    metadata,
    Column("from_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    Column("to_id", Id, ForeignKey("release.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", text_enum(RelationKind, length=20), primary_key=True),
    Column("franchise_id", Id, ForeignKey("franchise.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Index("ix_franchise_relation_franchise_id", "franchise_id"),
    Index("ix_franchise_relation_to_id", "to_id"),
)

mapper_registry.map_imperatively(Franchise, franchise_table, version_id_col=franchise_table.c.version)


class SqlFranchises:
    """Franchises of one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    async def get(self, franchise_id: str) -> Franchise | None:
        """By primary key, with what is in it."""
        return await self._one(franchise_table.c.id == franchise_id)

    async def by_alias(self, alias: str) -> Franchise | None:
        """By the unique alias."""
        return await self._one(franchise_table.c.alias == alias)

    async def of_release(self, release_id: str) -> Franchise | None:
        """By the primary key of members."""
        c = franchise_member_table.c
        return await self._one(
            franchise_table.c.id.in_(select(c.franchise_id).where(c.release_id == release_id).scalar_subquery())
        )

    async def _one(self, condition: ColumnElement[bool]) -> Franchise | None:
        found = (await self._session.execute(select(Franchise).where(condition))).scalar_one_or_none()
        if found is None:
            return None
        members, relations = franchise_member_table.c, franchise_relation_table.c
        rows = await self._session.execute(
            select(franchise_member_table).where(members.franchise_id == found.id).order_by(members.release_place)
        )
        found.members = tuple(_member(row) for row in rows)
        pairs = await self._session.execute(
            select(franchise_relation_table)
            .where(relations.franchise_id == found.id)
            .order_by(relations.position, relations.from_id, relations.to_id)
        )
        found.relations = tuple(Relation(row.from_id, row.to_id, row.kind) for row in pairs)
        return found

    async def holding(self, release_ids: Collection[str]) -> Mapping[str, tuple[str, str]]:
        """One query."""
        c = franchise_member_table.c
        found = await self._session.execute(
            select(c.release_id, c.franchise_id, franchise_table.c.name)
            .join(franchise_table, franchise_table.c.id == c.franchise_id)
            .where(c.release_id.in_(release_ids))
        )
        return {row.release_id: (row.franchise_id, row.name) for row in found}

    async def page(self, text: str, reader: Reader, *, offset: int, limit: int) -> tuple[list[FranchiseSummary], int]:
        """Editors see empty ones too."""
        c, member = franchise_table.c, franchise_member_table.c
        visible = (
            select(member.franchise_id, func.count().label("releases"))
            .join(release_table, release_table.c.id == member.release_id)
            .where(seen_by(reader))
        )
        counted = visible.group_by(member.franchise_id).subquery()
        query = select(c.id, c.alias, c.name, func.coalesce(counted.c.releases, 0).label("releases")).join(
            counted, counted.c.franchise_id == c.id, isouter=reader.sees_drafts
        )
        for word in folded(text).split():
            query = query.where(c.search_text.contains(word, autoescape=True))
        total = await self._session.scalar(select(func.count()).select_from(query.subquery()))
        rows = (await self._session.execute(query.order_by(c.search_text, c.id).offset(offset).limit(limit))).all()
        posters = await self._posters([row.id for row in rows], reader)
        return [
            FranchiseSummary(row.id, row.alias, row.name, row.releases, posters.get(row.id)) for row in rows
        ], total or 0

    async def _posters(self, franchise_ids: Collection[str], reader: Reader) -> dict[str, str]:
        c = franchise_member_table.c
        query = (
            select(c.franchise_id, release_table.c.poster_url)
            .join(release_table, release_table.c.id == c.release_id)
            .where(c.franchise_id.in_(franchise_ids), release_table.c.poster_url.is_not(None), seen_by(reader))
            .order_by(c.franchise_id, c.release_place.desc())
        )
        # The last one written is the first in release order.
        return {row.franchise_id: row.poster_url for row in await self._session.execute(query)}

    async def store(self, franchise: Franchise) -> None:
        """The row first: its version is what two writers meet at."""
        self._session.add(franchise)
        # Where releases alone changed, and the clock stood still, the version counts up all the same.
        flag_modified(franchise, "updated_at")
        await self._session.flush()
        await self._forget_content(franchise.id)
        if franchise.members:
            rows = [_member_row(franchise.id, member) for member in franchise.members]
            await self._session.execute(insert(franchise_member_table), rows)
        if franchise.relations:
            pairs = [
                {
                    "franchise_id": franchise.id,
                    "from_id": relation.from_id,
                    "to_id": relation.to_id,
                    "kind": relation.kind,
                    "position": position,
                }
                for position, relation in enumerate(franchise.relations)
            ]
            await self._session.execute(insert(franchise_relation_table), pairs)

    async def remove(self, franchise: Franchise) -> None:
        """With what it says of its releases."""
        await self._forget_content(franchise.id)
        await self._session.execute(delete(franchise_table).where(franchise_table.c.id == franchise.id))

    async def _forget_content(self, franchise_id: str) -> None:
        for table in (franchise_member_table, franchise_relation_table):
            await self._session.execute(delete(table).where(table.c.franchise_id == franchise_id))

    async def published_episodes(self, release_ids: Collection[str]) -> Mapping[str, int]:
        """One query along the index of release and status."""
        c = episode_table.c
        found = await self._session.execute(
            select(c.release_id, func.count().label("episodes"))
            .where(c.release_id.in_(release_ids), c.status == Status.PUBLISHED)
            .group_by(c.release_id)
        )
        return {row.release_id: row.episodes for row in found}


def _member(row: Any) -> Member:
    return Member(
        release_id=row.release_id,
        release_place=row.release_place,
        chronological_place=row.chronological_place,
        recommended_place=row.recommended_place,
        may_skip=row.may_skip,
        note=row.note,
    )


def _member_row(franchise_id: str, member: Member) -> dict[str, Any]:
    return {
        "franchise_id": franchise_id,
        "release_id": member.release_id,
        "release_place": member.release_place,
        "chronological_place": member.chronological_place,
        "recommended_place": member.recommended_place,
        "may_skip": member.may_skip,
        "note": member.note,
    }
