"""What reaches open sockets from features that know nothing of them."""

from collections.abc import Sequence
from typing import Any

from accounts.identity.events import RoleChanged, SessionRevoked
from accounts.library.progress.model import Progress
from accounts.library.push import MAX_NAMED, LibraryPart
from kernel.jobs import JobNews
from kernel.scope import Scope
from realtime.feature import RealtimeGateway


class SocketLibraryPush:
    """What changed in a library, to all sockets of its owner."""

    def __init__(self, scope: Scope, gateway: RealtimeGateway) -> None:
        self._scope = scope
        self._gateway = gateway

    def library_changed(
        self, user_id: str, change: LibraryPart, *, release_ids: Sequence[str] = (), lists: Sequence[str] = ()
    ) -> None:
        """Tell the owner's sockets that they should read a part of their library again."""
        body: dict[str, Any] = {"change": change}
        # More than these are not named: whoever hears it reads the whole part again.
        if 0 < len(release_ids) <= MAX_NAMED:
            body["release_ids"] = list(release_ids)
        if lists:
            body["lists"] = list(lists)
        self._tell(user_id, "library:updated", body)

    def progress_changed(self, user_id: str, rows: Sequence[Progress]) -> None:
        """Tell the owner's sockets where they stopped, a bounded number of episodes a message."""
        if not rows:
            return
        items = [
            {
                "episode_id": row.episode_id,
                "position_ms": row.shown_position_ms,
                "duration_ms": row.duration_ms,
                "watched": row.is_watched,
                "at_ms": row.at_ms,
            }
            for row in rows
        ]
        for first in range(0, len(items), MAX_NAMED):
            self._tell(user_id, "progress:updated", {"items": items[first : first + MAX_NAMED]})

    def _tell(self, user_id: str, event: str, body: dict[str, Any]) -> None:
        self._scope.uow.after_commit(lambda: self._gateway.tell_user(user_id, event, body))


class JobOwners:
    """Who ordered a job sees it go on, wherever they are connected."""

    def __init__(self, gateway: RealtimeGateway) -> None:
        self._gateway = gateway

    async def __call__(self, news: JobNews) -> None:
        """Send ``job:progress``."""
        body = {
            "job_id": news.job_id,
            "kind": news.kind,
            "state": news.state,
            "stage": news.stage,
            "progress": news.progress,
        }
        await self._gateway.tell_user(news.owner_id, "job:progress", body)


class SocketsOfUsers:
    """Closes the sockets of people whose rights changed; they come back with what they may now."""

    def __init__(self, gateway: RealtimeGateway) -> None:
        self._gateway = gateway

    async def session_revoked(self, _scope: Scope, event: SessionRevoked) -> None:
        """Close the sockets of that session."""
        await self._gateway.close_user(event.user_id, session_id=event.session_id)

    async def role_changed(self, _scope: Scope, event: RoleChanged) -> None:
        """Close all sockets of that user."""
        await self._gateway.close_user(event.user_id)


class SocketPush:
    """The ``Push`` of notifications over Socket.IO."""

    def __init__(self, scope: Scope, gateway: RealtimeGateway) -> None:
        self._uow = scope.uow
        self._gateway = gateway

    def tell(self, user_ids: Sequence[str], event: str, body: dict[str, Any]) -> None:
        """Send ``event`` to all sockets of these people, once the transaction is committed."""
        self._uow.after_commit(lambda: self._gateway.tell_users(user_ids, event, body))
