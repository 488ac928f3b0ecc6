"""The elements of a large JSON array, one after the other.

``json.loads`` of ten megabytes holds the interpreter for a tenth of a second, in whatever thread; this holds it for one
element at a time.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from catalog.imports.faults import Why
from catalog.imports.limits import MAX_ROW_CHARS
from catalog.imports.records.model import TooLong
from kernel.errors import Invalid

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()


class BadJson(Invalid):
    """This is not the JSON that was expected: {why}."""


def head(text: str, name: str) -> dict[str, Any]:
    """The object called ``name`` before the first array in the object ``text``; empty where there is none that can be read."""
    at = _start(text)
    if text[at : at + 1] != "{":
        return {}
    try:
        at = _skip(text, at + 1)
        while text[at : at + 1] == '"':
            key, at = _value(text, at)
            at = _after(text, at, ":")
            if text[at : at + 1] == "[":
                break
            value, at = _value(text, at)
            if key == name:
                return value if isinstance(value, dict) else {}
            at = _after(text, at, ",")
    except BadJson:
        pass  # whoever reads the elements says so
    return {}


def elements(text: str, name: str | None) -> Iterator[Any]:
    """The elements of the array ``text``, or of the array called ``name`` in the object ``text``.  Raises :class:`BadJson`."""
    at = _start(text)
    if text[at : at + 1] == "[":
        yield from _array(text, at + 1)
        return
    if text[at : at + 1] != "{" or name is None:
        raise BadJson(why=Why("neither an array nor an object that holds one", "no_array"))
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        key, at = _value(text, at)
        at = _after(text, at, ":")
        if key == name:
            if text[at : at + 1] != "[":
                raise BadJson(why=Why(f"{name} is no array", "no_array"))
            yield from _array(text, at + 1)
            return
        _, at = _value(text, at)
        at = _skip(text, at)
        if text[at : at + 1] != ",":
            break
        at = _skip(text, at + 1)
    raise BadJson(why=Why(f"there is no {name} in it", "no_array"))


def _start(text: str) -> int:
    return _skip(text, 1 if text.startswith("\ufeff") else 0)


def _array(text: str, at: int) -> Iterator[Any]:
    at = _skip(text, at)
    if text[at : at + 1] == "]":
        return
    while True:
        value, end = _decoded(text, at)
        yield value if end - at <= MAX_ROW_CHARS else TooLong(end - at)
        at = _skip(text, end)
        if text[at : at + 1] == "]":
            return
        at = _after(text, at, ",")


def _decoded(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        raise BadJson(why=Why(f"character {at}: {error}"[:200], "bad_json", character=at)) from None


def _value(text: str, at: int) -> tuple[Any, int]:
    value, end = _decoded(text, at)
    if end - at > MAX_ROW_CHARS:
        raise BadJson(
            why=Why(f"character {at}: a value of more than {MAX_ROW_CHARS} characters", "row_too_long", character=at)
        )
    return value, end


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return at if found is None else found.end()


def _after(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != sign:
        raise BadJson(why=Why(f"character {at}: {sign!r} is missing", "bad_json", character=at))
    return _skip(text, at + 1)
