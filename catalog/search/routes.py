"""Suggestions over HTTP."""

from catalog.releases.model import Release
from catalog.releases.routes import VARY, reader, translations
from catalog.releases.schemas import TranslatedOut
from catalog.search.listing.model import CatalogueFilter
from catalog.search.listing.query_text import finished
from catalog.search.listing.routes import SEARCHES, context
from catalog.search.listing.usecases import CatalogueNotReady, list_releases
from catalog.search.schemas import SuggestionQuery, Suggestions, TitleSuggestion
from kernel.http import Call, Reply, Router

router = Router(tag="Catalog")


@router.get("/search/suggestions", summary="Suggest what is searched for", limit=SEARCHES, raises=(CatalogueNotReady,))
async def suggest(call: Call, query: SuggestionQuery) -> Reply[Suggestions]:
    """While somebody types: the best matches of what there is so far; nothing for nothing."""
    found: list[Release] = []
    if text := finished(query.query).strip():
        wanted = CatalogueFilter(text=text, drafts=reader(call).sees_drafts, region=call.region, sort="relevance")
        found = list((await list_releases(context(call), wanted, offset=0, limit=query.limit)).releases)
    translated = await translations(call, query, [release.id for release in found])
    titles = []
    for release in found:
        title = TitleSuggestion.model_validate(release, from_attributes=True)
        if (translation := translated.get(release.id)) is not None:
            title.translation = TranslatedOut.model_validate(translation)
        titles.append(title)
    return Reply(Suggestions(titles=titles), headers=VARY)
