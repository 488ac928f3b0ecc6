"""Regular work: forgetting what is over."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, or_

from accounts.identity.postbox import one_time_tokens
from accounts.identity.repository import sessions
from kernel.scope import Container

KEEP_ENDED_SESSIONS: Final = timedelta(days=90)
"""They say which places an account is used from (see ``limits.LOGIN_ACCOUNT``), and answer "was that me?"."""


async def forget_expired(container: Container) -> None:
    """Delete one-time tokens that expired and sessions that ended long ago, with their refresh tokens."""
    now = container.clock.now()
    long_ago = now - KEEP_ENDED_SESSIONS
    async with container.scope(write=True) as scope:
        session = scope.uow.session
        await session.execute(delete(one_time_tokens).where(one_time_tokens.c.expires_at <= now))
        await session.execute(
            delete(sessions).where(or_(sessions.c.ended_at <= long_ago, sessions.c.expires_at <= long_ago))
        )
