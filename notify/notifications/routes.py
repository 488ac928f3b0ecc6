"""``/api/v1/notifications``: what one was told."""

from kernel.access import Role
from kernel.http import Call, Router
from notify.notifications import usecases
from notify.notifications.model import EssentialKind, NotificationNotFound
from notify.notifications.schemas import (
    NotificationOut,
    NotificationsOut,
    NotificationsQuery,
    PreferenceOut,
    PreferencesIn,
    PreferencesOut,
    ReadIn,
    UnreadOut,
)
from notify.notifications.usecases import Notifications, Push

router = Router("/api/v1/notifications", tag="Notifications")


@router.get("", role=Role.USER, summary="What one was told, newest first")
async def list_notifications(call: Call, query: NotificationsQuery) -> NotificationsOut:
    kept, user_id = call.port(Notifications), call.user.user_id
    found = await kept.page(user_id, before=query.before, unread=query.unread, limit=query.limit + 1)
    page = found[: query.limit]
    return NotificationsOut(
        items=[NotificationOut.of(one) for one in page],
        next_before=page[-1].id if len(found) > len(page) else None,
        unread_count=await usecases.unread_count(kept, user_id),
    )


@router.get("/unread", role=Role.USER, summary="How many one has not read")
async def count_unread(call: Call) -> UnreadOut:
    return UnreadOut(unread_count=await usecases.unread_count(call.port(Notifications), call.user.user_id))


@router.post("/read", role=Role.USER, summary="Mark notifications as read, on all one's devices")
async def mark_read(call: Call, body: ReadIn) -> UnreadOut:
    """Ids that are not one's own, or gone, are left out."""
    left = await usecases.mark_read(
        call.port(Notifications),
        call.port(Push),
        call.user.user_id,
        ids=body.ids,
        up_to=body.before,
        now=call.clock.now(),
    )
    return UnreadOut(unread_count=left)


@router.delete("/{notification_id}", role=Role.USER, summary="Remove a notification", raises=(NotificationNotFound,))
async def remove_notification(call: Call, notification_id: str) -> None:
    await usecases.remove(call.port(Notifications), call.port(Push), call.user.user_id, notification_id)


@router.get("/preferences", role=Role.USER, summary="Which kinds one hears of")
async def get_preferences(call: Call) -> PreferencesOut:
    found = await usecases.preferences(call.port(Notifications), call.user.user_id)
    return PreferencesOut(items=[PreferenceOut.of(one) for one in found])


@router.put("/preferences", role=Role.USER, summary="Turn kinds on and off", raises=(EssentialKind,))
async def set_preferences(call: Call, body: PreferencesIn) -> PreferencesOut:
    found = await usecases.prefer(call.port(Notifications), call.user.user_id, body.kinds)
    return PreferencesOut(items=[PreferenceOut.of(one) for one in found])
