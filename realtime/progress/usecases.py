"""Viewing progress from many players, as few durable writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kernel.concurrency.group_commit import GroupCommit

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
        """Durable when it returns; several marks of one user and episode end as they would one by one."""
        ...


class Progress:
    """Commits marks in groups."""

    def __init__(self, sink: ProgressSink) -> None:
        self._sink = sink
        self._commits: GroupCommit[ProgressMark, None] = GroupCommit(
            self._write, name="progress", window_s=COMMIT_WINDOW_S, batch_limit=BATCH_LIMIT, backlog_limit=BACKLOG_LIMIT
        )

    def start(self) -> None:
        """Begin to write."""
        self._commits.start()

    async def close(self) -> None:
        """Write what is waiting, then stop."""
        await self._commits.close()

    async def record(self, mark: ProgressMark) -> None:
        """Durable when it returns: this mark, or a newer one of the same viewing."""
        await self._commits.submit(mark)

    async def _write(self, marks: Sequence[ProgressMark]) -> list[None]:
        # All of them, not the newest of each episode: what was finished and begun again meanwhile was still finished.
        await self._sink.record(marks)
        return [None] * len(marks)
