"""How alike a query and a name are, and from where on they are alike at all.

All texts are keys: folded and, where they are in Latin letters, romanised alike.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, Indel

_PREFIX: Final = 0.9
"""What a name scores whose beginning is the query, however much follows: what is the whole name comes first."""
_PART: Final = 0.8
"""The same for a query from the middle of a name."""
_WITHOUT_NUMBER: Final = 0.06
"""Taken where the query names a season and the release has none of that number."""
_WITH_NUMBER: Final = 0.03
"""Taken where the release is a season the query does not name: the first comes first."""
SHORT: Final = 4
"""Letters below which a query is looked for at the beginning of a name or as it stands, not somewhere inside."""
LEAST_ALIKE: Final = ((3, 0.9), (4, 0.85), (5, 0.78), (6, 0.76), (7, 0.74), (8, 0.72), (10, 0.7), (12, 0.66))
"""Letters of the query, at most → the score below which a name is another name: no typo up to four letters, one from five, two
from eight (as Meilisearch and Algolia do).  Measured on made-up words, of which 1 in 25 still finds something."""
_LEAST_ALIKE_LONG: Final = 0.63


def least_alike(letters: int) -> float:
    """The score from which on a name counts as found by a query of so many letters."""
    return next((least for most, least in LEAST_ALIKE if letters <= most), _LEAST_ALIKE_LONG)


_LEAST_NEAR: Final = ((5, 0.75), (8, 0.66))
"""Letters of the query, at most → how much of a name must be the same for it to be offered where nothing was found: one letter of
four or five is wrong, two of six to eight.  Of 200 words of random letters at most four come so near to one of 640 titles."""
_LEAST_NEAR_LONG: Final = 0.6
_NEAR_BEGINNING: Final = 0.95


def least_near(letters: int) -> float:
    """The nearness from which on a name may be meant by a query of so many letters."""
    return next((least for most, least in _LEAST_NEAR if letters <= most), _LEAST_NEAR_LONG)


def nearness(letters: str, keys: Sequence[str]) -> NDArray[np.float64]:
    """How much of each of ``keys``, or of its beginning, is the same as ``letters``, from 0 to 1; the latter without spaces."""
    names = [key.replace(" ", "") for key in keys]
    whole = _alike(letters, names, OSA.normalized_similarity)
    beginning = _alike(letters, [name[: len(letters)] for name in names], OSA.normalized_similarity)
    near: NDArray[np.float64] = np.maximum(whole, beginning * _NEAR_BEGINNING)
    return near


def likeness(query: str, keys: Sequence[str]) -> NDArray[np.float64]:
    """How alike ``query`` and each of ``keys`` are, from 0 to 1: the best of whole, beginning, words in any order, and part."""
    letters = query.replace(" ", "")
    names = [key.replace(" ", "") for key in keys]
    lengths = np.array([len(name) for name in names])
    cover = np.minimum(1, len(letters) / np.maximum(lengths, 1))
    whole = _alike(letters, names, OSA.normalized_similarity)
    beginning = _alike(letters, [name[: len(letters)] for name in names], OSA.normalized_similarity)
    beginning *= _PREFIX + (1 - _PREFIX) * cover
    best: NDArray[np.float64] = np.maximum(whole, beginning)
    if len(letters) >= SHORT:
        words = " ".join(sorted(query.split()))
        any_order = _alike(words, [" ".join(sorted(key.split())) for key in keys], Indel.normalized_similarity)
        inside = _alike(query, keys, fuzz.partial_ratio) / 100
        # A name inside the query is not what was asked for: it counts by how much of the query it is.
        inside *= (_PART + (1 - _PART) * cover) * np.minimum(1, lengths / len(letters))
        best = np.maximum.reduce([best, any_order, inside])
    else:
        at_words = np.array([float(f" {query}" in f" {key}") for key in keys])
        best = np.maximum(best, at_words * (_PREFIX + (1 - _PREFIX) * cover))
    return best


def season_difference(query: str, main_name: str, all_names: str) -> float:
    """What is taken from the score for numbers: ``main_name`` and ``all_names`` are the numbers in a release's names."""
    asked = {word for word in query.split() if word.isdigit()}
    taken = _WITHOUT_NUMBER if asked - set(all_names.split()) else 0.0
    return taken + (_WITH_NUMBER if set(main_name.split()) - asked else 0.0)


def numbers(key: str) -> str:
    """The numbers among the words of a key, parted by spaces."""
    return " ".join(word for word in key.split() if word.isdigit())


def initials(key: str) -> str | None:
    """The first letters of a name of three words or more ("snk"); ``None`` where there are fewer."""
    words = key.split()
    return "".join(word[0] for word in words) if len(words) >= _INITIALS_MIN else None


_INITIALS_MIN: Final = 3
_PIECE_MIN: Final = 2
"""Letters of each word in a contraction: "konosuba" is *kono* and *suba*rashii."""
CONTRACTION_LETTERS: Final = range(5, 15)
_CONTRACTION_WORDS_MAX: Final = 16


def is_contraction(letters: str, key: str) -> bool:
    """Whether ``letters`` are beginnings of two or three words of the name, in order ("konosuba", "danmachi")."""
    words = key.split()[:_CONTRACTION_WORDS_MAX]

    def fits(rest: str, start: int, pieces: int) -> bool:
        if not rest:
            return pieces > 1
        if pieces == 3:
            return False
        return any(
            word.startswith(rest[:length]) and fits(rest[length:], place + 1, pieces + 1)
            for place, word in enumerate(words[start:], start=start)
            for length in range(_PIECE_MIN, min(len(rest), len(word)) + 1)
            if len(rest) - length != 1
        )

    return bool(words) and words[0].startswith(letters[:_PIECE_MIN]) and fits(letters, 0, 0)


def _alike(query: str, names: Sequence[str], scorer: Any) -> NDArray[np.float64]:
    row: NDArray[np.float64] = process.cdist([query], names, scorer=scorer, dtype=np.float64)[0]
    return row
