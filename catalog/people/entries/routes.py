"""What the routes of people, studios and tags have in common."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from aiohttp import hdrs

from catalog.languages.schemas import Localised
from catalog.people.entries import usecases
from catalog.people.entries.model import Entry, EntryDraft
from catalog.people.entries.schemas import EntryOut, MergeIn
from catalog.people.entries.usecases import Entries, EntriesContext
from catalog.releases.routes import reader
from catalog.releases.schemas import Paging, ReleaseOut
from catalog.releases.usecases import Releases, TranslatedTexts
from kernel.errors import NotFound
from kernel.http import Call, Reply, versioned
from kernel.limits import Limit

E = TypeVar("E", bound=Entry[Any])
O = TypeVar("O", bound=EntryOut)  # noqa: E741 - what goes out

ENTRIES: Final = Limit("reference-entries", attempts=3_000, window_s=3600)
"""People, studios and tags made by one editor: a cast typed in by a program, and not rows without end by a stolen session."""


class LocalisedPage(Localised, Paging):
    """Which page, in whose language."""


VARY: Final = {"Vary": "Accept-Language"}


def context_of(call: Call, kind: type[E], port: type[Entries[E]], missing: type[NotFound]) -> EntriesContext[E]:
    """The ports of this request."""
    return EntriesContext(
        kind=kind, missing=missing, entries=call.port(port), reader=reader(call), now=call.clock.now()
    )


async def create(call: Call, context: EntriesContext[E], draft: EntryDraft, shape: Callable[[E], O]) -> Reply[O]:
    """A new entry, written down."""
    created = await usecases.create(context, draft)
    await call.scope.flush()
    reply = versioned(shape(created), created.version, status=201)
    reply.headers["Location"] = f"{call.request.path}/{created.id}"
    return reply


async def edit(
    call: Call, context: EntriesContext[E], key: str, draft: EntryDraft, shape: Callable[[E], O]
) -> Reply[O]:
    """An entry with what the editor says of it now."""
    edited = await usecases.edit(context, key, draft, version=call.if_match())
    await call.scope.flush()
    return versioned(shape(edited), edited.version)


async def merge(call: Call, context: EntriesContext[E], key: str, body: MergeIn, shape: Callable[[E], O]) -> Reply[O]:
    """The one of two that stays."""
    kept = await usecases.merge(context, key, body.into)
    await call.scope.flush()
    return versioned(shape(kept), kept.version)


async def naming(
    call: Call, context: EntriesContext[E], key: str, query: LocalisedPage
) -> tuple[E, list[ReleaseOut], int]:
    """One page of the releases that name an entry, in the reader's language."""
    offset = (query.page - 1) * query.page_size
    found, ids, total = await usecases.releases_of(context, key, offset=offset, limit=query.page_size)
    return found, await _releases(call, ids, query), total


async def _releases(call: Call, ids: Sequence[str], localised: Localised) -> list[ReleaseOut]:
    if not ids:
        return []
    found = await call.port(Releases).many(ids)
    language = localised.wanted(call.request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    translated = {} if language is None else await call.port(TranslatedTexts).best(ids, language)
    return [ReleaseOut.of(release, translated.get(release.id)) for release in found]
