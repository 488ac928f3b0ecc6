"""Errors as ``application/problem+json`` (RFC 9457): the one table from domain errors to HTTP statuses."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kernel import errors

STATUS: dict[type[errors.AniError], int] = {
    errors.Invalid: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.UnavailableForLegalReasons: 451,  # RFC 7725
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.TooLarge: 413,
    errors.TooManyRequests: 429,
    errors.Unavailable: 503,
}
TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "The request took too long",
    409: "Conflict",
    410: "Gone",
    412: "Changed in the meantime",
    413: "Too large",
    415: "Unsupported media type",
    422: "The request body or query is not as described",
    429: "Too many requests",
    451: "Not available for legal reasons",
    500: "Internal error",
    503: "Temporarily unavailable",
}


class Fault(StrEnum):
    """What can be wrong with one field, in words a program can translate."""

    REQUIRED = "required"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    CHOICE = "choice"
    UNKNOWN = "unknown"
    FIXED = "fixed"
    NUL = "nul"
    FORMAT = "format"


_FAULTS: Final = {
    "missing": (Fault.REQUIRED, ""),
    "string_too_short": (Fault.TOO_SHORT, "min_length"),
    "string_too_long": (Fault.TOO_LONG, "max_length"),
    "bytes_too_short": (Fault.TOO_SHORT, "min_length"),
    "bytes_too_long": (Fault.TOO_LONG, "max_length"),
    "too_short": (Fault.TOO_FEW, "min_length"),
    "too_long": (Fault.TOO_MANY, "max_length"),
    "greater_than": (Fault.TOO_SMALL, "gt"),
    "greater_than_equal": (Fault.TOO_SMALL, "ge"),
    "less_than": (Fault.TOO_LARGE, "lt"),
    "less_than_equal": (Fault.TOO_LARGE, "le"),
    "enum": (Fault.CHOICE, ""),
    "literal_error": (Fault.CHOICE, ""),
    "extra_forbidden": (Fault.UNKNOWN, ""),
}
"""By pydantic's names of errors: the fault, and which part of their context is the limit.  The others are faults of form."""


class ProblemField(BaseModel):
    """One thing wrong with the payload; ``pointer`` is a JSON pointer (RFC 6901) into it, ``code`` is for programs."""

    pointer: str
    detail: str
    code: Fault = Fault.FORMAT
    limit: int | float | None = None
    """The least or most there may be: characters, entries, or the number itself."""


def fault_of(kind: str, context: Mapping[str, Any]) -> tuple[Fault, int | float | None]:
    """What an error of pydantic's is, and the limit it is about.  Pure."""
    fault, name = _FAULTS.get(kind, (Fault.FORMAT, ""))
    limit = context.get(name)
    if fault is Fault.TOO_SHORT and limit == 1:
        return Fault.REQUIRED, None  # an empty text is none
    return fault, limit if isinstance(limit, int | float) else None


class Problem(BaseModel):
    """An error (RFC 9457).  ``code`` is stable and meant for programs, ``detail`` for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemField] | None = None
    request_id: str | None = None


class PayloadError(Exception):
    """The body or query does not have the documented shape; answered with 422."""

    def __init__(self, fields: list[ProblemField]) -> None:
        super().__init__("; ".join(f"{field.pointer}: {field.detail}" for field in fields))
        self.fields = fields

    @classmethod
    def of(cls, error: ValidationError) -> "PayloadError":
        """What pydantic found wrong, without what was sent."""
        # Without the input: it may hold a password.
        return cls([_field(item) for item in error.errors(include_url=False, include_input=False)])


def _field(error: ErrorDetails) -> ProblemField:
    fault, limit = fault_of(error["type"], error.get("ctx", {}))
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in error["loc"]) or "/"
    return ProblemField(pointer=pointer, detail=error["msg"], code=fault, limit=limit)


class HttpRefusal(Exception):
    """The request is wrong as HTTP (method, media type, size), before any domain rule is asked."""

    def __init__(self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers = headers or {}


def status_of(error: type[errors.AniError], *, conditional: bool = False) -> int:
    """The HTTP status of a domain error; a stale edit is 412 where the request was conditional (RFC 9110 §13.1.1)."""
    if conditional and issubclass(error, errors.Stale):
        return 412
    return next((STATUS[base] for base in error.__mro__ if base in STATUS), 500)


def problem_response(
    status: int,
    code: str,
    detail: str,
    *,
    fields: list[ProblemField] | None = None,
    request_id: str | None = None,
    headers: dict[str, str] | None = None,
    extra: dict[str, Any] | None = None,
) -> web.Response:
    """The answer for a problem; ``extra`` members stand beside the standard ones (RFC 9457 §3.2)."""
    problem = Problem(
        title=TITLES.get(status, "Error"), status=status, detail=detail, code=code, errors=fields, request_id=request_id
    )
    body = {**(extra or {}), **problem.model_dump(mode="json", exclude_none=True)}
    return web.Response(
        body=orjson.dumps(body, default=str),
        status=status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def response_for(error: Exception, *, conditional: bool, request_id: str | None) -> web.Response | None:
    """The answer for an error we know, ``None`` for one that is a defect of ours."""
    match error:
        case errors.AniError():
            headers = {}
            if isinstance(error, errors.TooManyRequests | errors.Unavailable):
                headers["Retry-After"] = str(error.retry_after_s)
            if isinstance(error, errors.Unauthenticated):
                headers["WWW-Authenticate"] = 'Bearer realm="ani"'
            return problem_response(
                status_of(type(error), conditional=conditional),
                error.code,
                error.message,
                request_id=request_id,
                headers=headers,
                extra=error.details,
            )
        case PayloadError():
            return problem_response(
                422, "invalid_payload", TITLES[422] + ".", fields=error.fields, request_id=request_id
            )
        case HttpRefusal():
            return problem_response(
                error.status, error.code, error.detail, request_id=request_id, headers=error.headers
            )
    return None
