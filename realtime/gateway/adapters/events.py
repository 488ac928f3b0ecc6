"""From a raw Socket.IO event to a handler with a valid payload, and from its outcome to the ack."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from prometheus_client import Counter, Histogram
from pydantic import BaseModel, ConfigDict, ValidationError

from kernel.clock import Clock
from kernel.errors import AniError, TooManyRequests, Unavailable
from realtime.gateway.adapters.server import NAMESPACE, StrictServer
from realtime.gateway.connections import MAX_IN_FLIGHT, Connection, Connections
from realtime.gateway.malformed import Malformed

log = structlog.get_logger()

EVENT_SECONDS = Histogram(
    "ani_party_event_seconds",
    "Time from a client's event to its ack",
    ["event"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
REFUSALS = Counter("ani_party_refusals_total", "Events of clients answered with an error", ["event", "code"])

HANDLER_TIMEOUT_S = 15.0
"""Over the longest wait inside (a busy database gives up after 10 s), under the patience of a person."""

Ack = dict[str, Any]


class Payload(BaseModel):
    """A client's message.  Strict: a number is a number.  Unknown fields are for servers to come and are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, allow_inf_nan=False)


class Empty(Payload):
    """No fields."""


P = TypeVar("P", bound=BaseModel)
Handler = Callable[[Connection[Any], P], Awaitable[Ack | None]]


def failure(code: str, message: str, **more: Any) -> Ack:
    """The ack of a refusal."""
    return {"ok": False, "error": {"code": code, "message": message, **more}}


def failure_of(error: AniError) -> Ack:
    """The ack of a domain error, with those of its details that are plain values."""
    details = {name: value for name, value in error.details.items() if isinstance(value, str | int | float)}
    return failure(error.code, error.message, **details)


class Events:
    """The events of the namespace: every one is bounded, validated and answered."""

    def __init__(self, server: StrictServer, connections: Connections[Any], clock: Clock) -> None:
        self._server = server
        self._connections = connections
        self._clock = clock

    def on(self, event: str, shape: type[P], handler: Handler[P], *, cost: float = 1.0) -> None:
        """``cost``: what it takes of the connection's allowance, in cheap events."""

        seconds = EVENT_SECONDS.labels(event)

        async def receive(sid: str, *arguments: Any) -> Ack:
            began = time.perf_counter()
            answer = await answered(sid, arguments)
            seconds.observe(time.perf_counter() - began)
            if not answer["ok"]:
                REFUSALS.labels(event, answer["error"]["code"]).inc()
            return answer

        async def answered(sid: str, arguments: tuple[Any, ...]) -> Ack:
            connection = self._connections.get(sid)
            if connection is None:
                return failure("unauthenticated", "Connect first.")
            if connection.in_flight >= MAX_IN_FLIGHT or not connection.bucket.take(self._clock.monotonic_ms(), cost):
                return failure_of(TooManyRequests(retry_after_s=1))
            for argument in arguments:
                if isinstance(argument, Malformed):
                    return failure("bad_request", argument.reason)
            try:
                payload = shape.model_validate(_only(arguments))
            except ValidationError as error:
                return _bad_request(error)
            connection.in_flight += 1
            try:
                async with asyncio.timeout(HANDLER_TIMEOUT_S):
                    answer = await handler(connection, payload)
            except AniError as error:
                return failure_of(error)
            except TimeoutError:
                return failure_of(Unavailable(retry_after_s=2))
            except Exception:
                log.exception("event handler failed", event_name=event)
                return failure("internal", "Something went wrong.")
            finally:
                connection.in_flight -= 1
            return {"ok": True, **(answer or {})}

        self._server.on(event, receive, namespace=NAMESPACE)

    def register_fallback(self) -> None:
        """Answer events nobody handles."""

        async def unknown(event: str, _sid: str, *_arguments: Any) -> Ack:
            return failure("bad_request", f"There is no event {event[:60]!r}.")

        self._server.on("*", unknown, namespace=NAMESPACE)


def _only(arguments: tuple[Any, ...]) -> Any:
    """The one argument of an event; none at all is an empty object."""
    if not arguments:
        return {}
    return arguments[0] if len(arguments) == 1 else list(arguments)


def _bad_request(error: ValidationError) -> Ack:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return failure("bad_request", f"{where}: {message}" if where else message)
