"""What a job's handler is given."""

from typing import Any, Final

from sqlalchemy import update

from kernel.access import Role, Standing
from kernel.jobs.model import JobNews, Listener, OwnerMayNot, State
from kernel.jobs.table import job_table
from kernel.scope import Container

REPORT_INTERVAL_S: Final = 0.5


async def nobody(_news: JobNews) -> None:
    """The listener where nobody listens."""


class JobContext:
    """What a job's handler is given: who ordered it, where to say how far it is, and the program's container."""

    def __init__(
        self,
        job_id: str,
        container: Container,
        *,
        kind: str = "",
        owner_id: str | None = None,
        claim_id: str | None = None,
        listener: Listener = nobody,
    ) -> None:
        self.id = job_id
        self.container = container
        self._kind = kind
        self._owner_id = owner_id
        self._claim_id = claim_id
        self._listener = listener
        self._stage = ""
        self._progress = 0.0
        self._reported_at_ms = float("-inf")

    async def report(self, stage: str, progress: float) -> None:
        """Say how far the work is (``progress`` from 0 to 1); cheap to call often."""
        now_ms = self.container.clock.monotonic_ms()
        if now_ms - self._reported_at_ms < REPORT_INTERVAL_S * 1000:
            return
        self._reported_at_ms = now_ms
        self._stage, self._progress = stage, min(max(progress, 0.0), 1.0)
        if await self.store(stage=self._stage, progress=self._progress):
            await self.announce("running")

    async def announce(self, state: State) -> None:
        """Tell the owner, if there is one."""
        if self._owner_id is not None:
            progress = 1.0 if state == "succeeded" else self._progress
            await self._listener(JobNews(self.id, self._kind, self._owner_id, state, self._stage, progress))

    async def ensure_owner(self, role: Role = Role.USER) -> None:
        """Make sure that whoever ordered this may still have it done; work that nobody ordered is the program's own.

        A job begins after the request that ordered it, and may go on for hours: ask before its work shows.
        Raises :class:`OwnerMayNot` for an account that is banned, gone, or below ``role`` by now.
        """
        if self._owner_id is None:
            return
        async with self.container.scope(write=False) as scope:
            owner = await scope.port(Standing).of_user(self._owner_id)
        if owner is None or not owner.may(role):
            raise OwnerMayNot

    async def store(self, **values: Any) -> bool:
        """Write to the job's row; false where it has ended or another worker has it by now, and nothing is written."""
        c = job_table.c
        mine = (c.id == self.id) & (c.claim_id == self._claim_id) & (c.state == "running")
        async with self.container.scope(write=True) as scope:
            written = await scope.uow.session.execute(update(job_table).where(mine).values(**values).returning(c.id))
            return written.one_or_none() is not None

    async def heartbeat(self) -> bool | None:
        """Show that this worker lives.  Returns whether somebody stopped the job, ``None`` where another worker has it."""
        c = job_table.c
        mine = (c.id == self.id) & (c.claim_id == self._claim_id) & (c.state == "running")
        async with self.container.scope(write=True) as scope:
            # The column itself is returned: SQLite 3.40 at times answers true for ``NULL IS NOT NULL`` there.
            beaten = await scope.uow.session.execute(
                update(job_table).where(mine).values(heartbeat_at=self.container.clock.now()).returning(c.cancelled_at)
            )
            row = beaten.one_or_none()
            return None if row is None else row.cancelled_at is not None
