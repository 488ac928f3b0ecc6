"""Teams and invitations in the database."""

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Select,
    String,
    Table,
    Text,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import relationship, selectinload
from sqlalchemy.sql import ColumnElement
from typing_extensions import override

from accounts.teams.errors import SlugTaken
from accounts.teams.model import Member, Team, TeamId
from accounts.teams.names import MAX_NAME_CHARS, MAX_SLUG_CHARS, MAX_TITLE_CHARS, search_key
from accounts.teams.permissions import Level, Permission
from accounts.teams.roles.model import TeamRole
from accounts.teams.usecases import Membership, TeamCard, Teams
from kernel.db import Id, JsonOf, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum

_PERMISSIONS: Final = JsonOf[frozenset[Permission]](
    sorted,
    # One that this version does not know was given by a newer one, and means nothing here.
    lambda names: frozenset(Permission(name) for name in names if name in Permission.__members__.values()),
)

team_table = Table(
    "teams",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(MAX_NAME_CHARS), nullable=False),
    # Folding can make text longer: «ß» becomes "ss", «ﷺ» eighteen letters.
    Column("name_key", Text, nullable=False),
    Column("slug", String(MAX_SLUG_CHARS), nullable=False, unique=True),
    Column("description", Text, nullable=False),
    Column("is_public", Boolean, nullable=False),
    Column("trusted", Boolean, nullable=False),
    Column("avatar_url", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
)

team_role_table = Table(
    "team_roles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("team_id", Id, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("title", String(MAX_TITLE_CHARS), nullable=False),
    Column("colour", String(7), nullable=False),
    Column("position", Integer, nullable=False),
    Column("level", text_enum(Level, length=16), nullable=False),
    Column("permissions", _PERMISSIONS, nullable=False),
    Column("version", Integer, nullable=False),
)

team_member_table = Table(
    "team_members",
    metadata,
    Column("team_id", Id, ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("is_owner", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

team_member_role_table = Table(
    "team_member_roles",
    metadata,
    Column("team_id", Id, primary_key=True),
    Column("user_id", Id, primary_key=True),
    Column("role_id", Id, ForeignKey("team_roles.id", ondelete="CASCADE"), primary_key=True, index=True),
    ForeignKeyConstraint(["team_id", "user_id"], ["team_members.team_id", "team_members.user_id"], ondelete="CASCADE"),
)


mapper_registry.map_imperatively(TeamRole, team_role_table, version_id_col=team_role_table.c.version)
mapper_registry.map_imperatively(
    Member,
    team_member_table,
    properties={"roles": relationship(TeamRole, secondary=team_member_role_table, lazy="raise")},
    version_id_col=team_member_table.c.version,
)
mapper_registry.map_imperatively(
    Team,
    team_table,
    properties={
        "roles": relationship(TeamRole, lazy="raise", cascade="all, delete-orphan", passive_deletes=True),
        "members": relationship(Member, lazy="raise", cascade="all, delete-orphan", passive_deletes=True),
    },
    version_id_col=team_table.c.version,
)


class SqlTeams(Teams):
    """Teams behind the ``Teams`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def add(self, team: Team) -> None:
        self._session.add(team)
        await self.flush()

    @override
    async def get(self, team_id: str) -> Team | None:
        return await self._one(_whole().where(team_table.c.id == team_id))

    @override
    async def by_slug(self, slug: str) -> Team | None:
        return await self._one(_whole().where(team_table.c.slug == slug))

    @override
    async def lock(self, team_id: str) -> Team | None:
        await self._session.flush()
        # The lists are read by statements that follow the lock, and so show what the one before left behind.
        held = _whole().where(team_table.c.id == team_id).with_for_update().execution_options(populate_existing=True)
        return await self._one(held)

    async def _one(self, query: Select[Any]) -> Team | None:
        found: Team | None = (await self._session.scalars(query)).one_or_none()
        return found

    @override
    async def flush(self) -> None:
        try:
            await self._session.flush()
        except IntegrityError as error:
            if "slug" in str(error.orig):
                raise SlugTaken from error
            raise

    @override
    async def remove(self, team: Team) -> None:
        # The database takes along what belongs to it; the session forgets it with the transaction.
        await self._session.execute(delete(team_table).where(team_table.c.id == team.id))

    @override
    async def of_user(self, user_id: str) -> list[Membership]:
        mine = select(Member).where(team_member_table.c.user_id == user_id).options(selectinload(Member.roles))  # type: ignore[arg-type]  # mapped
        by_team = {member.team_id: member for member in await self._session.scalars(mine)}
        return [
            Membership(card, by_team[TeamId(card.team_id)])
            for card in await self._cards(_cards().where(team_table.c.id.in_(by_team)))
        ]

    @override
    async def count_of_user(self, user_id: str) -> int:
        query = select(func.count()).select_from(team_member_table).where(team_member_table.c.user_id == user_id)
        return await self._session.scalar(query) or 0

    @override
    async def find(
        self, *, search: str, viewer_id: str | None, sees_private: bool, offset: int, limit: int
    ) -> tuple[list[TeamCard], int]:
        conditions = _conditions(search, viewer_id, sees_private=sees_private)
        total = await self._session.scalar(select(func.count()).select_from(team_table).where(*conditions))
        return await self._cards(_cards().where(*conditions).offset(offset).limit(limit)), total or 0

    async def _cards(self, query: Select[Any]) -> list[TeamCard]:
        return [
            TeamCard(
                team_id=row.id,
                name=row.name,
                slug=row.slug,
                description=row.description,
                is_public=row.is_public,
                trusted=row.trusted,
                avatar_url=row.avatar_url,
                created_at=row.created_at,
                members_count=row.members_count,
            )
            for row in await self._session.execute(query)
        ]


def _cards() -> Select[Any]:
    """Teams by name, with the number of their members."""
    members_count = (
        select(func.count())
        .where(team_member_table.c.team_id == team_table.c.id)
        .correlate(team_table)
        .scalar_subquery()
    )
    return select(team_table, members_count.label("members_count")).order_by(team_table.c.name_key, team_table.c.id)


def _whole() -> Select[Any]:
    return select(Team).options(
        selectinload(Team.roles),  # type: ignore[arg-type]  # mapped
        selectinload(Team.members).selectinload(Member.roles),  # type: ignore[arg-type]  # mapped
    )


def _conditions(search: str, viewer_id: str | None, *, sees_private: bool) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        or_(
            team_table.c.name_key.contains(word, autoescape=True),
            team_table.c.slug.contains(word, autoescape=True),
        )
        # A text of nothing but punctuation finds nothing, rather than everything.
        for word in search_key(search).split() or search.split()
    ]
    if not sees_private:
        mine = select(team_member_table.c.team_id).where(team_member_table.c.user_id == viewer_id)
        conditions.append(
            team_table.c.is_public if viewer_id is None else or_(team_table.c.is_public, team_table.c.id.in_(mine))
        )
    return conditions
