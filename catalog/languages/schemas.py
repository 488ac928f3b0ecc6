"""A language in a request, as a BCP 47 tag."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from catalog.languages.tags import TAG_MAX, BadLanguage, canonical, most_wanted

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL cannot store it."""


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
