"""Identifiers: UUID version 7 (RFC 9562 §5.7), as canonical lower-case text.

Version 7 starts with the Unix time in milliseconds, so primary keys made one after another land side by side in an index
and sort by age.
"""

import re
from typing import Final

import uuid_utils

ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
"""For shapes that carry one: PostgreSQL takes nothing else for a ``uuid``."""

NOBODY: Final = "00000000-0000-0000-0000-000000000000"
"""The Nil UUID (RFC 9562 §5.9): somebody did something, and their account is gone."""

_CANONICAL = re.compile(ID_PATTERN.strip("^$"), re.ASCII)


def new_id() -> str:
    """A fresh identifier; unique without asking anybody."""
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """Whether ``text`` is an identifier as :func:`new_id` writes them (36 lower-case characters)."""
    return _CANONICAL.fullmatch(text) is not None
