"""What the JSON of proposals, comments and reports has in common."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from catalog.moderation.cursor import Cursor
from catalog.moderation.limits import COMMENT_MAX, NOTE_MAX
from kernel.ids import is_id

PAGE_MAX = 100


def as_identifier(text: str) -> str:
    """For pydantic.  Raises ``ValueError``."""
    if not is_id(text):
        raise ValueError("This is not an identifier.")
    return text


def as_storable(text: str) -> str:
    """For pydantic: text that PostgreSQL can hold.  Raises ``ValueError``."""
    if "\x00" in text:  # PostgreSQL cannot store it
        raise ValueError("A NUL character is no text.")
    return text


Identifier = Annotated[str, Field(max_length=36), AfterValidator(as_identifier)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=NOTE_MAX), AfterValidator(as_storable)]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=COMMENT_MAX), AfterValidator(as_storable)
]


class Strict(BaseModel):
    """A request body: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid")


def decoded(text: str) -> Cursor:
    """The cursor that :func:`encoded` made ``text`` of.  Raises ``ValueError``."""
    try:
        at, _, last = base64.urlsafe_b64decode(text.encode("ascii")).decode("ascii").partition("|")
        cursor = Cursor(datetime.fromisoformat(at), last)
    except (ValueError, binascii.Error, OverflowError):
        raise ValueError("This is no cursor of ours.") from None
    if cursor.at.tzinfo is None or not is_id(last):
        raise ValueError("This is no cursor of ours.")
    return cursor


def encoded(cursor: Cursor | None) -> str | None:
    """``cursor`` for an address: URL-safe Base64 of its moment and id; ``None`` where the list ends."""
    if cursor is None:
        return None
    return base64.urlsafe_b64encode(f"{cursor.at.isoformat()}|{cursor.id}".encode()).decode()


def _cursor(text: str) -> str:
    decoded(text)
    return text


class PageQuery(BaseModel):
    """Which page, by the cursor that the one before gave."""

    cursor: Annotated[
        str | None,
        Field(max_length=200, description="`next_cursor` of the page before."),
        AfterValidator(lambda text: None if text is None else _cursor(text)),
    ] = None
    page_size: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 20

    @property
    def after(self) -> Cursor | None:
        """Where the page before ended; ``None`` for the first.  Raises what :func:`~catalog.moderation.cursor.decoded` does."""
        return None if self.cursor is None else decoded(self.cursor)


class PersonOut(BaseModel):
    """Somebody who takes part in moderation."""

    id: str
    nickname: str | None = Field(description="Null when the account is gone.")


Names = Mapping[str, str]


def person(user_id: str | None, names: Names) -> PersonOut | None:
    """``None`` for nobody; one whose account is gone has no name."""
    return None if user_id is None else PersonOut(id=user_id, nickname=names.get(user_id))


def known_person(user_id: str, names: Names) -> PersonOut:
    """Somebody who is always there to be shown, though perhaps without a name."""
    return PersonOut(id=user_id, nickname=names.get(user_id))
