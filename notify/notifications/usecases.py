"""Telling people things, and what they do with what they were told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from notify.notifications.model import (
    ESSENTIAL,
    EssentialKind,
    Notice,
    Notification,
    NotificationKind,
    NotificationNotFound,
)

MAX_COUNTED: Final = 100
"""Up to how many recipients each is sent their own unread count; past that clients add one, as they can."""


class Notifications(Protocol):
    """Where notifications are kept."""

    async def send(self, notice: Notice, to: Any) -> list[str]:
        """Give ``notice`` to all in ``to`` (ids, or a ``SELECT`` of ids) who want to hear of its kind; returns who they are."""
        ...

    async def page(self, user_id: str, *, before: str | None, unread: bool, limit: int) -> Sequence[Notification]:
        """The newest first, from below the id ``before``."""
        ...

    async def unread(self, user_ids: Collection[str]) -> dict[str, int]:
        """How many each has not read; users without any are left out."""
        ...

    async def read(self, user_id: str, *, ids: Collection[str] | None, up_to: str | None, now: datetime) -> int:
        """Mark those of ``ids`` (``None``: all) up to the id ``up_to`` as read; returns how many were not."""
        ...

    async def remove(self, user_id: str, notification_id: str) -> bool:
        """Whether there was one."""
        ...

    async def muted(self, user_id: str) -> set[str]:
        """The kinds a user does not want to hear of."""
        ...

    async def mute(self, user_id: str, kinds: Collection[NotificationKind]) -> None:
        """Replace them."""
        ...


class Push(Protocol):
    """Reaches the open sockets of people, once this transaction is committed; at most once."""

    def tell(self, user_ids: Sequence[str], event: str, body: dict[str, Any]) -> None:
        """``event`` with ``body``, to all sockets of these users."""
        ...


@dataclass(frozen=True, slots=True)
class Preference:
    """Whether a user hears of a kind, and whether they have a choice."""

    kind: NotificationKind
    enabled: bool
    essential: bool


async def send(notifications: Notifications, push: Push, notice: Notice, to: Any) -> None:
    """Tell people something: now, if they are looking, and whenever they look next."""
    told = await notifications.send(notice, to)
    body = {
        "id": notice.id,
        "kind": notice.kind.value,
        "params": dict(notice.params),
        "link": notice.link,
        "created_at": notice.at.isoformat(),
    }
    if len(told) > MAX_COUNTED:
        push.tell(told, "notification", body)
        return
    counts = await notifications.unread(told)
    for user_id in told:
        push.tell([user_id], "notification", {**body, "unread_count": counts.get(user_id, 0)})


async def unread_count(notifications: Notifications, user_id: str) -> int:
    """How many somebody has not read."""
    return (await notifications.unread([user_id])).get(user_id, 0)


async def mark_read(
    notifications: Notifications,
    push: Push,
    user_id: str,
    *,
    ids: Collection[str] | None,
    up_to: str | None,
    now: datetime,
) -> int:
    """Mark as read, here and on the user's other devices; returns how many are left."""
    changed = await notifications.read(user_id, ids=ids, up_to=up_to, now=now)
    left = await unread_count(notifications, user_id)
    if changed:
        push.tell([user_id], "notifications:unread", {"unread_count": left})
    return left


async def remove(notifications: Notifications, push: Push, user_id: str, notification_id: str) -> None:
    """Raises :class:`NotificationNotFound`."""
    if not await notifications.remove(user_id, notification_id):
        raise NotificationNotFound
    left = await unread_count(notifications, user_id)
    push.tell([user_id], "notifications:unread", {"unread_count": left})


async def preferences(notifications: Notifications, user_id: str) -> list[Preference]:
    """All kinds, in the order of the enumeration."""
    muted = await notifications.muted(user_id)
    return [Preference(kind, kind.value not in muted, kind in ESSENTIAL) for kind in NotificationKind]


async def prefer(notifications: Notifications, user_id: str, wanted: dict[NotificationKind, bool]) -> list[Preference]:
    """Turn kinds on and off; kinds not named stay as they are. Raises :class:`EssentialKind`."""
    if any(kind in ESSENTIAL and not enabled for kind, enabled in wanted.items()):
        raise EssentialKind
    muted = await notifications.muted(user_id)
    kept = [kind for kind in NotificationKind if not wanted.get(kind, kind.value not in muted)]
    await notifications.mute(user_id, kept)
    return await preferences(notifications, user_id)
