"""The outbox of e-mail in SQL."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, cast

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from accounts.identity.emails import EmailKind, OutgoingEmail
from accounts.identity.model import UserId
from accounts.identity.names import MAX_EMAIL_CHARS, Email
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata
from kernel.outbound.mail import NoMailServer

email_table = Table(
    "letters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("email", String(MAX_EMAIL_CHARS), nullable=False),
    Column("language", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", UtcDateTime, nullable=False, index=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), index=True),
    Column("about_id", Id),
)


_SENT_ALONG: Final = ("verify", "email_changed")
"""E-mail that goes with something else that succeeds without it."""


class SqlEmailOutbox:
    """E-mail of one unit of work, behind the ports ``EmailOutbox`` and ``EmailQueue``.

    Not ``deliverable``: there is no mail server, and who asks for an e-mail is told so.
    """

    def __init__(self, uow: UnitOfWork, *, deliverable: bool = True) -> None:
        self._session = uow.session
        self._deliverable = deliverable

    async def put(self, email: OutgoingEmail, now: datetime) -> None:
        """Raises :class:`kernel.outbound.mail.NoMailServer`, but not for what only goes along with something else."""
        if not self._deliverable:
            if email.kind in _SENT_ALONG:
                return
            raise NoMailServer
        await self._session.execute(
            insert(email_table).values(
                id=email.id,
                kind=email.kind,
                email=email.email,
                language=email.language,
                attempts=0,
                not_before=now,
                user_id=email.user_id,
                about_id=email.about_id,
            )
        )

    async def withdraw(self, user_id: UserId, kinds: Collection[EmailKind]) -> None:
        """Delete what waits, however often it was tried."""
        c = email_table.c
        await self._session.execute(
            delete(email_table)
            .where(c.user_id == user_id, c.kind.in_(kinds))
            .execution_options(synchronize_session=False)
        )

    async def due(self, now: datetime, *, limit: int) -> list[str]:
        """By the moment from which on it may be sent."""
        query = select(email_table.c.id).where(email_table.c.not_before <= now)
        return list(await self._session.scalars(query.order_by(email_table.c.not_before).limit(limit)))

    async def claim(self, email_id: str, now: datetime, retry_at: datetime) -> OutgoingEmail | None:
        """One ``UPDATE … RETURNING``, so that one process gets it."""
        statement = (
            update(email_table)
            .where(email_table.c.id == email_id, email_table.c.not_before <= now)
            .values(not_before=retry_at, attempts=email_table.c.attempts + 1)
            .returning(*email_table.c)
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            return None
        return OutgoingEmail(
            id=row.id,
            kind=cast("EmailKind", row.kind),
            email=Email(row.email),
            language=row.language,
            user_id=row.user_id,
            about_id=row.about_id,
            attempts=row.attempts,
        )

    async def postpone(self, email_id: str, retry_at: datetime) -> None:
        """Leaves the count of attempts as it is."""
        await self._session.execute(update(email_table).where(email_table.c.id == email_id).values(not_before=retry_at))

    async def remove(self, email_id: str) -> None:
        """Delete the row."""
        await self._session.execute(delete(email_table).where(email_table.c.id == email_id))
