"""Tokens that are sent by e-mail and good once: what they confirm, kept as hashes."""

from typing import Any, cast

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Row,
    String,
    Table,
    delete,
    insert,
    select,
)
from typing_extensions import override

from accounts.identity.emails import TokenKind
from accounts.identity.model import UserId
from accounts.identity.names import MAX_EMAIL_CHARS, Email
from accounts.identity.recovery.usecases import OneTimeToken, OneTimeTokens
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata

one_time_tokens = Table(
    "one_time_tokens",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("email", String(MAX_EMAIL_CHARS), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "user_id", "kind"),
)


class SqlOneTimeTokens(OneTimeTokens):
    """Tokens behind the ``OneTimeTokens`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def issue(self, token: OneTimeToken) -> None:
        known = one_time_tokens.c
        await self._session.execute(
            delete(one_time_tokens).where(known.user_id == token.user_id, known.kind == token.kind)
        )
        await self._session.execute(
            insert(one_time_tokens).values(
                token_hash=token.token_hash,
                user_id=token.user_id,
                kind=token.kind,
                email=token.email,
                expires_at=token.expires_at,
            )
        )

    @override
    async def find(self, kind: TokenKind, token_hash: bytes) -> OneTimeToken | None:
        known = one_time_tokens.c
        query = select(one_time_tokens).where(known.token_hash == token_hash, known.kind == kind)
        return _token((await self._session.execute(query)).one_or_none())

    @override
    async def take(self, kind: TokenKind, token_hash: bytes) -> OneTimeToken | None:
        known = one_time_tokens.c
        statement = delete(one_time_tokens).where(known.token_hash == token_hash, known.kind == kind)
        return _token((await self._session.execute(statement.returning(*known))).one_or_none())


def _token(row: Row[Any] | None) -> OneTimeToken | None:
    if row is None:
        return None
    return OneTimeToken(
        token_hash=row.token_hash,
        user_id=UserId(row.user_id),
        kind=cast("TokenKind", row.kind),
        email=Email(row.email),
        expires_at=row.expires_at,
    )
