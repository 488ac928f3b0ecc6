"""What teams and roles are called, checked and brought to one spelling."""

import re
import unicodedata
from typing import Final

from accounts.teams.errors import (
    ColourInvalid,
    RoleTitleInvalid,
    SlugInvalid,
    TeamNameInvalid,
    TeamTextInvalid,
)
from kernel.text.confusables import EMOJI_STYLE, INVISIBLE

MIN_NAME_CHARS: Final = 2
MAX_NAME_CHARS: Final = 60
MIN_SLUG_CHARS: Final = 3
MAX_SLUG_CHARS: Final = 40  # longer than the 36 of an id, which _ID keeps out
MAX_TITLE_CHARS: Final = 32
MAX_DESCRIPTION_CHARS: Final = 2_000

RESERVED_SLUGS: Final = frozenset({"new", "mine", "invite", "invitations"})
"""Words that stand in the same place of an address."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_NOT_WORD = re.compile(r"[\W_]+")


def team_name(text: str) -> str:
    """Raises :class:`TeamNameInvalid`."""
    name = _one_line(text)
    if name is None or not MIN_NAME_CHARS <= len(name) <= MAX_NAME_CHARS or not any(map(str.isalnum, name)):
        raise TeamNameInvalid
    return name


def slug(text: str) -> str:
    """Raises :class:`SlugInvalid`."""
    if not is_slug(text):
        raise SlugInvalid
    return text


def is_slug(text: str) -> bool:
    """Whether a team could have this address."""
    fits = MIN_SLUG_CHARS <= len(text) <= MAX_SLUG_CHARS and _SLUG.fullmatch(text) is not None
    return fits and not _ID.fullmatch(text) and text not in RESERVED_SLUGS


def description(text: str) -> str:
    """Several lines of text. Raises :class:`TeamTextInvalid`."""
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(cleaned) > MAX_DESCRIPTION_CHARS or not all(char == "\n" or _is_visible(char) for char in cleaned):
        raise TeamTextInvalid(max_chars=MAX_DESCRIPTION_CHARS)
    return cleaned


def role_title(text: str) -> str:
    """Raises :class:`RoleTitleInvalid`."""
    title = _one_line(text)
    if title is None or not 1 <= len(title) <= MAX_TITLE_CHARS:
        raise RoleTitleInvalid
    return title


def colour(text: str) -> str:
    """``#rrggbb``, small. Raises :class:`ColourInvalid`."""
    if not _COLOUR.fullmatch(text.lower()):
        raise ColourInvalid
    return text.lower()


def search_key(text: str) -> str:
    """``text`` as the search compares it: no case, no accents, words parted by single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain).strip()


def _one_line(text: str) -> str | None:
    """``text`` with single spaces, or ``None`` where it holds something that shows nothing or turns the line around."""
    line = " ".join(unicodedata.normalize("NFKC", text).split())
    return line if all(map(_is_visible, line)) else None


def _is_visible(char: str) -> bool:
    # Cc and Cf: control characters and invisible ones such as U+202E, which turns what follows around; Cs, Co, Cn: no text.
    # Emoji are spelt with two of those that show nothing, and several scripts with the first of them.
    return char in ("\u200d", EMOJI_STYLE) or (unicodedata.category(char)[0] != "C" and char not in INVISIBLE)
