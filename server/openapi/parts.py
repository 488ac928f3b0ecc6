"""What OpenAPI written by hand is put together from."""

from typing import Any

Json = dict[str, Any]

_PROBLEM: Json = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def problem(description: str) -> Json:
    """A refusal."""
    return {"description": description, "content": _PROBLEM}


def text(description: str) -> Json:
    """An answer in words."""
    return {"description": description, "content": {"text/plain": {"schema": {"type": "string"}}, **_PROBLEM}}


def binary(media_type: str, description: str) -> Json:
    """A file."""
    return {"description": description, "content": {media_type: {}}}


def header(name: str, description: str, *, required: bool = True, value: Json | None = None) -> Json:
    """A header of the request."""
    schema = value or {"type": "string"}
    return {"in": "header", "name": name, "required": required, "description": description, "schema": schema}


def path(name: str, pattern: str | None = None) -> Json:
    """A part of the path."""
    schema = {"type": "string", **({"pattern": pattern} if pattern else {})}
    return {"in": "path", "name": name, "required": True, "schema": schema}
