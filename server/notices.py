"""Event → whom to tell what.  A row of :data:`TABLE` is all that a new notification takes here."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, or_, select, union

from accounts.federation.model import IdentityLinked
from accounts.identity.model import (
    EmailChanged,
    PasswordChanged,
    RefreshTokenReused,
    RoleChanged,
    UserLoggedIn,
    UserUnbanned,
)
from accounts.identity.repository import sessions, users
from accounts.identity.sessions.user_agents import browser_of, device_of
from accounts.library.collections.model import ShelfName
from accounts.library.collections.repository import favorites, shelf_items
from accounts.library.transfer.usecases import LibraryImported
from catalog.releases.model import EpisodePublished, Status
from catalog.releases.repository import episode_table, release_table
from kernel.access import Role
from kernel.events import Event
from kernel.scope import Scope
from notify.notifications.model import MERGES_WITHIN, Kind, Notice
from notify.notifications.usecases import Notifications, Push, send
from notify.webhooks.model import PauseReason, WebhookPaused
from notify.webhooks.usecases import Webhooks
from realtime.feature import RealtimeGateway
from server import group_notices
from server.sending import Compose, Sending
from streaming.ingest.model import AssetReady, IngestFailed, IngestInterrupted
from streaming.proxy.usecases import Sources
from streaming.uploads.repository import uploads

SESSIONS_LOOKED_AT = 200
"""Of a user's sign-ins before this one, the newest: who has had more devices than that is told once too often."""


RELEASE_NAMES = (
    release_table.c.name_main.label("release"),
    release_table.c.name_english.label("release_english"),
    release_table.c.name_alternative.label("release_alternative"),
)


def _names(row: Any) -> dict[str, str]:
    """All names of a release, for a client to take the one its reader can read; those it has."""
    return {column.name: name for column in RELEASE_NAMES if (name := row._mapping[column.name])}


async def new_episode(scope: Scope, event: EpisodePublished) -> Sending | None:
    """To whoever likes the release, watches it or means to."""
    session = scope.uow.session
    episode = (
        await session.execute(
            select(episode_table.c.ordinal, episode_table.c.name, *RELEASE_NAMES)
            .join(release_table, release_table.c.id == episode_table.c.release_id)
            .where(
                episode_table.c.id == event.episode_id,
                episode_table.c.status == Status.PUBLISHED,
                release_table.c.status == Status.PUBLISHED,
            )
        )
    ).one_or_none()
    if episode is None:
        return None
    fresh = (
        await session.execute(
            select(func.count(), func.min(episode_table.c.ordinal), func.max(episode_table.c.ordinal)).where(
                episode_table.c.release_id == event.release_id,
                episode_table.c.status == Status.PUBLISHED,
                episode_table.c.published_at > event.at - MERGES_WITHIN,
            )
        )
    ).one()
    shelves = shelf_items.c
    fans = union(
        select(favorites.c.user_id).where(favorites.c.release_id == event.release_id, ~favorites.c.removed),
        select(shelves.user_id).where(
            shelves.release_id == event.release_id,
            ~shelves.removed,
            or_(shelves.shelf == ShelfName.WATCHING.value, shelves.shelf == ShelfName.PLANNED.value),
        ),
    ).subquery()
    count, first, last = fresh
    notice = Notice(
        kind=Kind.EPISODE_PUBLISHED,
        at=event.at,
        params={
            **_names(episode),
            "ordinal": episode.ordinal,
            "name": episode.name,
            "count": max(1, count),
            "first": episode.ordinal if first is None else first,
            "last": episode.ordinal if last is None else last,
        },
        link=f"/watch/{event.episode_id}" if count <= 1 else f"/releases/{event.release_id}",
        topic=f"release:{event.release_id}",
    )
    return Sending(notice, select(fans.c.user_id))


async def new_device(scope: Scope, event: UserLoggedIn) -> Sending | None:
    """To the owner of the account, unless they have signed in with this kind of browser and device before."""
    known = (
        await scope.uow.session.execute(
            select(sessions.c.id, sessions.c.user_agent)
            .where(sessions.c.user_id == event.user_id, sessions.c.created_at <= event.at)
            .order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
            .limit(SESSIONS_LOOKED_AT)
        )
    ).all()
    used = next((row.user_agent for row in known if row.id == event.session_id), None)
    before = {_kind_of_device(row.user_agent) for row in known if row.id != event.session_id}
    if used is None or not before or _kind_of_device(used) in before:
        return None  # gone already, the first one ever, or an old acquaintance
    browser, device = _kind_of_device(used)
    params = {"browser": browser or "", "device": device or "", "address": event.address}
    return Sending(Notice(kind=Kind.SIGNED_IN, at=event.at, params=params, link="/account"), [event.user_id])


def _kind_of_device(user_agent: str) -> tuple[str | None, str | None]:
    return browser_of(user_agent), device_of(user_agent)


async def session_stolen(_scope: Scope, event: RefreshTokenReused) -> Sending:
    params = {"address": event.address}
    return Sending(Notice(kind=Kind.SESSION_STOLEN, at=event.at, params=params, link="/account"), [event.user_id])


async def password_changed(_scope: Scope, event: PasswordChanged) -> Sending:
    params = {"reason": event.reason}
    return Sending(Notice(kind=Kind.PASSWORD_CHANGED, at=event.at, params=params, link="/account"), [event.user_id])


async def role_changed(_scope: Scope, event: RoleChanged) -> Sending:
    params = {"before": event.before, "after": event.after}
    return Sending(Notice(kind=Kind.ROLE_CHANGED, at=event.at, params=params), [event.user_id])


async def ban_lifted(_scope: Scope, event: UserUnbanned) -> Sending:
    return Sending(Notice(kind=Kind.BAN_LIFTED, at=event.at), [event.user_id])


async def ingest_finished(scope: Scope, event: AssetReady) -> Sending | None:
    """To whoever uploaded the file; nobody did when it came over the command line or from a source."""
    if await scope.port(Sources).get(event.asset_id) is not None:
        return None
    return await _about_upload(scope, Kind.INGEST_FINISHED, event, event.episode_id, {})


async def ingest_failed(scope: Scope, event: IngestFailed) -> Sending | None:
    """As above, unless it is tried again by itself."""
    if event.code == IngestInterrupted.code:
        return None
    reason = {"code": event.code, "reason": event.reason}
    return await _about_upload(scope, Kind.INGEST_FAILED, event, event.episode_id, reason)


async def _about_upload(
    scope: Scope, kind: Kind, event: Event, episode_id: str, params: Mapping[str, str]
) -> Sending | None:
    session = scope.uow.session
    upload = (
        await session.execute(
            select(uploads.c.owner_id, uploads.c.file_name)
            .where(uploads.c.episode_id == episode_id, uploads.c.job_id.is_not(None))
            .order_by(uploads.c.created_at.desc())
            .limit(1)
        )
    ).one_or_none()
    episode = (
        await session.execute(
            select(episode_table.c.ordinal, episode_table.c.release_id, *RELEASE_NAMES)
            .join(release_table, release_table.c.id == episode_table.c.release_id)
            .where(episode_table.c.id == episode_id)
        )
    ).one_or_none()
    if upload is None or episode is None:
        return None
    notice = Notice(
        kind=kind,
        at=event.at,
        params={**_names(episode), "ordinal": episode.ordinal, "file": upload.file_name, **params},
        link=f"/studio/releases/{episode.release_id}",
        topic=f"upload:{episode_id}",
    )
    return Sending(notice, [upload.owner_id])


async def email_changed(_scope: Scope, event: EmailChanged) -> Sending:
    return Sending(Notice(kind=Kind.EMAIL_CHANGED, at=event.at, link="/account"), [event.user_id])


async def identity_linked(scope: Scope, event: IdentityLinked) -> Sending | None:
    """To the owner of the account, unless they made it that way."""
    created_at = await scope.uow.session.scalar(select(users.c.created_at).where(users.c.id == event.user_id))
    if created_at == event.at:
        return None
    params = {"provider": urlsplit(event.issuer).hostname or event.issuer}
    return Sending(Notice(kind=Kind.IDENTITY_LINKED, at=event.at, params=params, link="/account"), [event.user_id])


async def library_imported(_scope: Scope, event: LibraryImported) -> Sending:
    """It runs for a while, and whoever began it may be on another page by then."""
    params = {"releases": event.collections, "episodes": event.episodes}
    return Sending(Notice(kind=Kind.LIBRARY_IMPORTED, at=event.at, params=params, link="/library"), [event.user_id])


async def webhook_paused(scope: Scope, event: WebhookPaused) -> Sending | None:
    """To all administrators, unless one of them did it."""
    webhook = await scope.port(Webhooks).get(event.webhook_id)
    if webhook is None or event.kind == PauseReason.BY_HAND:
        return None
    name = webhook.description or urlsplit(webhook.url).hostname or ""
    notice = Notice(
        kind=Kind.WEBHOOK_PAUSED, at=event.at, params={"webhook": name, "reason": event.kind}, link="/admin/webhooks"
    )
    return Sending(notice, select(users.c.id).where(users.c.role == Role.ADMIN))


TABLE: Mapping[type[Event], Compose] = {
    EpisodePublished: new_episode,
    UserLoggedIn: new_device,
    RefreshTokenReused: session_stolen,
    PasswordChanged: password_changed,
    RoleChanged: role_changed,
    UserUnbanned: ban_lifted,
    AssetReady: ingest_finished,
    IngestFailed: ingest_failed,
    WebhookPaused: webhook_paused,
    EmailChanged: email_changed,
    IdentityLinked: identity_linked,
    LibraryImported: library_imported,
    **group_notices.TABLE,
}


async def notify(scope: Scope, event: Event) -> None:
    """The subscriber of every event in :data:`TABLE`."""
    sending = await TABLE[type(event)](scope, event)
    if sending is not None:
        await send(scope.port(Notifications), scope.port(Push), sending.notice, sending.to)


class SocketPush:
    """The ``Push`` of notifications over Socket.IO."""

    def __init__(self, scope: Scope, gateway: RealtimeGateway) -> None:
        self._uow = scope.uow
        self._gateway = gateway

    def tell(self, user_ids: Sequence[str], event: str, body: dict[str, Any]) -> None:
        self._uow.after_commit(lambda: self._gateway.tell_users(user_ids, event, body))
