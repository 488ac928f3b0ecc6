"""``/api/v1/library/export`` and ``/api/v1/library/import``."""

import asyncio
from typing import Final

from accounts.library.transfer import usecases
from accounts.library.transfer.adapters import exporter
from accounts.library.transfer.document import MAX_FILE_BYTES, BadFile, FileTooLarge
from accounts.library.transfer.formats import parsing
from accounts.library.transfer.formats.schemas import LibraryFile
from accounts.library.transfer.jobs import library_of
from accounts.library.transfer.schemas import ApplyIn, CandidateOut, FileIn, ImportOut, RowOut, RowsIn, RowsOut
from accounts.library.transfer.usecases import Catalogue, ImportNotFound, Imports, ImportUnderWay
from kernel.access import Role
from kernel.http import Call, Prepared, Reply, Router, Streamed
from kernel.http.problems import HttpRefusal
from kernel.jobs import Jobs
from kernel.limits import Limit
from kernel.scope import Scope

router = Router("/api/v1", tag="Library")

READ_TIMEOUT_S: Final = 120
"""For a file of the largest size over 1 Mbit/s."""
IMPORTS = Limit("library-import", attempts=20, window_s=3600)
"""A second of the processor each at worst; who tries several files in a row is well within it."""
EXPORTS = Limit("library-export", attempts=30, window_s=3600)


@router.get(
    "/library/export", role=Role.USER, transaction=False, limit=EXPORTS, summary="One's whole library, as a file"
)
async def export_library(call: Call) -> Streamed[LibraryFile]:
    """Favourites, shelves, history and lists, grouped by release; `POST /library/import` takes it, here or elsewhere."""
    now = call.clock.now()
    return Streamed(
        exporter.export(call.container, call.user.user_id, now),
        headers={"Content-Disposition": f'attachment; filename="ani-library-{now:%Y-%m-%d}.json"'},
    )


@router.post(
    "/library/import",
    status=201,
    role=Role.USER,
    transaction=False,
    media=("application/json", "application/xml", "application/gzip", "application/octet-stream"),
    limit=IMPORTS,
    summary="Read a file, and show what importing it would do",
    raises=(BadFile, FileTooLarge),
)
async def read_library_file(call: Call, query: FileIn) -> Prepared[ImportOut]:
    """Our own export, MyAnimeList's XML (also packed, as it comes) or a list of Shikimori as JSON; up to 16 MiB.

    Nothing is changed before `POST /library/import/{import_id}/apply`. The file is kept for a day.
    """
    file = await _body(call)
    document = await asyncio.to_thread(parsing.read, file, query.format)
    async with call.container.scope(write=False, actor=call.actor, origin=call.origin()) as scope:
        matches = await usecases.match(scope.port(Catalogue), [row.work for row in document.rows])

    async def keep(scope: Scope) -> Reply[ImportOut]:
        prepared = await usecases.prepare(
            scope.port(Imports),
            user_id=call.user.user_id,
            document=document,
            matches=matches,
            now=call.clock.now(),
        )
        return Reply(ImportOut.of(prepared), headers={"Location": f"/api/v1/library/import/{prepared.id}"})

    return Prepared(keep, body=file)


async def _body(call: Call) -> bytes:
    """The file, as far as it is not too large."""
    too_large = FileTooLarge(what="it is over the limit", limit=f"{MAX_FILE_BYTES // 2**20} MiB")
    if (call.request.content_length or 0) > MAX_FILE_BYTES:
        raise too_large
    data = bytearray()
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            async for chunk in call.request.content.iter_any():
                data += chunk
                if len(data) > MAX_FILE_BYTES:
                    raise too_large
    except TimeoutError:
        raise HttpRefusal(
            408, "request_timeout", f"The file did not come within {READ_TIMEOUT_S} s.", headers={"Connection": "close"}
        ) from None
    return bytes(data)


@router.get("/library/import/{import_id}", role=Role.USER, summary="A file that was read", raises=(ImportNotFound,))
async def get_import(call: Call, import_id: str) -> ImportOut:
    return ImportOut.of(await usecases.get(call.port(Imports), user_id=call.user.user_id, import_id=import_id))


@router.get(
    "/library/import/{import_id}/rows",
    role=Role.USER,
    summary="Its titles, what each was taken for, and what importing it would change",
    raises=(ImportNotFound,),
)
async def list_import_rows(call: Call, import_id: str, query: RowsIn) -> RowsOut:
    waiting = await usecases.get(call.port(Imports), user_id=call.user.user_id, import_id=import_id)
    numbers = [n for n, match in enumerate(waiting.matches) if query.state in {None, match.state}]
    shown = numbers[query.offset : query.offset + query.page_size]
    changes = await usecases.planned(library_of(call.scope), waiting, shown, query.policy, now=call.clock.now())
    works = await call.port(Catalogue).works({id_ for n in shown for id_ in waiting.matches[n].release_ids})
    items = [
        RowOut.of(
            number,
            waiting.document.rows[number],
            waiting.matches[number],
            [CandidateOut.of(id_, works.get(id_)) for id_ in waiting.matches[number].release_ids],
            changes.get(number),
        )
        for number in shown
    ]
    return RowsOut(items=items, total=len(numbers), page=query.page, page_size=query.page_size)


@router.post(
    "/library/import/{import_id}/apply",
    role=Role.USER,
    summary="Import it",
    raises=(ImportNotFound,),
)
async def apply_import(call: Call, import_id: str, body: ApplyIn) -> ImportOut:
    """In the background, see `job_id`. Asking again changes nothing, and imports nothing twice."""
    ordered = await usecases.order(
        call.port(Imports),
        call.port(Catalogue),
        call.port(Jobs),
        user_id=call.user.user_id,
        import_id=import_id,
        policy=body.policy,
        choices={choice.number - 1: choice.release_id for choice in body.choices},
    )
    return ImportOut.of(ordered)


@router.delete(
    "/library/import/{import_id}",
    role=Role.USER,
    summary="Forget a file that was read",
    raises=(ImportNotFound, ImportUnderWay),
)
async def discard_import(call: Call, import_id: str) -> None:
    await usecases.discard(call.port(Imports), user_id=call.user.user_id, import_id=import_id)
