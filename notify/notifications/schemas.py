"""What is asked and answered about notifications."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kernel.ids import ID_PATTERN, is_id
from notify.notifications.model import Notification, NotificationKind
from notify.notifications.usecases import Preference

PAGE_MAX = 100


class Shape(BaseModel):
    """The base of what is sent here: nothing but the fields it has."""

    model_config = ConfigDict(extra="forbid")


class NotificationsQuery(BaseModel):
    """Which notifications: those before an id, or unread ones alone."""

    before: Annotated[str, Field(pattern=ID_PATTERN, description="Go on below this id.")] | None = None
    unread: Annotated[bool, Field(description="Only what is not read yet.")] = False
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 30

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.before is not None and not is_id(self.before):
            raise ValueError("before must be the id of a notification")
        return self


class NotificationOut(BaseModel):
    """What happened, without words: clients have a text for each kind, and put the values into it."""

    id: str
    kind: str
    params: dict[str, Any]
    link: Annotated[str, Field(description="A path of the web client; empty where there is nowhere to go.")]
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, found: Notification) -> Self:
        return cls.model_validate(found, from_attributes=True)


class NotificationsOut(BaseModel):
    """Notifications, the newest first, and how many are unread."""

    items: list[NotificationOut]
    next_before: Annotated[str | None, Field(description="Ask with `before` set to this; null at the end.")]
    unread_count: int


class UnreadOut(BaseModel):
    """How many notifications are unread."""

    unread_count: int


class ReadIn(Shape):
    """One of three: some of them, all of them, or all up to one."""

    ids: Annotated[list[Annotated[str, Field(pattern=ID_PATTERN)]], Field(max_length=PAGE_MAX)] | None = None
    all: bool = False
    before: (
        Annotated[str, Field(pattern=ID_PATTERN, description="The id of the newest to mark, with all older ones.")]
        | None
    ) = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if [self.ids is not None, self.all, self.before is not None].count(True) != 1:
            raise ValueError("give either ids, or all, or before")
        if not all_ids([*(self.ids or ()), *([self.before] if self.before is not None else ())]):
            raise ValueError("these must be ids of notifications")
        return self


class PreferenceOut(BaseModel):
    """Whether somebody wants notifications of a kind; essential ones always come."""

    kind: NotificationKind
    enabled: bool
    essential: Annotated[bool, Field(description="Keeps the account safe, and stays on.")]

    @classmethod
    def of(cls, found: Preference) -> Self:
        return cls.model_validate(found, from_attributes=True)


class PreferencesOut(BaseModel):
    """Which notifications somebody wants."""

    items: list[PreferenceOut]


class PreferencesIn(Shape):
    """Which kinds of notification somebody wants, and which not."""

    kinds: Annotated[dict[NotificationKind, bool], Field(description="Kinds that are not named stay as they are.")]


def all_ids(texts: list[str]) -> bool:
    """Whether each is a UUID in its canonical form."""
    return all(is_id(text) for text in texts)
