"""Structured logs: one event a line; readable in a terminal, JSON when nobody sits in front of it."""

import logging
import math
import sys
from typing import Any

import orjson
import structlog
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError
from structlog.typing import EventDict, WrappedLogger

SECRET_WORDS = ("password", "token", "secret", "authorization", "cookie", "api_key", "signature")
"""A log field whose name holds one of these is never written out."""


def _hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = "***"
    return event


def configure(*, level: str = "info", json: bool | None = None) -> None:
    """Send structlog and the standard library's loggers to standard error in one format."""
    if json is None:
        json = not sys.stderr.isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        _hide_secrets,
    ]
    rendering: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_json)]
        if json
        # The default prints local variables, which hold tokens and passwords, and takes a second of the loop for each.
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # One line for each step of an empty database says nothing that our own summary does not.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # It warns of being stopped, which is how it ends.
    logging.getLogger("taskiq.receiver").setLevel(logging.ERROR)
    # Every request is in our own log with its id and duration; aiohttp's line would be a second copy.
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.server").addFilter(without_what_was_sent)


def without_what_was_sent(record: logging.LogRecord) -> bool:
    """A filter for aiohttp's server: what it cannot parse it shows, and that can be a cookie or the body of a login."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError | RequestPayloadError):
        record.exc_info = None
        record.msg, record.args = f"refused what is no HTTP: {type(error).__name__}", ()
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


def _json(value: Any, default: Any = str, **_: Any) -> str:
    return orjson.dumps(value, default=default).decode()


class Occasionally:
    """Counts what may happen a thousand times a second, and says when a line about it is due."""

    def __init__(self, interval_s: float = 10.0) -> None:
        """``interval_s``: between two lines; a flood of refusals is not to become a flood of lines."""
        self._interval_s = interval_s
        self._due_s = -math.inf
        self._times = 0

    def count(self, now_s: float) -> int:
        """Once more; how many times since the last line where one is due now, else 0.  ``now_s``: any steady clock."""
        self._times += 1
        if now_s < self._due_s:
            return 0
        times, self._times, self._due_s = self._times, 0, now_s + self._interval_s
        return times
