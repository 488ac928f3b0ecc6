"""Leases without a database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from streaming.origin.leases.model import StreamHolder, StreamLimits
from streaming.origin.leases.usecases import Context
from streaming.origin.model import StreamSession


class MemoryLeases:
    """Behind ``StreamLeases``, over the sessions of a test."""

    def __init__(self, sessions: dict[str, StreamSession], limits: StreamLimits | None = None) -> None:
        self.sessions = sessions
        self.limits = limits or StreamLimits()
        self.revoked: list[str] = []

    def context(self, now: datetime) -> Context:
        return Context(leases=self, limits=self.limits, revocations=self, now=now)

    def revoke(self, session_id: str) -> None:
        self.revoked.append(session_id)

    async def lock(self, user_id: str) -> None:
        pass

    async def watched_by(self, user_id: str, now: datetime) -> Sequence[StreamHolder]:
        return [_holder(each) for each in self._watched(now) if each.user_id == user_id]

    async def watched(self, now: datetime, *, offset: int, limit: int) -> tuple[Sequence[StreamHolder], int]:
        found = [_holder(each) for each in self._watched(now)]
        return found[offset : offset + limit], len(found)

    async def get(self, session_id: str) -> StreamSession | None:
        return self.sessions.get(session_id)

    async def of_login(self, login_id: str) -> Sequence[StreamSession]:
        return [each for each in self.sessions.values() if each.login_id == login_id and each.ended_at is None]

    async def of_user(self, user_id: str) -> Sequence[StreamSession]:
        return [each for each in self.sessions.values() if each.user_id == user_id and each.ended_at is None]

    async def of_episodes(self, episode_ids: Collection[str]) -> Sequence[StreamSession]:
        return [each for each in self.sessions.values() if each.episode_id in episode_ids and each.ended_at is None]

    async def leased_until(self, session_ids: Collection[str], now: datetime) -> Mapping[str, datetime]:
        found = [self.sessions[each] for each in session_ids if each in self.sessions]
        return {each.id: each.leased_until for each in found if not each.is_over(now)}

    async def renew(self, session_ids: Collection[str], *, until: datetime, ending_after: datetime) -> None:
        for each in session_ids:
            if self.sessions[each].leased_until > ending_after:
                self.sessions[each].leased_until = until

    def _watched(self, now: datetime) -> list[StreamSession]:
        return [each for each in self.sessions.values() if not each.is_over(now) and not each.is_lapsed(now)]


def _holder(session: StreamSession) -> StreamHolder:
    return StreamHolder(
        session.id,
        session.user_id,
        session.login_id,
        session.episode_id,
        session.title,
        session.browser,
        session.platform,
        session.started_at,
    )
