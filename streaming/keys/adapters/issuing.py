"""Giving keys out: every request is checked anew, counted, and in the audit log before it is answered."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any, Final

from aiohttp import web
from prometheus_client import Counter

from kernel.concurrency.group_commit import GroupCommit
from kernel.errors import AniError, Unavailable
from kernel.events import Event
from kernel.http.call import REGION, THROTTLE, Call
from kernel.limits import Limit
from kernel.outbox import outbox
from kernel.scope import Container
from streaming.keys.model import COMMON_ENCRYPTION, ContentKeysIssued, ContentKeysRefused, KeyUnknown, Protection
from streaming.keys.usecases import ClaimedStream, ContentKeys, IssuedKeys, StreamRights, entitled_keys

KEY_HEADERS: Final = {
    # The token in the address is the permission; no cookie takes part, so any page's player may read the answer.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

REQUESTS_OF_STREAM: Final = Limit("content-keys", attempts=600, window_s=600)
"""Of one stream: a film of three hours with a new key every minute, sought through once, and half as much again."""

REQUESTS: Final = Counter("ani_content_key_requests_total", "Requests for keys and licences", ["system", "outcome"])


class KeyDesk:
    """Where players of this process come for keys; ``clearkey``: whether ClearKey is among the ways to them."""

    def __init__(self, container: Container, *, clearkey: bool = True) -> None:
        self._container = container
        self.clearkey = clearkey
        self._audit: GroupCommit[tuple[Event, dict[str, Any]], None] = GroupCommit(self._write, name="key-audit")

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """For ``Application.cleanup_ctx``: writes the audit log while the application runs."""
        self._audit.start()
        yield
        await self._audit.close()

    async def issue(
        self,
        request: web.Request,
        token: str,
        kids: Sequence[str] | None,
        *,
        system: str,
        asset_id: str | None = None,
        modes: Collection[Protection] = COMMON_ENCRYPTION,
    ) -> IssuedKeys:
        """The keys ``kids`` (canonical UUIDs; ``None``: all) for the stream of ``token``; ``asset_id``: where its address names one.

        ``modes``: the protection that ``system`` opens; a video that is protected otherwise has no key for it.

        Both outcomes are durable in the audit log before this ends; a token that we did not sign, or that has expired, says
        nothing about anybody and is counted alone.  Raises what :func:`~streaming.keys.usecases.entitled_keys` raises,
        ``TooManyRequests``, and ``Unavailable`` where nothing can be written down.
        """
        try:
            issued = await self._issue(request, token, kids, system=system, asset_id=asset_id, modes=modes)
        except AniError as error:
            REQUESTS.labels(system, error.code).inc()
            raise
        REQUESTS.labels(system, "issued").inc()
        return issued

    async def _issue(
        self,
        request: web.Request,
        token: str,
        kids: Sequence[str] | None,
        *,
        system: str,
        asset_id: str | None,
        modes: Collection[Protection],
    ) -> IssuedKeys:
        outcome: IssuedKeys | AniError
        async with self._container.scope(write=False) as scope:
            rights = scope.port(StreamRights)
            claimed = rights.claimed(token)
            await request.app[THROTTLE].count(REQUESTS_OF_STREAM, claimed.session_id)
            try:
                if asset_id is not None and asset_id != claimed.asset_id:
                    raise KeyUnknown
                keys = scope.port(ContentKeys)
                region = request.get(REGION)
                outcome = await entitled_keys(rights, keys, claimed, kids, region=region, modes=modes)
            except Unavailable:
                raise  # says nothing about the stream
            except AniError as error:
                outcome = error
        origin = Call(request, None).origin()
        if isinstance(outcome, AniError):
            await self._audit.submit((self._refused(claimed, kids or (), system, outcome), origin))
            raise outcome
        if outcome.stream.user_id is not None:
            origin.setdefault("actor_id", outcome.stream.user_id)
        await self._audit.submit((self._issued(outcome, system), origin))
        return outcome

    def _issued(self, issued: IssuedKeys, system: str) -> ContentKeysIssued:
        return ContentKeysIssued(
            at=self._container.clock.now(),
            session_id=issued.stream.session_id,
            asset_id=issued.stream.asset_id,
            episode_id=issued.stream.episode_id,
            user_id=issued.stream.user_id,
            system=system,
            kids=tuple(each.kid for each in issued.keys),
        )

    def _refused(self, claimed: ClaimedStream, kids: Sequence[str], system: str, error: AniError) -> ContentKeysRefused:
        return ContentKeysRefused(
            at=self._container.clock.now(),
            session_id=claimed.session_id,
            asset_id=claimed.asset_id,
            system=system,
            kids=tuple(kids),
            code=error.code,
        )

    async def _write(self, batch: Sequence[tuple[Event, dict[str, Any]]]) -> Sequence[None]:
        """A thousand players whose key changes at one moment are one transaction."""
        async with self._container.scope(write=True) as scope:
            for event, origin in batch:
                await outbox.write(scope.uow.session, [event], self._container.events, origin)
            scope.uow.after_commit(self._container.events_committed.set)
        return [None] * len(batch)
