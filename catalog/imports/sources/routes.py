"""``/api/v1/imports/sources``: for administrators."""

import asyncio
from typing import Final

from catalog.imports.limits import UPLOAD_BYTES
from catalog.imports.sources import usecases
from catalog.imports.sources.adapters.files import ImportTooLarge
from catalog.imports.sources.cron import BadCron
from catalog.imports.sources.model import BadSource, ImportSlugTaken, ImportSource, ImportSourceNotFound
from catalog.imports.sources.schemas import ImportFileIn, ImportSourceIn, ImportSourceOut, ImportSourcesOut, StoppedIO
from catalog.imports.sources.usecases import Seal, Sources
from kernel.access import Role
from kernel.errors import Stale
from kernel.http import Call, Prepared, Reply, Router, versioned
from kernel.http.problems import HttpRefusal
from kernel.limits import Limit
from kernel.scope import Scope

router = Router(tag="Imports")

READ_TIMEOUT_S: Final = 120
"""For a file of the largest size over 1 Mbit/s."""
SOURCES = Limit("import-sources", attempts=100, window_s=3600)
FILES = Limit("import-files", attempts=60, window_s=3600)


async def _answer(call: Call, source: ImportSource, status: int | None = None) -> Reply[ImportSourceOut]:
    await call.scope.flush()
    return versioned(ImportSourceOut.of(source), source.version, status=status)


@router.get("/imports/sources", role=Role.ADMIN, summary="Sources of imports")
async def list_import_sources(call: Call) -> ImportSourcesOut:
    sources = call.port(Sources)
    found = [ImportSourceOut.of(source) for source in await sources.all()]
    return ImportSourcesOut(items=found, all_stopped=await sources.all_stopped())


@router.post(
    "/imports/sources",
    status=201,
    role=Role.ADMIN,
    limit=SOURCES,
    summary="Register a source of imports",
    raises=(ImportSlugTaken, BadCron, BadSource),
)
async def create_import_source(call: Call, body: ImportSourceIn) -> Reply[ImportSourceOut]:
    source = await usecases.register(call.port(Sources), body.draft(), call.clock.now())
    usecases.take_token(source, call.port(Seal), body.token)
    reply = await _answer(call, source, 201)
    reply.headers["Location"] = f"/api/v1/imports/sources/{source.id}"
    return reply


@router.get(
    "/imports/sources/{source_id}", role=Role.ADMIN, summary="A source of imports", raises=(ImportSourceNotFound,)
)
async def get_import_source(call: Call, source_id: str) -> Reply[ImportSourceOut]:
    source = await usecases.get(call.port(Sources), source_id)
    return versioned(ImportSourceOut.of(source), source.version)


@router.put(
    "/imports/sources/{source_id}",
    role=Role.ADMIN,
    summary="Change a source of imports",
    raises=(ImportSourceNotFound, ImportSlugTaken, BadCron, BadSource, Stale),
)
async def put_import_source(call: Call, source_id: str, body: ImportSourceIn) -> Reply[ImportSourceOut]:
    """Its kind stays as it is."""
    source = await usecases.change(
        call.port(Sources), source_id, body.draft(), version=call.if_match(), now=call.clock.now()
    )
    usecases.take_token(source, call.port(Seal), body.token)
    return await _answer(call, source)


@router.delete(
    "/imports/sources/{source_id}",
    role=Role.ADMIN,
    summary="Remove a source of imports",
    raises=(ImportSourceNotFound,),
)
async def delete_import_source(call: Call, source_id: str) -> None:
    """With its runs and conflicts; the releases that came from it stay."""
    await usecases.remove(call.port(Sources), source_id, call.clock.now())


@router.put(
    "/imports/sources/{source_id}/stopped",
    role=Role.ADMIN,
    summary="Stop a source of imports, or let it go on",
    raises=(ImportSourceNotFound,),
)
async def put_import_source_stopped(call: Call, source_id: str, body: StoppedIO) -> Reply[ImportSourceOut]:
    """A run under way ends after the rows it is at. Letting it go on also ends its rest after failures."""
    source = await usecases.stop(call.port(Sources), source_id, stopped=body.stopped, now=call.clock.now())
    return await _answer(call, source)


@router.put("/imports/stopped", role=Role.ADMIN, summary="Stop all imports, or let them go on")
async def put_imports_stopped(call: Call, body: StoppedIO) -> StoppedIO:
    await usecases.stop_all(call.port(Sources), stopped=body.stopped, by=call.user.user_id, now=call.clock.now())
    return body


@router.post(
    "/imports/sources/{source_id}/file",
    role=Role.ADMIN,
    transaction=False,
    media=("application/json", "application/gzip", "text/csv", "application/xml", "application/octet-stream"),
    limit=FILES,
    summary="Upload the file that a source is read from",
    raises=(ImportSourceNotFound, ImportTooLarge),
)
async def upload_import_file(call: Call, source_id: str, query: ImportFileIn) -> Prepared[ImportSourceOut]:
    """Plain or packed by gzip, up to 16 MiB; it replaces the one before."""
    data = await _body(call)

    async def keep(scope: Scope) -> Reply[ImportSourceOut]:
        sources = scope.port(Sources)
        source = await usecases.get(sources, source_id)
        await sources.keep_file(source.id, query.name or "file", data, scope.clock.now())
        return Reply(ImportSourceOut.of(source))

    return Prepared(keep, body=data)


async def _body(call: Call) -> bytes:
    too_large = ImportTooLarge(limit_mib=UPLOAD_BYTES // 2**20)
    if (call.request.content_length or 0) > UPLOAD_BYTES:
        raise too_large
    data = bytearray()
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            async for chunk in call.request.content.iter_any():
                data += chunk
                if len(data) > UPLOAD_BYTES:
                    raise too_large
    except TimeoutError:
        raise HttpRefusal(
            408, "request_timeout", f"The file did not come within {READ_TIMEOUT_S} s.", headers={"Connection": "close"}
        ) from None
    return bytes(data)
