"""``/api/v1/imports/blacklist`` and the genres of sources: for administrators."""

from catalog.imports.rules import usecases
from catalog.imports.rules.model import BlacklistEntryNotFound, BlacklistFull
from catalog.imports.rules.schemas import BlacklistEntryOut, BlacklistIn, BlacklistOut, SourceGenreIO, SourceGenresIO
from catalog.imports.rules.usecases import Rules
from kernel.access import Role
from kernel.errors import Conflict
from kernel.http import Call, Reply, Router
from kernel.http.schemas import PageIn
from kernel.limits import Limit

router = Router(tag="Imports")

ENTRIES = Limit("import-blacklist", attempts=1_000, window_s=3600)


@router.get("/imports/sources/{source_id}/genres", role=Role.ADMIN, summary="The genres of a source, and ours for them")
async def list_source_genres(call: Call, source_id: str) -> SourceGenresIO:
    """Those that nobody mapped yet come first; they are left out of releases until somebody does."""
    found = await call.port(Rules).genres(source_id)
    return SourceGenresIO(items=[SourceGenreIO.model_validate(genre) for genre in found])


@router.put(
    "/imports/sources/{source_id}/genres",
    role=Role.ADMIN,
    summary="Say what genres of a source are here",
    raises=(Conflict,),
)
async def put_source_genres(call: Call, source_id: str, body: SourceGenresIO) -> SourceGenresIO:
    """Of those that are named; the next run takes up again the works that have them."""
    rules = call.port(Rules)
    await usecases.map_genres(rules, source_id, [each.value() for each in body.items], call.clock.now())
    return await list_source_genres(call, source_id)


@router.get("/imports/blacklist", role=Role.ADMIN, summary="Works that are never imported")
async def list_import_blacklist(call: Call, query: PageIn) -> BlacklistOut:
    found, total = await call.port(Rules).blacklist(offset=query.offset, limit=query.page_size)
    return BlacklistOut(
        items=[BlacklistEntryOut.model_validate(each) for each in found],
        total=total,
        page=query.page,
        page_size=query.page_size,
    )


@router.post(
    "/imports/blacklist",
    status=201,
    role=Role.ADMIN,
    limit=ENTRIES,
    summary="Never import a work",
    raises=(BlacklistFull, Conflict),
)
async def add_import_blacklist_entry(call: Call, body: BlacklistIn) -> Reply[BlacklistEntryOut]:
    entry = await usecases.forbid(
        call.port(Rules),
        body.source_id,
        body.mark,
        body.value,
        body.reason,
        by=call.user.user_id,
        now=call.clock.now(),
    )
    return Reply(BlacklistEntryOut.model_validate(entry))


@router.delete(
    "/imports/blacklist/{entry_id}",
    role=Role.ADMIN,
    summary="Let a work be imported again",
    raises=(BlacklistEntryNotFound,),
)
async def remove_import_blacklist_entry(call: Call, entry_id: str) -> None:
    await usecases.allow(call.port(Rules), entry_id, call.clock.now())
