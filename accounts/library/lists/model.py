"""A list that somebody made, and who may see it."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from kernel.errors import Conflict, NotFound
from kernel.events import Event

MAX_LISTS: Final = 200
"""A list for every genre and every year since colour television; all of them fit into one answer."""
MAX_ITEMS: Final = 1_000
"""More than anybody ranks by hand; the whole order is read and written in one go."""
TITLE_MAX: Final = 120
DESCRIPTION_MAX: Final = 2_000
NOTE_MAX: Final = 500
TOKEN_BYTES: Final = 24
"""192 bits of randomness: nobody guesses a link."""
TOKEN_LENGTH: Final = 32
"""Characters of :data:`TOKEN_BYTES` as URL-safe base64."""


class Visibility(StrEnum):
    """Who sees a list: its owner, whoever has the link, or everybody."""

    PRIVATE = "private"
    """Its owner alone."""
    UNLISTED = "unlisted"
    """Whoever has the link."""
    PUBLIC = "public"
    """Everybody, and shown among its owner's lists."""


class ListNotFound(NotFound):
    """There is no such list."""


class NotInList(NotFound):
    """This release is not in the list."""


class TooManyLists(Conflict):
    """You have {limit} lists already. Delete one that you no longer need."""


class ListIsFull(Conflict):
    """A list holds {limit} entries at most."""


@dataclass(frozen=True, kw_only=True)
class ListCreated(Event):
    """Somebody made a list."""

    list_id: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class ListUpdated(Event):
    """A list was renamed, described, or shown to other people than before."""

    list_id: str
    user_id: str
    visibility: str


@dataclass(frozen=True, kw_only=True)
class ListItemsChanged(Event):
    """Releases came into a list, left it, or changed places."""

    list_id: str
    user_id: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ListDeleted(Event):
    """A list was deleted."""

    list_id: str
    user_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserList:
    """A list without its entries; ``removed`` keeps its place so that other devices learn that it is gone."""

    id: str
    owner_id: str
    title: str
    description: str = ""
    visibility: Visibility = Visibility.PRIVATE
    token: str | None = None
    """Opens an unlisted list; there is one as long as it is unlisted."""
    created_at: datetime
    updated_at: datetime
    version: int = 1
    """Counts every change, those of entries too."""
    removed: bool = False
    revision: int = 0
    items_count: int = 0

    def shown_as(self, visibility: Visibility) -> "UserList":
        """With another visibility. An unlisted list gets a link, and loses it for good when it becomes something else."""
        token = self.token
        if visibility is not Visibility.UNLISTED:
            token = None
        elif token is None:
            token = new_token()
        return replace(self, visibility=visibility, token=token)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListItem:
    """A release in a list; ``position`` orders them, with gaps between (``positions.py``)."""

    release_id: str
    position: int
    note: str = ""
    added_at: datetime


def new_token() -> str:
    """A token for a secret link, :data:`TOKEN_LENGTH` characters of URL-safe base64."""
    return secrets.token_urlsafe(TOKEN_BYTES)
