"""Viewing progress from many players, as few durable writes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from realtime.groupcommit import GroupCommit

COMMIT_WINDOW_S = 0.2
"""Progress waits this long for company: with the commit itself it is durable within 250 ms."""

BACKLOG_LIMIT = 100_000
"""Five seconds of 20,000 marks a second; beyond that the database does not keep up and players are told to try later."""

BATCH_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class Audio:
    """What somebody listens to: a language (BCP 47), and a label where there are several voice-overs in it."""

    language: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressMark:
    """Somebody's position in an episode at ``at_ms`` (Unix time, by the player)."""

    user_id: str
    episode_id: str
    position_ms: int
    duration_ms: int
    at_ms: int
    audio: Audio | None = None


class ProgressSink(Protocol):
    """Where progress is kept."""

    async def record(self, marks: Sequence[ProgressMark]) -> None:
        """Durable when it returns; one mark at most for each user and episode."""
        ...


class Progress:
    """Coalesces marks of the same user and episode and commits the rest in groups."""

    def __init__(self, sink: ProgressSink) -> None:
        self._sink = sink
        self._commits: GroupCommit[ProgressMark, None] = GroupCommit(
            self._write, name="progress", window_s=COMMIT_WINDOW_S, batch_limit=BATCH_LIMIT, backlog_limit=BACKLOG_LIMIT
        )

    def start(self) -> None:
        self._commits.start()

    async def close(self) -> None:
        await self._commits.close()

    async def record(self, mark: ProgressMark) -> None:
        """Durable when it returns: this mark, or a newer one of the same viewing."""
        await self._commits.submit(mark)

    async def _write(self, marks: Sequence[ProgressMark]) -> list[None]:
        newest: dict[tuple[str, str], ProgressMark] = {}
        for mark in marks:
            key = (mark.user_id, mark.episode_id)
            known = newest.get(key)
            if known is None or known.at_ms <= mark.at_ms:
                newest[key] = mark if known is None or mark.audio else replace(mark, audio=known.audio)
        await self._sink.record(list(newest.values()))
        return [None] * len(marks)
