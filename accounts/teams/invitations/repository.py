"""Invitations in the database."""

from datetime import datetime

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    func,
    select,
)
from sqlalchemy.sql import ColumnElement
from typing_extensions import override

from accounts.teams.invitations.model import Invitation, InvitationKind
from accounts.teams.invitations.usecases import Invitations
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata, text_enum

MAX_EMAIL_CHARS = 254  # RFC 5321 §4.5.3.1.3

team_invitation_table = Table(
    "team_invitations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("team_id", Id, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    Column("kind", text_enum(InvitationKind, length=16), nullable=False),
    Column("inviter_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    # No foreign key: without its role an invitation is void, which its sender should see.
    Column("role_id", Id),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("max_uses", Integer, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("language", String(8), nullable=False),
    Column("email", String(MAX_EMAIL_CHARS)),
    Column("email_key", String(MAX_EMAIL_CHARS), index=True),
    Column("token_hash", LargeBinary(32), unique=True),
    Column("declined_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Index(None, "team_id", "created_at"),
)

mapper_registry.map_imperatively(Invitation, team_invitation_table)


class SqlInvitations(Invitations):
    """Invitations behind the ``Invitations`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    def add(self, invitation: Invitation) -> None:
        self._session.add(invitation)

    @override
    async def get(self, invitation_id: str) -> Invitation | None:
        return await self._session.get(Invitation, invitation_id)

    @override
    async def by_token(self, token_hash: bytes) -> Invitation | None:
        query = select(Invitation).where(team_invitation_table.c.token_hash == token_hash)
        return (await self._session.scalars(query)).one_or_none()

    @override
    async def refresh(self, invitation: Invitation) -> None:
        await self._session.refresh(invitation)

    @override
    async def count_open(self, team_id: str, now: datetime) -> int:
        query = select(func.count()).where(team_invitation_table.c.team_id == team_id, *_open(now))
        return await self._session.scalar(query) or 0

    @override
    async def open_to(self, team_id: str, email_key: str, now: datetime) -> Invitation | None:
        c = team_invitation_table.c
        query = select(Invitation).where(c.team_id == team_id, c.email_key == email_key, *_open(now)).limit(1)
        return (await self._session.scalars(query)).one_or_none()

    @override
    async def of_team(self, team_id: str, *, offset: int, limit: int) -> tuple[list[Invitation], int]:
        c = team_invitation_table.c
        total = await self._session.scalar(select(func.count()).where(c.team_id == team_id))
        newest = select(Invitation).where(c.team_id == team_id).order_by(c.created_at.desc(), c.id.desc())
        return list(await self._session.scalars(newest.offset(offset).limit(limit))), total or 0

    @override
    async def for_address(self, email_key: str, now: datetime) -> list[Invitation]:
        c = team_invitation_table.c
        query = select(Invitation).where(c.email_key == email_key, *_open(now))
        return list(await self._session.scalars(query.order_by(c.created_at.desc(), c.id.desc()).limit(100)))

    @override
    async def of_person(self, user_id: str) -> list[Invitation]:
        c = team_invitation_table.c
        query = select(Invitation).where(c.inviter_id == user_id)
        return list(await self._session.scalars(query.order_by(c.created_at.desc(), c.id.desc())))


def _open(now: datetime) -> list[ColumnElement[bool]]:
    c = team_invitation_table.c
    return [c.revoked_at.is_(None), c.declined_at.is_(None), c.uses < c.max_uses, c.expires_at > now]
