"""A name letter by letter: as it is folded, and where each folded letter stands in the name.

:func:`catalog.search.folding.fold` is for comparing whole names and forgets where a letter was; this keeps it, and leaves out only
what that makes of numerals and seasons, which are compared word by word.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from catalog.search.folding import FOLDED_MAX, SOUND_MARKS, fold
from catalog.search.romanisation import romanised

_HALF_WIDTH: Final = {"\uff9e": "\u3099", "\uff9f": "\u309a"}
"""Sound marks that stand beside their letter, as in ｶﾞ."""


def follows(letter: str) -> bool:
    """Whether a letter belongs to the one before it."""
    return letter in _HALF_WIDTH or unicodedata.combining(letter) != 0


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a name: its folded letters, and the place in the name of each."""

    key: str
    places: tuple[int, ...]


def words_of(name: str) -> tuple[Word, ...]:
    """The words of ``name``, as far as names are looked at."""
    words: list[Word] = []
    letters: list[str] = []
    places: list[int] = []

    def end() -> None:
        if letters:
            words.append(Word("".join(letters), tuple(places)))
            letters.clear()
            places.clear()

    for place, letter in enumerate(name[: 2 * FOLDED_MAX]):
        written = _HALF_WIDTH.get(letter, letter)
        if written == "々" and letters:
            letters.append(letters[-1])
            places.append(place)
            continue
        if written in SOUND_MARKS and letters:
            voiced = _folded(unicodedata.normalize("NFC", letters[-1] + written)) or ""
            letters[-1] = voiced if len(voiced) == 1 else letters[-1]
            continue
        if unicodedata.combining(written):
            continue
        folded = _folded(written)
        if folded is None:
            end()
            continue
        for part in folded:
            if part == " ":
                end()
            else:
                letters.append(part)
                places.append(place)
    end()
    return tuple(words)


@lru_cache(8192)
def _folded(letter: str) -> str | None:
    """One letter folded, empty where it only joins others ("'"); ``None`` where it parts words."""
    # Beside a letter, or what is dropped between two would be taken for what parts them.
    beside = fold(f"q{letter}q")
    if beside == "qq":
        return ""
    inner = beside[1:-1]
    return None if not inner.strip() else inner


@lru_cache(8192)
def counted(key: str) -> str:
    """A word as a number where it is one ("ii", "2nd")."""
    return fold(f"q {key}").removeprefix("q ")


@lru_cache(8192)
def latin(key: str) -> str:
    """A folded word in Latin letters."""
    return romanised(key).replace(" ", "")


def latin_length(key: str, wanted: int) -> int:
    """How many letters of ``key`` sound like the first ``wanted`` letters of it in Latin."""
    return next((length for length in range(1, len(key) + 1) if len(latin(key[:length])) >= wanted), len(key))
