"""Translations as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from catalog.languages.schemas import NO_NUL
from catalog.releases.names import NAME_MAX
from catalog.releases.schemas import DESCRIPTION_MAX, TranslatedOut, readable
from catalog.translations.model import SubjectKind, Translation, TranslationDraft


class TranslationIn(BaseModel):
    """A translation as an editor gives it; empty where the original shall stand."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=NAME_MAX, pattern=NO_NUL)] = ""
    description: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=DESCRIPTION_MAX, pattern=NO_NUL),
        AfterValidator(readable),
    ] = ""

    def draft(self) -> TranslationDraft:
        return TranslationDraft(self.name, self.description)


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
    """The translations of a release or an episode, by language."""

    items: list[TranslationOut]
