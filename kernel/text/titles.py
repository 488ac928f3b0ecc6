"""What titles are compared by, wherever they come from."""

import re
import unicodedata
from typing import Final

KEY_CHARS: Final = 64
"""Of a key that the database holds: nearly all are shorter, and 255 characters of Arabic ligatures fold into 4,590, more than an
index of PostgreSQL takes.  What shares its beginning is told apart by the whole key."""


_NOT_WORD: Final = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """``text`` as search compares it: no case, no accents, «ё» as «е», words parted by single spaces."""
    # Compatibility caseless matching (Unicode 3.13, D146): «🅂» has no small letter, but is an S once it is taken apart.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain).strip()


def title_key(title: str) -> str:
    """``title`` without what is spelt differently here and there: case, accents, spaces, punctuation.

    Stored (:func:`stored_key`): another way of folding needs a migration.
    """
    plain = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def stored_key(title: str | None) -> str:
    """As much of the :func:`title_key` as the database holds; nothing for what is no title."""
    return title_key(title or "")[:KEY_CHARS]
