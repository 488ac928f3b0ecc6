"""orjson in the shape python-socketio and python-engineio expect of a JSON module."""

from typing import Any

import orjson

JSONDecodeError = orjson.JSONDecodeError


def dumps(value: Any, **_options: Any) -> str:
    """Compact JSON; the ``separators`` the callers pass are the only ones orjson has."""
    return orjson.dumps(value).decode()


def loads(text: str | bytes, **_options: Any) -> Any:
    """Strict JSON: no NaN, no lone surrogates, no nesting beyond 1,024 levels; refused with a ``ValueError``."""
    return orjson.loads(text)
