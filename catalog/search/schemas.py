"""The JSON of suggestions."""

from typing import Annotated

from pydantic import BaseModel, Field

from catalog.languages.schemas import Localised
from catalog.releases.model import ReleaseType, Status
from catalog.releases.schemas import SEARCH_MAX, NamesOut, Storable, TranslatedOut

SUGGESTIONS_MAX = 20


class SuggestionQuery(Localised, Storable):
    """What was typed so far."""

    query: Annotated[str, Field(max_length=SEARCH_MAX)] = ""
    limit: Annotated[int, Field(ge=1, le=SUGGESTIONS_MAX, description="Of each group.")] = 8


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


class Suggestions(BaseModel):
    """What may be meant, by group; an empty group found nothing."""

    titles: list[TitleSuggestion]
