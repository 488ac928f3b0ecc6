"""Whom an e-mail goes to and what stands in it: found out when it is written, not when it was ordered."""

from dataclasses import dataclass
from datetime import datetime

from accounts.identity.emails import OutgoingEmail
from accounts.identity.names import Email
from accounts.identity.otp import usecases as otp
from accounts.identity.otp.code_seal import CodeSeal
from accounts.identity.otp.usecases import LoginCodes
from accounts.identity.ports import Users
from accounts.identity.recovery import usecases as recovery
from accounts.identity.recovery.usecases import OneTimeTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailContext:
    """What one needs to write an e-mail of identity."""

    users: Users
    tokens: OneTimeTokens
    codes: LoginCodes
    seal: CodeSeal
    now: datetime


@dataclass(frozen=True, slots=True)
class EmailContents:
    """An e-mail that can be written."""

    to: Email
    nickname: str
    secret: str = ""
    """A token for the link, or a code to type; nothing in an e-mail that only tells something."""


async def contents_of(context: EmailContext, email: OutgoingEmail) -> EmailContents | None:
    """With a fresh secret, which makes those of earlier e-mails worthless; ``None`` when there is nobody to write to."""
    users, tokens, now = context.users, context.tokens, context.now
    match email.kind:
        case "verify" | "reset":
            issued = await recovery.issue(users, tokens, email, now)
        case "code" | "confirm":
            issued = await otp.issue(users, context.codes, context.seal, email.email, email.kind, now)
        case "email":
            issued = await recovery.issue_email_change(users, tokens, email, now)
            return None if issued is None else EmailContents(email.email, issued[0].nickname, issued[1])
        case "team_invitation":
            return None  # the sender has an author for these
        case "email_changed":
            user = None if email.user_id is None else await users.get(email.user_id)
            return None if user is None else EmailContents(email.email, user.nickname)
    return None if issued is None else EmailContents(issued[0].email, issued[0].nickname, issued[1])
