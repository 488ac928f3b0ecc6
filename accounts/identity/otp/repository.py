"""Codes to sign in with, in the database."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, String, Table, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from typing_extensions import override

from accounts.identity.names import MAX_EMAIL_CHARS, Email
from accounts.identity.otp.usecases import TRIES, LoginCodes
from kernel.db import UnitOfWork, UtcDateTime, metadata

login_codes = Table(
    "login_codes",
    metadata,
    Column("email_key", String(MAX_EMAIL_CHARS), primary_key=True),
    Column("code_hash", LargeBinary(32)),
    Column("tries_left", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)


class SqlLoginCodes(LoginCodes):
    """Codes behind the ``LoginCodes`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    @override
    async def put(self, email: Email, code_hash: bytes | None, expires_at: datetime) -> None:
        values = {"code_hash": code_hash, "tries_left": TRIES, "expires_at": expires_at}
        dialect: Any = sqlite if self._session.get_bind().dialect.name == "sqlite" else postgresql
        statement = dialect.insert(login_codes).values(email_key=email.key, **values)
        await self._session.execute(statement.on_conflict_do_update(index_elements=["email_key"], set_=values))

    @override
    async def try_once(self, email: Email, now: datetime) -> bytes | None:
        c = login_codes.c
        # One statement: of guesses sent at once each takes a try of its own.
        statement = (
            update(login_codes)
            .where(c.email_key == email.key, c.tries_left > 0, c.expires_at > now)
            .values(tries_left=c.tries_left - 1)
            .returning(c.code_hash)
        )
        found: bytes | None = await self._session.scalar(statement)
        return found

    @override
    async def remove(self, email: Email) -> None:
        await self._session.execute(delete(login_codes).where(login_codes.c.email_key == email.key))
