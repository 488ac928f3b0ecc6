"""Carrying out imports, piece by piece."""

from typing import Any

from accounts.library.collections.usecases import Collections
from accounts.library.lists.usecases import Lists
from accounts.library.progress.usecases import History
from accounts.library.push import LibraryPush
from accounts.library.scores import OwnScores
from accounts.library.transfer import usecases
from accounts.library.transfer.usecases import Catalogue, Import, Imports, Library
from kernel.jobs import JobContext
from kernel.scope import Container, Scope


def library_of(scope: Scope) -> Library:
    """All parts of a library within one transaction."""
    return Library(
        scope.port(History),
        scope.port(Collections),
        scope.port(Lists),
        scope.port(Catalogue),
        scope.port(OwnScores),
        scope.port(LibraryPush),
    )


async def run(job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    """Job ``library-import``: goes on where an interrupted one stopped."""
    async with job.container.scope(write=False) as scope:
        current = await usecases.get(scope.port(Imports), user_id=payload["user_id"], import_id=payload["import_id"])
    while not current.result.finished:
        await job.ensure_owner()
        async with job.container.scope(write=True, origin={"actor_id": current.user_id}) as scope:
            current = await usecases.advance(scope.port(Imports), library_of(scope), current, now=scope.clock.now())
        await job.report("importing", share_done(current))
    return {"import_id": current.id}


def share_done(current: Import) -> float:
    """0 to 1, by titles and lists."""
    whole = len(current.document.rows) + len(current.document.lists)
    done = current.result.rows_done + current.result.lists_done
    return 1.0 if whole == 0 else done / whole


async def forget_expired(container: Container) -> None:
    """Remove files whose owners said nothing for a day."""
    async with container.scope(write=True) as scope:
        await scope.port(Imports).forget_expired(scope.clock.now())
