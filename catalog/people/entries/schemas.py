"""People, studios and tags as JSON: what they have in common."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from catalog.languages.schemas import Language
from catalog.people.entries.model import ENTRY_NAME_MAX, EntryName
from catalog.releases.model import ALIAS_MAX
from catalog.releases.schemas import Paging, Strict

NAMES_MAX = 50
"""Other names of one entry: what a person is called in fifty languages."""
ENTRY_DESCRIPTION_MAX = 5_000
"""Characters: two pages."""
SEARCH_MAX = 100
"""Characters of a search."""

EntryNameText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=ENTRY_NAME_MAX)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=ALIAS_MAX)]
"""An id or an alias."""


class EntryNameIn(Strict):
    """One more name."""

    text: EntryNameText
    language: Language | None = None


class EntryFields(Strict):
    """What may be said of every entry."""

    name: EntryNameText
    names: Annotated[
        list[EntryNameIn],
        Field(default_factory=list, max_length=NAMES_MAX, description="Other names, in any language."),
    ]
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=ENTRY_DESCRIPTION_MAX)] = ""

    def other_names(self) -> tuple[EntryName, ...]:
        """In the order given."""
        return tuple(EntryName(name.text, name.language or "") for name in self.names)


Alias = Annotated[
    str | None,
    Field(
        max_length=ALIAS_MAX,
        description="For addresses: lower-case letters, digits, hyphens. Left out, it stays, or is made of the name.",
    ),
]


class MergeIn(Strict):
    """Which of two stays."""

    into: Key = Field(description="Id or alias of the one that stays.")


class EntryQuery(Paging):
    """Which entries."""

    model_config = ConfigDict(extra="ignore")

    search: Annotated[str, Field(max_length=SEARCH_MAX, description="Words of a name, in any language.")] = ""


class EntryNameOut(BaseModel):
    """A name in a language."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    language: Annotated[
        str | None, BeforeValidator(lambda tag: tag or None), Field(description="BCP 47, where somebody said it.")
    ]


class EntryOut(BaseModel):
    """What all entries answer."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    names: list[EntryNameOut] = Field(description="Other names.")
    description: str
    created_at: datetime
    updated_at: datetime
    version: int
    releases: int = Field(0, description="How many published releases name it.")


class OfPage(BaseModel):
    """Which page of how many rows."""

    total: int
    page: int
    page_size: int
