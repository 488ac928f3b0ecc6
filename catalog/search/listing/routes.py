"""The catalogue as a list, over HTTP."""

import secrets

from aiohttp import hdrs

from catalog.releases.model import Release
from catalog.releases.routes import VARY, reader, translations
from catalog.releases.schemas import ReleaseOut
from catalog.releases.usecases import NameSearch, Releases
from catalog.search.highlights.schemas import MatchedOut
from catalog.search.highlights.usecases import Highlighter, TranslatedNames, of_releases
from catalog.search.listing import query_text, usecases
from catalog.search.listing.model import CatalogueFilter
from catalog.search.listing.query_text import BadTypedFilter
from catalog.search.listing.schemas import (
    FacetsOut,
    FoundRelease,
    PickQuery,
    ReleaseList,
    ReleasePage,
    ReleaseQuery,
    ReleaseSearch,
)
from catalog.search.listing.usecases import Catalogue, CatalogueNotReady, ListingContext
from kernel.http import Call, Reply, Router
from kernel.limits import Limit

router = Router(tag="Catalog")

SEARCHES = Limit("search", attempts=600, window_s=60)
"""Up to 20 ms of a processor each: ten a second is faster than anybody types, and a tenth of what one node can do."""


def _context(call: Call) -> ListingContext[Release]:
    return ListingContext(call.port(Catalogue), call.port(Releases), call.port(NameSearch))


async def _page(call: Call, query: ReleaseQuery) -> Reply[ReleasePage]:
    language = query.wanted(call.request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    found = await usecases.list_releases(
        _context(call),
        query.filter(language, drafts=reader(call).sees_drafts, region=call.region),
        offset=(query.page - 1) * query.page_size,
        limit=query.page_size,
        with_facets=query.facets,
    )
    names = await translations(call, query, [item.id for item in found.releases])
    words = query_text.parse(query.search).text
    matches = await of_releases(call.port(Highlighter), call.port(TranslatedNames), words, found.releases, names)
    items = [FoundRelease.of(item, names.get(item.id)) for item in found.releases]
    for item in items:
        item.matched = MatchedOut.of(matches.get(item.id))
    page = ReleasePage(
        items=items,
        total=found.total,
        page=query.page,
        page_size=query.page_size,
        facets=None if found.facets is None else FacetsOut.of(found.facets),
    )
    return Reply(page, headers=VARY)


@router.get("/releases", summary="List releases", raises=(BadTypedFilter, CatalogueNotReady))
async def list_releases(call: Call, query: ReleaseQuery) -> Reply[ReleasePage]:
    """Published ones; editors see drafts too."""
    return await _page(call, query)


@router.post("/releases/search", summary="Search releases", limit=SEARCHES, raises=(BadTypedFilter, CatalogueNotReady))
async def search_releases(call: Call, body: ReleaseSearch) -> Reply[ReleasePage]:
    """By names in any language, misspelt, romanised or shortened; at most the 200 best matches."""
    return await _page(call, body)


async def _pick(call: Call, query: PickQuery, wanted: CatalogueFilter) -> Reply[ReleaseList]:
    found = await usecases.list_releases(_context(call), wanted, offset=0, limit=query.limit)
    names = await translations(call, query, [item.id for item in found.releases])
    items = [ReleaseOut.of(item, names.get(item.id)) for item in found.releases]
    return Reply(ReleaseList(items=items), headers={**VARY, hdrs.CACHE_CONTROL: "no-store"})


@router.get("/releases/latest", summary="List the latest releases", raises=(CatalogueNotReady,))
async def latest_releases(call: Call, query: PickQuery) -> Reply[ReleaseList]:
    """Those with something new to watch, the newest first: what viewers see, for editors too."""
    return await _pick(call, query, CatalogueFilter(region=call.region, sort="-fresh_at"))


@router.get("/releases/random", summary="Pick releases at random", raises=(CatalogueNotReady,))
async def random_releases(call: Call, query: PickQuery) -> Reply[ReleaseList]:
    """What viewers see, others each time."""
    return await _pick(call, query, CatalogueFilter(region=call.region, shuffle=secrets.randbits(32)))
