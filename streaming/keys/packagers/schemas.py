"""What is asked and answered about packagers."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from streaming.keys.packagers.model import MAX_NAME_CHARS, Packager


def _one_line(text: str) -> str:
    text = text.strip()
    if not text or any(ord(character) < 0x20 for character in text):
        raise ValueError("must be one line of text")
    return text


class PackagerIn(BaseModel):
    """A packager that may ask for keys."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[
        str,
        Field(min_length=1, max_length=MAX_NAME_CHARS, description="Which program it is, for people: MediaPackage."),
        AfterValidator(_one_line),
    ]


class PackagerOut(BaseModel):
    """A packager that may ask for keys, without its token."""

    id: str
    name: str
    created_at: datetime
    last_used_at: Annotated[datetime | None, Field(description="When it last asked for keys, to the minute.")]

    @classmethod
    def of(cls, packager: Packager) -> Self:
        return cls.model_validate(packager, from_attributes=True)


class PackagerWithTokenOut(PackagerOut):
    """A packager with its token, which is told this once."""

    token: Annotated[str, Field(description="Shown this once. `Authorization: Bearer` takes it, or a Basic password.")]

    @classmethod
    def with_token(cls, packager: Packager, token: str) -> Self:
        """``token``: of which only a hash is kept."""
        return cls(token=token, **PackagerOut.of(packager).model_dump())


class PackagersOut(BaseModel):
    """All packagers."""

    items: list[PackagerOut]
