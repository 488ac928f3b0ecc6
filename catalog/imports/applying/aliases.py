"""Addresses for imported releases."""

import hashlib
import re
from typing import Final

from catalog.imports.records.model import SourceRecord
from catalog.releases.model import ALIAS_MAX
from catalog.search.folding import fold
from catalog.search.romanisation import romanised
from kernel.text.titles import folded

_OTHER: Final = re.compile(r"[^a-z0-9]+")
_ROOM: Final = 12
"""Characters left for what tells two of one name apart."""


def alias_candidates(record: SourceRecord) -> tuple[str, ...]:
    """The addresses for a work, the best first; nothing else ends like the last."""
    base = next((text for text in map(_latin, _spellings(record)) if len(text) > 1), "") or "release"
    kind, year = record.type.value.lower(), record.year
    dated = (f"{base}-{year}", f"{base}-{year}-{kind}") if year else (f"{base}-{kind}",)
    mark = hashlib.sha256(record.key.encode()).hexdigest()[:8]
    return (*(alias[:ALIAS_MAX] for alias in (base, *dated)), f"{base}-{mark}")


def _spellings(record: SourceRecord) -> tuple[str, ...]:
    return (record.english or "", record.alternative or "", record.title, romanised(fold(record.title)))


def _latin(text: str) -> str:
    plain = folded(text)
    if sum(letter.isalnum() and not letter.isascii() for letter in plain) > 0:
        return ""
    return _OTHER.sub("-", plain.replace("'", "")).strip("-")[: ALIAS_MAX - _ROOM - 5].strip("-")
