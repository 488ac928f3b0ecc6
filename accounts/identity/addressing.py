"""Whom a letter goes to and what stands in it: found out when it is written, not when it was ordered."""

from dataclasses import dataclass
from datetime import datetime

from accounts.identity.names import Email
from accounts.identity.otp import usecases as otp
from accounts.identity.otp.code_seal import CodeSeal
from accounts.identity.otp.usecases import LoginCodes
from accounts.identity.ports import Users
from accounts.identity.recovery import usecases as recovery
from accounts.identity.recovery.usecases import Letter, OneTimeTokens


@dataclass(frozen=True, slots=True)
class Desk:
    """What one needs to write a letter."""

    users: Users
    tokens: OneTimeTokens
    codes: LoginCodes
    seal: CodeSeal


@dataclass(frozen=True, slots=True)
class Contents:
    """A letter that can be written."""

    to: Email
    nickname: str
    secret: str = ""
    """A token for the link, or a code to type; nothing in a letter that only tells something."""


async def contents_of(desk: Desk, letter: Letter, now: datetime) -> Contents | None:
    """With a fresh secret, which makes those of earlier letters worthless; ``None`` when there is nobody to write to."""
    match letter.kind:
        case "verify" | "reset":
            issued = await recovery.issue(desk.users, desk.tokens, letter, now)
        case "code" | "confirm":
            issued = await otp.issue(desk.users, desk.codes, desk.seal, letter.email, letter.kind, now)
        case "email":
            issued = await recovery.issue_email_change(desk.users, desk.tokens, letter, now)
            return None if issued is None else Contents(letter.email, issued[0].nickname, issued[1])
        case "team_invitation":
            return None  # the postman has an author for these
        case "email_changed":
            user = None if letter.user_id is None else await desk.users.get(letter.user_id)
            return None if user is None else Contents(letter.email, user.nickname)
    return None if issued is None else Contents(issued[0].email, issued[0].nickname, issued[1])
