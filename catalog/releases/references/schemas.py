"""The JSON of reference lists."""

from pydantic import BaseModel, Field


class ReferenceOut(BaseModel):
    """One value to choose."""

    value: str
    label: str = Field(description="In the reader's language: English or Russian.")


class AgeReferenceOut(BaseModel):
    """An age rating and what it is called."""

    value: int = Field(description="The youngest age it is for.")
    label: str


class GenreReferenceOut(ReferenceOut):
    """``value`` is the slug."""

    id: str


class ReferencesOut(BaseModel):
    """What filters and forms choose from."""

    types: list[ReferenceOut]
    seasons: list[ReferenceOut]
    years: list[int] = Field(description="Those of published releases, the latest first.")
    age_ratings: list[AgeReferenceOut]
    airing_statuses: list[ReferenceOut]
    statuses: list[ReferenceOut]
    sorting: list[ReferenceOut]
    genres: list[GenreReferenceOut] = Field(description="Those of published releases, by label.")
