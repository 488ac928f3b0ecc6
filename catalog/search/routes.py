"""Suggestions over HTTP."""

from aiohttp import hdrs

from catalog.releases import usecases
from catalog.releases.model import Release
from catalog.releases.routes import SEARCHES
from catalog.releases.schemas import TranslatedOut
from catalog.releases.usecases import NameSearch, ReleaseFilter, Releases, TranslatedTexts
from catalog.search.schemas import SuggestionQuery, Suggestions, TitleSuggestion
from kernel.access import Role
from kernel.http import Call, Reply, Router

router = Router(tag="Catalog")


@router.get("/search/suggestions", summary="Suggest what is searched for", limit=SEARCHES)
async def suggest(call: Call, query: SuggestionQuery) -> Reply[Suggestions]:
    """While somebody types: the best matches of what there is so far; nothing for nothing."""
    reader = usecases.Reader(sees_drafts=call.actor is not None and call.actor.may(Role.EDITOR))
    found: list[Release] = []
    if query.query.strip():
        wanted = usecases.filter_for(reader, query.query, ReleaseFilter(sort="relevance"))
        found, _ = await usecases.find_releases(
            call.port(Releases), call.port(NameSearch), wanted, offset=0, limit=query.limit
        )
    language = query.wanted(call.request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    translated = (
        {} if language is None else await call.port(TranslatedTexts).best([release.id for release in found], language)
    )
    titles = []
    for release in found:
        title = TitleSuggestion.model_validate(release, from_attributes=True)
        if (translation := translated.get(release.id)) is not None:
            title.translation = TranslatedOut.model_validate(translation)
        titles.append(title)
    return Reply(Suggestions(titles=titles), headers={"Vary": "Accept-Language"})
