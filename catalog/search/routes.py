"""Suggestions over HTTP."""

from catalog.people.queries import EntryKind
from catalog.releases.routes import VARY, reader, translations
from catalog.releases.schemas import TranslatedOut
from catalog.releases.usecases import NameSearch
from catalog.search import usecases
from catalog.search.highlights.schemas import MatchedOut
from catalog.search.highlights.usecases import Highlighter, TranslatedNames, of_releases
from catalog.search.listing import query_text
from catalog.search.listing.model import CatalogueFilter
from catalog.search.listing.routes import SEARCHES
from catalog.search.listing.usecases import Catalogue, CatalogueNotReady, ListingContext
from catalog.search.model import Name
from catalog.search.schemas import EntrySuggestion, SuggestionQuery, Suggestions, TitleSuggestion
from catalog.search.usecases import EntrySearch, NameGuesses, SearchContext, SuggestedReleases
from kernel.http import Call, Reply, Router

router = Router(tag="Catalog")


@router.get("/search/suggestions", summary="Suggest what is searched for", limit=SEARCHES, raises=(CatalogueNotReady,))
async def suggest(call: Call, query: SuggestionQuery) -> Reply[Suggestions]:
    """While somebody types: titles, people, studios and tags, the best matches of what there is so far; nothing for nothing."""
    wanted = CatalogueFilter(text=query.query, drafts=reader(call).sees_drafts, region=call.region)
    listing = ListingContext(call.port(Catalogue), call.port(SuggestedReleases), call.port(NameSearch))
    context = SearchContext(listing, call.port(EntrySearch), call.port(NameGuesses))
    found = await usecases.suggest(context, wanted, limit=query.limit, spoilers=query.spoilers)
    translated = await translations(call, query, [release.id for release in found.releases])
    words = query_text.parse(query_text.finished(query.query)).text
    names = {
        entry.id: [Name(entry.name), *(Name(name.text, name.language) for name in entry.names)]
        for entries in found.entries.by_kind.values()
        for entry in entries
    }
    others = call.port(TranslatedNames)
    matches = await of_releases(call.port(Highlighter), others, words, found.releases, translated, names)
    titles = []
    for release in found.releases:
        title = TitleSuggestion.model_validate(release, from_attributes=True)
        if (translation := translated.get(release.id)) is not None:
            title.translation = TranslatedOut.model_validate(translation)
        title.matched = MatchedOut.of(matches.get(release.id))
        titles.append(title)
    groups = {
        kind: [
            EntrySuggestion(
                id=entry.id,
                alias=entry.alias,
                name=entry.name,
                releases=entry.releases,
                matched=MatchedOut.of(matches.get(entry.id)),
            )
            for entry in found.entries.by_kind.get(kind, ())
        ]
        for kind in EntryKind
    }
    answer = Suggestions(
        titles=titles,
        people=groups[EntryKind.PERSON],
        studios=groups[EntryKind.STUDIO],
        tags=groups[EntryKind.TAG],
        did_you_mean=found.did_you_mean,
    )
    return Reply(answer, headers=VARY)
