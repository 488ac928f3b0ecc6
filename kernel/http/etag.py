"""Entity tags (RFC 9110 §8.8.3): the version of a thing, as ``ETag`` says it and ``If-Match`` repeats it."""

import re
from typing import Final

_VERSION: Final = re.compile(r'(?:W/)?"v(\d{1,18})(?:\.[A-Za-z0-9.-]{1,60})?"', re.ASCII)

NO_VERSION: Final = -1
"""What a tag stands for that this program never gave out: it matches no version there is."""


def etag(version: int, variant: str = "") -> str:
    """The entity tag of a versioned thing; ``variant`` tells apart what is answered of it, in one language or another."""
    return f'"v{version}.{variant}"' if variant else f'"v{version}"'


def version_in(if_match: str | None) -> int | None:
    """The version in a value of ``If-Match``, ``None`` without that header or for ``*`` (RFC 9110 §13.1.1)."""
    if if_match is None or if_match.strip() == "*":
        return None
    match = _VERSION.fullmatch(if_match.strip())
    return int(match[1]) if match else NO_VERSION
