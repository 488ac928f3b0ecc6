"""Translations as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from catalog.languages.tags import TAG_MAX, BadLanguage, canonical, most_wanted
from catalog.releases.model import NAME_MAX
from catalog.translations.model import SubjectKind, Translation, TranslationDraft

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL cannot store it."""
DESCRIPTION_MAX = 10_000
"""As of the original."""


def _canonical(tag: str) -> str:
    try:
        return canonical(tag)
    except BadLanguage as error:
        raise ValueError(error.message) from None


Language = Annotated[str, Field(max_length=TAG_MAX, description="BCP 47."), AfterValidator(_canonical)]


class Localised(BaseModel):
    """A read in somebody's language; without it ``Accept-Language`` says which."""

    language: Language | None = None

    def wanted(self, accept_language: str) -> str | None:
        """Canonical BCP 47; ``None``: the original."""
        return self.language or most_wanted(accept_language)


class TranslationIn(BaseModel):
    """A translation as an editor gives it; empty where the original shall stand."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=NAME_MAX, pattern=NO_NUL)] = ""
    description: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=DESCRIPTION_MAX, pattern=NO_NUL)
    ] = ""

    def draft(self) -> TranslationDraft:
        return TranslationDraft(self.name, self.description)


class TranslatedOut(BaseModel):
    """A release or an episode in the reader's language; an empty text stands for the original's."""

    model_config = ConfigDict(from_attributes=True)

    language: str
    name: str
    description: str


class TranslationOut(TranslatedOut):
    """A translation, for those who work on it."""

    id: str
    kind: SubjectKind
    subject_id: str
    release_id: str
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, translation: Translation) -> "TranslationOut":
        return cls.model_validate(translation)


class TranslationList(BaseModel):
    items: list[TranslationOut]
