"""The JSON of suggestions."""

from typing import Annotated

from pydantic import BaseModel, Field

from catalog.languages.schemas import Localised
from catalog.releases.model import ReleaseType, Status
from catalog.releases.schemas import SEARCH_MAX, NamesOut, Storable, TranslatedOut
from catalog.search.highlights.schemas import MatchedOut

SUGGESTIONS_MAX = 20


class SuggestionQuery(Localised, Storable):
    """What was typed so far."""

    query: Annotated[str, Field(max_length=SEARCH_MAX)] = ""
    limit: Annotated[int, Field(ge=1, le=SUGGESTIONS_MAX, description="Titles; of each other group 5 at most.")] = 8
    spoilers: Annotated[bool, Field(description="Whether to suggest tags that give a story away.")] = False


class TitleSuggestion(BaseModel):
    """A release that may be meant."""

    id: str
    alias: str
    name: NamesOut
    translation: TranslatedOut | None = Field(None, description="In the reader's language, if there is one.")
    type: ReleaseType
    year: int | None
    poster_url: str | None
    status: Status
    matched: MatchedOut | None = Field(None, description="The name that it was found by.")


class EntrySuggestion(BaseModel):
    """A person, a studio or a tag that may be meant."""

    id: str
    alias: Annotated[str, Field(description="What its page is addressed by; of a tag its slug.")]
    name: str
    releases: Annotated[int, Field(description="Published releases that name it.")]
    matched: MatchedOut | None = Field(None, description="The name that it was found by.")


class Suggestions(BaseModel):
    """What may be meant, by group, the best match first; an empty group found nothing."""

    titles: list[TitleSuggestion]
    people: list[EntrySuggestion]
    studios: list[EntrySuggestion]
    tags: list[EntrySuggestion]
    did_you_mean: Annotated[
        str | None,
        Field(
            description="Where nothing, or nothing surely, is found: the name of the best known release whose name is near. "
            "Searching for it finds it."
        ),
    ] = None
