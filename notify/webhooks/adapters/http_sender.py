"""The HTTP client that delivers webhooks: to vetted addresses alone, without redirects, and it never raises."""

import time
from typing import Final

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver

from kernel.outbound.safe_http import as_the_client_reads_it, guarded_session
from kernel.outbound.url_vetting import AddressRefused, Limits, in_networks, vet_url
from notify.webhooks.model import Outcome

CONNECT_TIMEOUT_S: Final = 5.0
"""A handshake across the world takes half a second; a host that needs longer than this is down."""

TOTAL_TIMEOUT_S: Final = 10.0
"""For the whole exchange.  Receivers are to store what they get and work on it later."""

ANSWER_BYTES: Final = 1_024
"""Kept of an answer's body: enough for the error message in it."""

CONNECTIONS: Final = 16
"""Twice the receivers that are sent to at the same time, so that those that closed do not hold up the next."""

CONNECTIONS_PER_HOST: Final = 8
"""Receivers at one host, such as a service for many, are sent to at the same time."""


class WebhookTargets:
    """Where webhooks may point: any public host over https; http only to an address in a network opened on purpose."""

    def __init__(self, networks: tuple[str, ...] = ()) -> None:
        self.limits = Limits(allowed_networks=networks)

    def vet(self, url: str) -> None:
        """Raises :class:`kernel.outbound.url_vetting.AddressRefused`."""
        vetted = vet_url(url, self.limits)
        as_the_client_reads_it(vetted)
        if vetted.scheme == "http" and not (vetted.address and in_networks(vetted.address, self.limits)):
            raise AddressRefused(reason="webhooks go over https")


class Sender:
    """The client; ``attempt`` never raises."""

    def __init__(self, targets: WebhookTargets, *, resolver: AbstractResolver | None = None) -> None:
        self._targets = targets
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def attempt(self, url: str, body: bytes, headers: dict[str, str]) -> Outcome:
        """POST ``body`` once, within :data:`TOTAL_TIMEOUT_S`; whatever goes wrong is in the outcome."""
        begin = time.monotonic()
        try:
            self._targets.vet(url)  # what was allowed when it was registered may not be any more
            target = as_the_client_reads_it(vet_url(url, self._targets.limits))
            async with self._client().post(target, data=body, headers=headers, allow_redirects=False) as response:
                answer = await response.content.read(ANSWER_BYTES)
                status, retry_after = response.status, response.headers.get(hdrs.RETRY_AFTER, "")
                response.close()  # whatever else there is to it
        except AddressRefused as error:
            return Outcome(status=None, error=error.message, duration_ms=_ms_since(begin))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            reason = error.__cause__ if isinstance(error.__cause__, AddressRefused) else error
            return Outcome(status=None, error=_words(reason), duration_ms=_ms_since(begin))
        error_text = "" if 200 <= status < 300 else "redirects are not followed" if 300 <= status < 400 else "refused"
        return Outcome(
            status=status,
            error=error_text,
            answer=answer.decode(errors="replace").replace("\x00", "�"),
            duration_ms=_ms_since(begin),
            retry_after_s=int(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0,
        )

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = guarded_session(
                self._targets.limits,
                aiohttp.ClientTimeout(total=TOTAL_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
                connections=CONNECTIONS,
                connections_per_host=CONNECTIONS_PER_HOST,
                resolver=self._resolver,
            )
        return self._session


def _ms_since(begin: float) -> int:
    return round((time.monotonic() - begin) * 1000)


def _words(error: BaseException) -> str:
    if isinstance(error, AddressRefused):
        return error.message
    if isinstance(error, TimeoutError):
        return f"no answer within {TOTAL_TIMEOUT_S:g} s"
    return f"{type(error).__name__}: {error}"
