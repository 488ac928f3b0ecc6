"""What people are told of their own account: sign-ins, passwords, roles, imports."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import accounts.identity.queries
from accounts.federation.model import IdentityLinked
from accounts.identity.events import (
    EmailChanged,
    PasswordChanged,
    RefreshTokenReused,
    RoleChanged,
    UserLoggedIn,
    UserUnbanned,
)
from accounts.library.transfer.usecases import LibraryImported
from kernel.events import Event
from kernel.scope import Scope
from kernel.text.user_agents import browser_of, device_of
from notify.notifications.adapters.audience import Rule, Sending
from notify.notifications.model import Notice, NotificationKind

SIGN_INS_LOOKED_AT: Final = 200
"""Of a user's sign-ins before this one, the newest: who has had more devices than that is told once too often."""


async def new_device(scope: Scope, event: UserLoggedIn) -> Sending | None:
    """To the owner of the account, unless they have signed in with this kind of browser and device before."""
    known = await accounts.identity.queries.sign_ins(
        scope.uow.session, event.user_id, until=event.at, limit=SIGN_INS_LOOKED_AT
    )
    used = next((row.user_agent for row in known if row.session_id == event.session_id), None)
    before = {_kind_of_device(row.user_agent) for row in known if row.session_id != event.session_id}
    if used is None or not before or _kind_of_device(used) in before:
        return None  # gone already, the first one ever, or an old acquaintance
    browser, device = _kind_of_device(used)
    params = {"browser": browser or "", "device": device or "", "address": event.address}
    return Sending(
        Notice(kind=NotificationKind.SIGNED_IN, at=event.at, params=params, link="/account"), [event.user_id]
    )


def _kind_of_device(user_agent: str) -> tuple[str | None, str | None]:
    return browser_of(user_agent), device_of(user_agent)


async def session_stolen(_scope: Scope, event: RefreshTokenReused) -> Sending:
    """To the owner of the account: a refresh token was used twice."""
    params = {"address": event.address}
    return Sending(
        Notice(kind=NotificationKind.SESSION_STOLEN, at=event.at, params=params, link="/account"), [event.user_id]
    )


async def password_changed(_scope: Scope, event: PasswordChanged) -> Sending:
    """To the owner of the account."""
    params = {"reason": event.reason}
    return Sending(
        Notice(kind=NotificationKind.PASSWORD_CHANGED, at=event.at, params=params, link="/account"), [event.user_id]
    )


async def role_changed(_scope: Scope, event: RoleChanged) -> Sending:
    """To the one whose role it is."""
    params = {"before": event.before, "after": event.after}
    return Sending(Notice(kind=NotificationKind.ROLE_CHANGED, at=event.at, params=params), [event.user_id])


async def ban_lifted(_scope: Scope, event: UserUnbanned) -> Sending:
    """To the one who was banned."""
    return Sending(Notice(kind=NotificationKind.BAN_LIFTED, at=event.at), [event.user_id])


async def email_changed(_scope: Scope, event: EmailChanged) -> Sending:
    """To the owner of the account."""
    return Sending(Notice(kind=NotificationKind.EMAIL_CHANGED, at=event.at, link="/account"), [event.user_id])


async def identity_linked(scope: Scope, event: IdentityLinked) -> Sending | None:
    """To the owner of the account, unless they made it that way."""
    created_at = await accounts.identity.queries.created_at(scope.uow.session, event.user_id)
    if created_at == event.at:
        return None
    params = {"provider": urlsplit(event.issuer).hostname or event.issuer}
    return Sending(
        Notice(kind=NotificationKind.IDENTITY_LINKED, at=event.at, params=params, link="/account"), [event.user_id]
    )


async def library_imported(_scope: Scope, event: LibraryImported) -> Sending:
    """It runs for a while, and whoever began it may be on another page by then."""
    params = {"releases": event.collections, "episodes": event.episodes}
    return Sending(
        Notice(kind=NotificationKind.LIBRARY_IMPORTED, at=event.at, params=params, link="/library"), [event.user_id]
    )


RULES: Mapping[type[Event], Rule] = {
    UserLoggedIn: new_device,
    RefreshTokenReused: session_stolen,
    PasswordChanged: password_changed,
    RoleChanged: role_changed,
    UserUnbanned: ban_lifted,
    EmailChanged: email_changed,
    IdentityLinked: identity_linked,
    LibraryImported: library_imported,
}
