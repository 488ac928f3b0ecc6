"""The round that writes e-mail and carries it to the mail server."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

import structlog

from accounts.identity.emails import EmailKind, OutgoingEmail
from accounts.identity.otp.code_seal import CodeSeal
from accounts.identity.otp.usecases import LoginCodes
from accounts.identity.ports import Users
from accounts.identity.recovery.usecases import OneTimeTokens
from kernel.errors import AniError
from kernel.outbound.mail import Mail, Mailer
from kernel.scope import Container, Scope
from notify.emails import templates
from notify.emails.contents import EmailContext, contents_of
from notify.emails.outbox import MAX_ATTEMPTS, EmailQueue, retry_delay

log = structlog.get_logger()

BATCH: Final = 50
"""E-mails in one round; the next comes two seconds later."""


Author = Callable[[Scope, OutgoingEmail, datetime], Awaitable[Mail | None]]
"""Writes an e-mail of another part of the program; ``None`` when there is nothing to write any more."""


class EmailSender:
    """Writes e-mail that is due and hands it to the mail server, never inside a transaction.

    ``public_url`` begins the links; ``authors`` write what identity does not.
    """

    def __init__(self, mailer: Mailer, *, public_url: str, authors: Mapping[EmailKind, Author] | None = None) -> None:
        self._mailer = mailer
        self._public_url = public_url
        self._authors = authors or {}

    async def deliver_due(self, container: Container) -> None:
        """One round. A crash in the middle leaves an e-mail in the outbox; at worst somebody gets it twice."""
        async with container.scope(write=False) as scope:
            due = await scope.port(EmailQueue).due(container.clock.now(), limit=BATCH)
        for email_id in due:
            await self._deliver(container, email_id)

    async def _deliver(self, container: Container, email_id: str) -> None:
        now = container.clock.now()
        async with container.scope(write=True) as scope:
            queue = scope.port(EmailQueue)
            email = await queue.claim(email_id, now, now + retry_delay(1))
            if email is None:
                return
            mail = await self._write(scope, email, now)
            if mail is None:
                await queue.remove(email_id)
                return
        try:
            await self._mailer.send(mail)
        except AniError as error:
            await self._failed(container, email, error)
            return
        async with container.scope(write=True) as scope:
            await scope.port(EmailQueue).remove(email_id)

    async def _write(self, scope: Scope, email: OutgoingEmail, now: datetime) -> Mail | None:
        if (author := self._authors.get(email.kind)) is not None:
            return await author(scope, email, now)
        context = EmailContext(
            users=scope.port(Users),
            tokens=scope.port(OneTimeTokens),
            codes=scope.port(LoginCodes),
            seal=scope.port(CodeSeal),
            now=now,
        )
        contents = await contents_of(context, email)
        if contents is None:
            return None
        subject, text = templates.write(
            email.kind,
            email.language,
            nickname=contents.nickname,
            secret=contents.secret,
            public_url=self._public_url,
        )
        return Mail(contents.to, subject, text)

    async def _failed(self, container: Container, email: OutgoingEmail, error: AniError) -> None:
        gives_up = email.attempts >= MAX_ATTEMPTS
        log.warning(
            "e-mail not sent",
            email_id=email.id,
            kind=email.kind,
            attempts=email.attempts,
            gives_up=gives_up,
            reason=str(error.__cause__ or error),
        )
        async with container.scope(write=True) as scope:
            queue = scope.port(EmailQueue)
            if gives_up:
                await queue.remove(email.id)
            else:
                await queue.postpone(email.id, container.clock.now() + retry_delay(email.attempts))
