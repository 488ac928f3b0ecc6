"""Letters and one-time tokens in the database, and the round that carries letters to the mail server."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, cast

import structlog
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from accounts.identity import letters
from accounts.identity.addressing import Desk, contents_of
from accounts.identity.letters import LetterKind, TokenKind
from accounts.identity.model import UserId
from accounts.identity.names import MAX_EMAIL_CHARS, Email
from accounts.identity.otp.code_seal import CodeSeal
from accounts.identity.otp.usecases import LoginCodes
from accounts.identity.ports import Users
from accounts.identity.recovery import usecases as recovery
from accounts.identity.recovery.usecases import MAX_ATTEMPTS, Letter, OneTimeToken, OneTimeTokens, Postbox
from kernel.db import Id, UnitOfWork, UtcDateTime, metadata
from kernel.errors import AniError
from kernel.mail import Mail, Mailer, NoMailServer
from kernel.scope import Container, Scope

log = structlog.get_logger()

BATCH: Final = 50
"""Letters in one round; the next comes two seconds later."""

letter_table = Table(
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


_SENT_ALONG: Final = ("verify", "email_changed")
"""Letters that go with something else that succeeds without them."""


class SqlPostbox:
    """Letters behind the ``Postbox`` port; where nobody carries them, who asks for one is told so."""

    def __init__(self, uow: UnitOfWork, *, carried: bool = True) -> None:
        self._session = uow.session
        self._carried = carried

    async def put(self, letter: Letter, now: datetime) -> None:
        if not self._carried:
            if letter.kind in _SENT_ALONG:
                return
            raise NoMailServer
        await self._session.execute(
            insert(letter_table).values(
                id=letter.id,
                kind=letter.kind,
                email=letter.email,
                language=letter.language,
                attempts=0,
                not_before=now,
                user_id=letter.user_id,
                about_id=letter.about_id,
            )
        )

    async def due(self, now: datetime, *, limit: int) -> list[str]:
        query = select(letter_table.c.id).where(letter_table.c.not_before <= now)
        return list(await self._session.scalars(query.order_by(letter_table.c.not_before).limit(limit)))

    async def claim(self, letter_id: str, now: datetime, retry_at: datetime) -> Letter | None:
        statement = (
            update(letter_table)
            .where(letter_table.c.id == letter_id, letter_table.c.not_before <= now)
            .values(not_before=retry_at, attempts=letter_table.c.attempts + 1)
            .returning(*letter_table.c)
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            return None
        return Letter(
            id=row.id,
            kind=cast("LetterKind", row.kind),
            email=Email(row.email),
            language=row.language,
            user_id=row.user_id,
            about_id=row.about_id,
            attempts=row.attempts,
        )

    async def remove(self, letter_id: str) -> None:
        await self._session.execute(delete(letter_table).where(letter_table.c.id == letter_id))


class SqlOneTimeTokens:
    """Tokens behind the ``OneTimeTokens`` port."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

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

    async def find(self, kind: TokenKind, token_hash: bytes) -> OneTimeToken | None:
        known = one_time_tokens.c
        query = select(one_time_tokens).where(known.token_hash == token_hash, known.kind == kind)
        return _token((await self._session.execute(query)).one_or_none())

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


Author = Callable[[Scope, Letter, datetime], Awaitable[Mail | None]]
"""Writes a letter of another part of the program; ``None`` when there is nothing to write any more."""


class Postman:
    """Writes the letters that are due and hands them to the mail server, never inside a transaction."""

    def __init__(self, mailer: Mailer, *, public_url: str, authors: Mapping[LetterKind, Author] | None = None) -> None:
        self._mailer = mailer
        self._public_url = public_url
        self._authors = authors or {}

    async def deliver_letters(self, container: Container) -> None:
        """One round. A crash in the middle leaves a letter in the box; at worst somebody gets it twice."""
        async with container.scope(write=False) as scope:
            due = await scope.port(Postbox).due(container.clock.now(), limit=BATCH)
        for letter_id in due:
            await self._deliver(container, letter_id)

    async def _deliver(self, container: Container, letter_id: str) -> None:
        now = container.clock.now()
        async with container.scope(write=True) as scope:
            postbox = scope.port(Postbox)
            letter = await postbox.claim(letter_id, now, now + recovery.retry_delay(1))
            if letter is None:
                return  # another process has it
            mail = await self._write(scope, letter, now)
            if mail is None:
                await postbox.remove(letter_id)
                return
        try:
            await self._mailer.send(mail)
        except AniError as error:
            await self._failed(container, letter, error)
            return
        async with container.scope(write=True) as scope:
            await scope.port(Postbox).remove(letter_id)

    async def _write(self, scope: Scope, letter: Letter, now: datetime) -> Mail | None:
        if (author := self._authors.get(letter.kind)) is not None:
            return await author(scope, letter, now)
        desk = Desk(scope.port(Users), scope.port(OneTimeTokens), scope.port(LoginCodes), scope.port(CodeSeal))
        contents = await contents_of(desk, letter, now)
        if contents is None:
            return None
        subject, text = letters.write(
            letter.kind,
            letter.language,
            nickname=contents.nickname,
            secret=contents.secret,
            public_url=self._public_url,
        )
        return Mail(contents.to, subject, text)

    async def _failed(self, container: Container, letter: Letter, error: AniError) -> None:
        gives_up = letter.attempts >= MAX_ATTEMPTS
        log.warning(
            "letter not sent",
            letter_id=letter.id,
            kind=letter.kind,
            attempts=letter.attempts,
            gives_up=gives_up,
            reason=str(error.__cause__ or error),
        )
        async with container.scope(write=True) as scope:
            if gives_up:
                await scope.port(Postbox).remove(letter.id)
            else:
                retry_at = container.clock.now() + recovery.retry_delay(letter.attempts)
                await scope.uow.session.execute(
                    update(letter_table).where(letter_table.c.id == letter.id).values(not_before=retry_at)
                )
