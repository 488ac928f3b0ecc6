"""The JSON of the list: what it is filtered by, and how many there are of each kind."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from catalog.languages.schemas import Localised
from catalog.releases.model import AgeRating, AiringStatus, ReleaseType, Season
from catalog.releases.schemas import GENRES_MAX, PAGE_MAX, SEARCH_MAX, Identifier, Paging, ReleaseOut, Year
from catalog.search.highlights.schemas import MatchedOut
from catalog.search.listing.model import (
    CatalogueFilter,
    Chosen,
    Count,
    Facet,
    Facets,
    Sort,
    script_of,
)

Score = Annotated[float, Field(ge=1, le=10, allow_inf_nan=False)]


class ReleaseQuery(Localised, Paging):
    """Which releases; lists are given by repeating the name, and an unknown name is a mistake."""

    model_config = ConfigDict(extra="forbid")

    search: Annotated[
        str,
        Field(
            max_length=SEARCH_MAX,
            description="A name, or what one remembers of it; filters may stand in it: `year:2016 -genre:mecha type:tv`.",
        ),
    ] = ""
    id: Annotated[list[Identifier], Field(default_factory=list, max_length=PAGE_MAX, description="These alone.")]
    type: Annotated[list[ReleaseType], Field(default_factory=list)]
    genre: Annotated[
        list[str], Field(default_factory=list, max_length=GENRES_MAX, description="Slugs, any of which will do.")
    ]
    genre_all: Annotated[
        list[str], Field(default_factory=list, max_length=GENRES_MAX, description="Slugs, all of which it must have.")
    ]
    genre_not: Annotated[
        list[str], Field(default_factory=list, max_length=GENRES_MAX, description="Slugs, none of which it may have.")
    ]
    tag: Annotated[
        list[str], Field(default_factory=list, max_length=GENRES_MAX, description="Slugs, any of which will do.")
    ]
    tag_all: Annotated[
        list[str], Field(default_factory=list, max_length=GENRES_MAX, description="Slugs, all of which it must have.")
    ]
    tag_not: Annotated[
        list[str], Field(default_factory=list, max_length=GENRES_MAX, description="Slugs, none of which it may have.")
    ]
    studio: Annotated[
        list[str], Field(default_factory=list, max_length=GENRES_MAX, description="Aliases, any of which will do.")
    ]
    person: Annotated[
        list[str], Field(default_factory=list, max_length=GENRES_MAX, description="Aliases, all of whom took part.")
    ]
    season: Annotated[list[Season], Field(default_factory=list)]
    age_rating: Annotated[list[AgeRating], Field(default_factory=list)]
    status: Annotated[list[AiringStatus], Field(default_factory=list, description="How far it has come out.")]
    year_from: Year | None = None
    year_to: Year | None = None
    score_from: Score | None = None
    score_to: Score | None = None
    gems: Annotated[bool, Field(description="Hidden gems alone: liked much and known little.")] = False
    published: Annotated[
        bool | None, Field(description="For editors: `false` for drafts alone, `true` for what viewers see.")
    ] = None
    facets: Annotated[bool, Field(description="Whether to count the releases found by each property.")] = False
    sort: Annotated[
        Sort | None,
        Field(
            description="Without it: by relevance where something is searched for, else the newest first. `name` is the one "
            "shown to a reader of the language; `fresh_at` is when there was last something new to watch."
        ),
    ] = None

    @model_validator(mode="after")
    def _years_in_order(self) -> Self:
        if self.year_from is not None and self.year_to is not None and self.year_from > self.year_to:
            raise ValueError("year_from must not be after year_to.")
        if self.score_from is not None and self.score_to is not None and self.score_from > self.score_to:
            raise ValueError("score_from must not be above score_to.")
        return self

    def filter(self, language: str | None, *, drafts: bool, region: str | None) -> CatalogueFilter:
        """For a reader of ``language`` in ``region``, who sees drafts or not."""
        chosen = {
            Facet.GENRE: Chosen(tuple(self.genre), tuple(self.genre_all), tuple(self.genre_not)),
            Facet.TYPE: Chosen(tuple(self.type)),
            Facet.SEASON: Chosen(tuple(self.season)),
            Facet.AGE_RATING: Chosen(tuple(str(int(age)) for age in self.age_rating)),
            Facet.STATUS: Chosen(tuple(self.status)),
            Facet.TAG: Chosen(tuple(self.tag), tuple(self.tag_all), tuple(self.tag_not)),
            Facet.STUDIO: Chosen(tuple(self.studio)),
            Facet.PERSON: Chosen(all_of=tuple(self.person)),
        }
        return CatalogueFilter(
            text=self.search.strip(),
            ids=tuple(self.id),
            chosen={facet: wanted for facet, wanted in chosen.items() if wanted != Chosen()},
            year_from=self.year_from,
            year_to=self.year_to,
            score_from=self.score_from,
            score_to=self.score_to,
            gems=self.gems,
            drafts=drafts,
            region=region,
            published=self.published,
            sort=self.sort or ("relevance" if self.search.strip() else "-rating" if self.gems else "-created_at"),
            script=script_of(language),
        )


class PickQuery(Localised):
    """How many releases of a pick."""

    limit: Annotated[int, Field(ge=1, le=50, description="A row of a page, or two.")] = 12


class ReleaseList(BaseModel):
    """Some releases."""

    items: list[ReleaseOut]


class ReleaseSearch(ReleaseQuery):
    """A search as a document, for filters too long for an address."""

    search: Annotated[str, Field(max_length=SEARCH_MAX, alias="query")] = ""


class FacetValue(BaseModel):
    """How many of the releases found have this value."""

    value: str
    label: str = Field(description="What people call it; empty where the value says it all.")
    count: int

    @classmethod
    def of(cls, count: Count) -> "FacetValue":
        return cls(value=count.term.value, label=count.term.label, count=count.count)


class FacetsOut(BaseModel):
    """Counts by property, the most frequent first.  A filter does not narrow the counts of its own property."""

    genre: list[FacetValue]
    type: list[FacetValue]
    season: list[FacetValue]
    age_rating: list[FacetValue]
    status: list[FacetValue]
    tag: list[FacetValue] = Field(description="Tags, studios and people: the fifty most frequent.")
    studio: list[FacetValue]
    person: list[FacetValue]
    year: list[FacetValue] = Field(description="The newest first.")

    @classmethod
    def of(cls, facets: Facets) -> "FacetsOut":
        values = {facet.value: [FacetValue.of(count) for count in counts] for facet, counts in facets.terms.items()}
        years = [FacetValue(value=str(year), label="", count=count) for year, count in facets.years.items()]
        return cls(**values, year=years)


class FoundRelease(ReleaseOut):
    """A release in a list."""

    matched: MatchedOut | None = Field(
        None, description="Where something is searched for: the name that it was found by."
    )


class ReleasePage(BaseModel):
    """One page of releases, and how many there are in all."""

    items: list[FoundRelease]
    total: int
    page: int
    page_size: int
    facets: FacetsOut | None = Field(None, description="Where they were asked for.")
