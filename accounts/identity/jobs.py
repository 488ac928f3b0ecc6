"""Regular work: forgetting what is over."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, or_, update

from accounts.identity.devices.repository import device_logins
from accounts.identity.model import REFRESH_LEEWAY
from accounts.identity.otp.repository import login_codes
from accounts.identity.recovery.repository import one_time_tokens
from accounts.identity.repository import refresh_tokens, sessions
from kernel.scope import Container

KEEP_ENDED_SESSIONS: Final = timedelta(days=90)
"""They say which places an account is used from (see ``limits.LOGIN_ACCOUNT``), and answer "was that me?"."""


async def forget_expired(container: Container) -> None:
    """Delete one-time tokens, codes and waiting devices that expired, and sessions that ended long ago, with their refresh tokens."""
    now = container.clock.now()
    long_ago = now - KEEP_ENDED_SESSIONS
    async with container.scope(write=True) as scope:
        session = scope.uow.session
        for table in (one_time_tokens, login_codes, device_logins):
            await session.execute(delete(table).where(table.c.expires_at <= now))
        await session.execute(
            update(refresh_tokens)
            .where(refresh_tokens.c.spent_at < now - REFRESH_LEEWAY, refresh_tokens.c.successor.is_not(None))
            .values(successor=None)
        )
        await session.execute(
            delete(sessions).where(or_(sessions.c.ended_at <= long_ago, sessions.c.expires_at <= long_ago))
        )
