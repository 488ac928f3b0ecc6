"""Attribute lists (RFC 8216 section 4.2), read as they are found and edited in place.

The reader is lenient where the field is: blanks around names and commas, mixed-case names (``ElapsedTime``), a missing closing quote,
a missing comma after a quoted value.  It never raises, and it is linear in the length of the list.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

_BLANKS = " \t"
_DECIMAL = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?")


class Attribute(NamedTuple):
    """One ``NAME=value`` of a list.  ``start`` and ``end`` delimit the value, quotes included, in the list's text."""

    value: str  # without its quotes
    quoted: bool
    start: int
    end: int


def parse_attributes(text: str) -> dict[str, Attribute]:
    """Read an attribute list; the first of two equal names wins, since a list must not repeat one."""
    attributes: dict[str, Attribute] = {}
    position, length = 0, len(text)
    while (equals := text.find("=", position)) >= 0:
        name = text[position:equals].rpartition(",")[2].strip()
        start = equals + 1
        while start < length and text[start] in _BLANKS:
            start += 1
        if start < length and text[start] == '"':
            closing = text.find('"', start + 1)
            end = length if closing < 0 else closing + 1
            attribute = Attribute(text[start + 1 : closing if closing >= 0 else length], True, start, end)
            position = end
            while position < length and text[position] in ", \t":
                position += 1
        else:
            comma = text.find(",", start)
            end = position = length if comma < 0 else comma
            position += 1
            value = text[start:end].rstrip()
            attribute = Attribute(value, False, start, start + len(value))
        if name:
            attributes.setdefault(name, attribute)
    return attributes


def attribute_values(text: str) -> dict[str, str]:
    """The names and unquoted values of an attribute list, names in upper case."""
    return {name.upper(): attribute.value for name, attribute in parse_attributes(text).items()}


def replace_values(text: str, values: Mapping[str, str]) -> str:
    """Put new values in place of those present, keeping everything else of ``text`` (order, blanks, quotes) as it is."""
    found = parse_attributes(text)
    edits = sorted((found[name], value) for name, value in values.items() if name in found)
    pieces, position = [], 0
    for attribute, value in sorted(edits, key=lambda edit: edit[0].start):
        pieces += [text[position : attribute.start], f'"{value}"' if attribute.quoted else value]
        position = attribute.end
    return "".join([*pieces, text[position:]])


def without_attributes(text: str, names: frozenset[str]) -> str:
    """The list without the attributes named; what is left is joined with plain commas."""
    return ",".join(
        f"{name}={text[attribute.start : attribute.end]}"
        for name, attribute in parse_attributes(text).items()
        if name not in names
    )


def decimal(text: str | None) -> float | None:
    """The number ``text`` begins with, or ``None``: ``"30.0"``, ``" 15,SpliceType=…"``, ``"120/x"`` are all in use."""
    match = _DECIMAL.match(text.strip()) if text else None
    return float(match.group()) if match else None
