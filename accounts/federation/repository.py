"""Linked accounts in the database."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from typing_extensions import override

from accounts.federation.claims import MAX_EMAIL_CHARS
from accounts.federation.errors import IdentityTaken
from accounts.federation.model import MAX_ISSUER_CHARS, MAX_SUBJECT_CHARS, LinkedIdentity
from accounts.federation.usecases import LinkedIdentities
from accounts.identity.model import UserId
from kernel.db import Id, UnitOfWork, UtcDateTime, mapper_registry, metadata

identities = Table(
    "identities",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("issuer", String(MAX_ISSUER_CHARS), nullable=False),
    Column("subject", String(MAX_SUBJECT_CHARS), nullable=False),
    Column("email", String(MAX_EMAIL_CHARS)),
    Column("linked_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime, nullable=False),
    UniqueConstraint("issuer", "subject"),
)

mapper_registry.map_imperatively(LinkedIdentity, identities)


class SqlLinkedIdentities(LinkedIdentities):
    """Linked accounts behind the ``Identities`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def find(self, issuer: str, subject: str) -> LinkedIdentity | None:
        query = select(LinkedIdentity).where(identities.c.issuer == issuer, identities.c.subject == subject)
        return (await self._session.scalars(query)).one_or_none()

    @override
    async def of_user(self, user_id: UserId, *, lock: bool = False) -> list[LinkedIdentity]:
        query = select(LinkedIdentity).where(identities.c.user_id == user_id).order_by(identities.c.id)
        return list(await self._session.scalars(query.with_for_update() if lock else query))

    @override
    async def add(self, identity: LinkedIdentity) -> None:
        self._session.add(identity)
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise IdentityTaken from error

    @override
    async def remove(self, identity: LinkedIdentity) -> None:
        await self._session.delete(identity)

    async def unlink_all(self, user_id: UserId, now: datetime) -> None:
        """The ``LinkedAccounts`` port of identity."""
        for identity in await self.of_user(user_id, lock=True):
            identity.unlink(now)
            await self.remove(identity)
