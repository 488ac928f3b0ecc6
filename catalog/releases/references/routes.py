"""Reference lists over HTTP."""

from collections.abc import Mapping

from aiohttp import hdrs

from catalog.languages.schemas import Localised
from catalog.releases.queries import listed_genres
from catalog.releases.references import labels
from catalog.releases.references.labels import Label, genre_label, in_language
from catalog.releases.references.queries import published_years
from catalog.releases.references.schemas import AgeReferenceOut, GenreReferenceOut, ReferenceOut, ReferencesOut
from catalog.releases.routes import VARY, reader
from kernel.http import Call, Reply, Router

router = Router(tag="Catalog")


@router.get("/references", summary="Read the reference lists")
async def references(call: Call, query: Localised) -> Reply[ReferencesOut]:
    """Types, seasons, years, age ratings, statuses, orders and genres, with their names in English or Russian."""
    language = query.wanted(call.request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))

    def listed(table: Mapping[str, Label]) -> list[ReferenceOut]:
        return [ReferenceOut(value=str(value), label=in_language(label, language)) for value, label in table.items()]

    genres = [
        GenreReferenceOut(id=genre.id, value=genre.slug, label=genre_label(genre.slug, genre.name, language))
        for genre in await listed_genres(call.scope.uow.session, reader(call))
    ]
    answer = ReferencesOut(
        types=listed(labels.TYPES),
        seasons=listed(labels.SEASONS),
        years=await published_years(call.scope.uow.session, reader(call)),
        age_ratings=[
            AgeReferenceOut(value=int(value), label=in_language(label, language))
            for value, label in labels.AGE_RATINGS.items()
        ],
        airing_statuses=listed(labels.AIRING_STATUSES),
        statuses=listed(labels.STATUSES),
        sorting=listed(labels.SORTING),
        genres=sorted(genres, key=lambda genre: genre.label.casefold()),
    )
    return Reply(answer, headers=VARY)
