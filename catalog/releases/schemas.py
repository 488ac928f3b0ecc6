"""The catalogue's JSON: what may be said of a release or an episode, and how they are answered."""

import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

from catalog.languages.schemas import Language
from catalog.releases import model
from catalog.releases.blocks import REGIONS, Blocks
from catalog.releases.external_ids import PATTERNS, ExternalIds
from catalog.releases.model import (
    ALIAS_MAX,
    EARLIEST_YEAR,
    LATEST_YEAR,
    AgeRating,
    AiringStatus,
    Release,
    ReleaseType,
    Season,
    Status,
)
from catalog.releases.names import NAME_MAX, OTHER_NAMES_MAX, NameKind, Names, OtherName
from catalog.releases.poster import PosterKind
from catalog.releases.trailers import ADDRESS_MAX, TITLE_MAX, TRAILERS_MAX, TrailerHost, trailer_at
from catalog.releases.usecases import TranslatedText
from kernel.text.markup import plain_text, without_overrides

PAGE_MAX = 100
SEARCH_MAX = 200
"""Characters of a search; the first hundred letters of it decide."""
DESCRIPTION_MAX = model.DESCRIPTION_MAX
GENRES_MAX = model.GENRES_MAX


def readable(description: str) -> str:
    """What a person reads of a description that may be HTML."""
    return plain_text(description, DESCRIPTION_MAX)


def _visible(name: str) -> str:
    if all(unicodedata.category(character)[0] in "CMZ" for character in name):
        raise ValueError("A name has at least one visible character.")
    return name


GenreName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_MAX),
    AfterValidator(_visible),
    AfterValidator(without_overrides),
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NAME_MAX), AfterValidator(without_overrides)]
Year = Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)]
Identifier = Annotated[str, Field(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]


class Storable(BaseModel):
    """Text without NUL characters, which PostgreSQL cannot store and nobody can mean."""

    @field_validator("*")
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and "\x00" in text:
                raise ValueError("A NUL character is no text.")
        return value


class Strict(Storable):
    """A request body: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid")


class NamesIn(Strict):
    """What a release is called."""

    main: Name
    english: Text | None = None
    alternative: Text | None = None


def _external(catalogue: str) -> Any:
    return Field(None, pattern=f"^{PATTERNS[catalogue]}$")


class ExternalIdsIn(Strict):
    """Identifiers in other catalogues."""

    mal: str | None = _external("mal")
    shikimori: str | None = _external("shikimori")
    anilist: str | None = _external("anilist")
    anidb: str | None = _external("anidb")
    kinopoisk: str | None = _external("kinopoisk")
    imdb: str | None = _external("imdb")
    bangumi: str | None = _external("bangumi")
    tmdb: str | None = _external("tmdb")


class OtherNameIn(Strict):
    """One more name that a release is found by."""

    text: Name
    language: Language | None = None
    kind: NameKind = NameKind.SYNONYM


class TrailerIn(Strict):
    """A video that somebody else shows."""

    url: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=ADDRESS_MAX),
        Field(description="Of one video at YouTube, Vimeo, Dailymotion, Rutube or Bilibili: its page or its frame."),
    ]
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=TITLE_MAX)] = ""
    language: Language | None = None


class ReleaseFields(Strict):
    """What may be said, and suggested, of a release."""

    alias: Annotated[
        str, Field(max_length=ALIAS_MAX, description="For addresses: lower-case letters, digits, hyphens.")
    ]
    type: ReleaseType
    name: NamesIn
    year: Year | None = None
    season: Season | None = None
    description: Annotated[
        str,
        Field(max_length=DESCRIPTION_MAX, description="Plain text; of HTML only what a person reads is kept."),
        AfterValidator(readable),
    ] = ""
    age_rating: AgeRating = AgeRating.R0
    is_ongoing: bool = False
    episodes_total: Annotated[int, Field(ge=1, le=10_000)] | None = None
    external_ids: ExternalIdsIn = ExternalIdsIn()
    genres: Annotated[
        list[GenreName],
        Field(max_length=GENRES_MAX, description="Names; a new name makes a new genre."),
    ] = []
    trailers: (
        Annotated[
            list[TrailerIn],
            Field(
                max_length=TRAILERS_MAX, description="In their order, each video once. Left out, they stay as they are."
            ),
        ]
        | None
    ) = None

    def draft(self) -> model.ReleaseDraft:
        return model.ReleaseDraft(
            alias=self.alias,
            type=self.type,
            name=Names(self.name.main, self.name.english or None, self.name.alternative or None),
            year=self.year,
            season=self.season,
            description=self.description,
            age_rating=self.age_rating,
            is_ongoing=self.is_ongoing,
            episodes_total=self.episodes_total,
            external_ids=ExternalIds(**self.external_ids.model_dump()),
            trailers=None
            if self.trailers is None
            else tuple(trailer_at(one.url, one.title, one.language or "") for one in self.trailers),
        )


class BlocksIn(Strict):
    """Where a release may not be shown."""

    regions: Annotated[list[str], Field(max_length=len(REGIONS), description="ISO 3166-1 alpha-2: `DE`, `JP`.")] = []
    copyright: Annotated[bool, Field(description="Nowhere.")] = False

    def value(self) -> Blocks:
        return Blocks(tuple(self.regions), self.copyright)


class ReleaseIn(ReleaseFields):
    """A release as an editor describes it."""

    airing_status: Annotated[AiringStatus | None, Field(description="Left out, `is_ongoing` says it.")] = None
    blocks: Annotated[BlocksIn | None, Field(description="Left out, they stay as they are.")] = None

    names: (
        Annotated[
            list[OtherNameIn],
            Field(
                max_length=OTHER_NAMES_MAX,
                description="Other names: in other languages, synonyms, abbreviations, readings. Left out, they stay as they are.",
            ),
        ]
        | None
    ) = None

    def draft(self) -> model.ReleaseDraft:
        """With what only editors say: other names, whether it airs, and blocks; ``None`` leaves each as it is."""
        return replace(
            super().draft(),
            other_names=None
            if self.names is None
            else tuple(OtherName(name.text, name.language or "", name.kind) for name in self.names),
            airing_status=self.airing_status,
            blocks=None if self.blocks is None else self.blocks.value(),
        )


class BlocksOut(BaseModel):
    """Where it is not shown; editors see it all the same."""

    regions: list[str]
    copyright: bool


class OtherNameOut(BaseModel):
    """A further name of a release."""

    text: str
    language: Annotated[
        str | None, BeforeValidator(lambda tag: tag or None), Field(description="BCP 47, where somebody said it.")
    ]
    kind: NameKind


class TrailerOut(BaseModel):
    """A video that somebody else shows."""

    host: TrailerHost
    url: str = Field(description="Its page there.")
    embed_url: str = Field(description="For a frame; plays at once, so open it when somebody asks for it.")
    title: str
    language: Annotated[
        str | None, BeforeValidator(lambda tag: tag or None), Field(description="BCP 47, where somebody said it.")
    ]


class NamesOut(BaseModel):
    """What a release is called."""

    main: str
    english: str | None
    alternative: str | None


class ExternalIdsOut(BaseModel):
    """The numbers of a release in other catalogues."""

    mal: str | None
    shikimori: str | None
    anilist: str | None
    anidb: str | None
    kinopoisk: str | None
    imdb: str | None
    bangumi: str | None
    tmdb: str | None


class GenreOut(BaseModel):
    """A genre."""

    id: str
    slug: str
    name: str


class TranslatedOut(BaseModel):
    """A release or an episode in the reader's language; an empty text stands for the original's."""

    model_config = ConfigDict(from_attributes=True)

    language: str
    name: str
    description: str


class PosterFileOut(BaseModel):
    """A poster in one width."""

    url: str
    width_px: int


class PosterOut(BaseModel):
    """What to show for a release, always something; what is behind an address never changes."""

    kind: PosterKind
    url: str = Field(description="For whoever takes one address alone.")
    sources: list[PosterFileOut] = Field(description="The same in several widths, ascending; WebP.")
    width_px: int | None = Field(description="Of the largest; null where nobody knows.")
    height_px: int | None
    preview: str | None = Field(description="A blur of it to show while it loads: ThumbHash, in base64.")
    colour: str = Field(description="#rrggbb, for what is behind it.")


class ReleaseOut(BaseModel):
    """A work in the catalogue."""

    id: str
    alias: str
    type: ReleaseType
    name: NamesOut
    names: list[OtherNameOut] = Field(description="Other names that it is found by.")
    year: int | None
    season: Season | None
    description: str
    age_rating: AgeRating
    is_ongoing: bool = Field(description="Whether `airing_status` is `ongoing`.")
    airing_status: AiringStatus
    episodes_total: int | None
    external_ids: ExternalIdsOut
    genres: list[GenreOut]
    poster_url: str | None = Field(description="The uploaded poster or an episode's picture; `poster` is there always.")
    poster: PosterOut
    blocks: BlocksOut
    trailers: list[TrailerOut]
    status: Status
    publish_at: datetime | None = Field(description="When it is to be published by itself.")
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    version: int
    translation: TranslatedOut | None = Field(None, description="In the reader's language, if there is one.")

    @classmethod
    def of(cls, release: Release, translation: TranslatedText | None = None) -> Self:
        """``translation``: in the language asked for; ``None`` where the original's texts stand."""
        answer = cls.model_validate(release, from_attributes=True)
        answer.translation = None if translation is None else TranslatedOut.model_validate(translation)
        return answer


class GenreFields(BaseModel):
    """Genres."""

    items: list[GenreOut]


class Paging(Storable):
    """Which page."""

    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 20
