"""The JSON of rules."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from catalog.imports.rules.model import GENRE_MAX, GenreRule, Mark, SourceGenre
from kernel.ids import ID_PATTERN

GenreName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=GENRE_MAX)]


class SourceGenreIO(BaseModel):
    """A genre in a source's own words, and what it is here."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    name: GenreName
    rule: GenreRule
    genre: Annotated[GenreName | None, Field(description="One of ours, or a new one; of a mapped one.")] = None

    @model_validator(mode="after")
    def _complete(self) -> "SourceGenreIO":
        if (self.rule is GenreRule.MAPPED) != (self.genre is not None):
            raise ValueError("A mapped genre has a genre, another has none.")
        return self

    def value(self) -> SourceGenre:
        return SourceGenre(self.name, self.rule, self.genre)


class SourceGenresIO(BaseModel):
    """Genres of a source."""

    model_config = ConfigDict(extra="forbid")

    items: Annotated[list[SourceGenreIO], Field(max_length=1_000)]


class BlacklistIn(BaseModel):
    """A work that is never imported."""

    model_config = ConfigDict(extra="forbid")

    source_id: Annotated[str | None, Field(pattern=ID_PATTERN, description="Left out: from no source at all.")] = None
    mark: Mark
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class BlacklistEntryOut(BaseModel):
    """What a source may not bring in."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    source_id: str | None
    mark: Mark
    value: str
    reason: str
    created_by: str | None
    created_at: datetime


class BlacklistOut(BaseModel):
    """A page of the blacklist."""

    items: list[BlacklistEntryOut]
    total: int
    page: int
    page_size: int
