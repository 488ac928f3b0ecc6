"""Which keys share letters with a query: an inverted index of grams in plain arrays.

Every key (a folded or romanised name) is cut into grams, each of them one 64-bit number, so that an index is built, stored and
loaded as a few arrays and no Python object stands for a posting.  It proposes candidates; ``ranking`` decides.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_START, _WORD, _PAIR = 1, 2, 3
"""Code points that no folded text has: before a key, before a word, before two neighbouring ideographs."""
_BITS: Final = 21
"""Of a code point; three of them and the sign make 64."""
_FIRST_IDEOGRAPH: Final = 0x2E80
"""From here on (kana, Han, Hangul) two letters say as much as three of an alphabet."""
_SPACE, _LINE_FEED = 0x20, 0x0A

GRAMS_MAX: Final = 32
"""Of a query, the rarest: the others are in too many keys to tell any from another."""
POSTINGS_MAX: Final = 300_000
"""Read for one query at most (about 2 ms): the commonest grams of a long query are left out."""
_LENGTH_WEIGHT: Final = 0.4
"""How much a key loses by what it has beside the query: 1 is the Dice coefficient, which would never propose a long name for
its beginning; chosen on real names."""
_WEAK: Final = 0.2
"""Of the best candidate's score: what has less never wins."""
_CHUNK: Final = 1 << 20
"""Postings counted at once while an index is built: ``bincount`` holds the interpreter's lock, about 5 ms for so many."""


class GramIndex:
    """Keys by the grams they have.  Immutable; made by :meth:`build` or :meth:`of_arrays`."""

    def __init__(
        self,
        vocabulary: NDArray[np.int64],
        offsets: NDArray[np.int64],
        postings: NDArray[np.int32],
        lengths: NDArray[np.float32],
    ) -> None:
        self._vocabulary, self._offsets, self._postings, self._lengths = vocabulary, offsets, postings, lengths
        self._counts = np.diff(offsets)
        self._weights = _rarity(len(lengths), self._counts)

    def __len__(self) -> int:
        return len(self._lengths)

    @classmethod
    def build(cls, keys: Sequence[str]) -> "GramIndex":
        """An index of ``keys``, which are known by their places from here on."""
        gram, key = _grams(keys)
        order = np.lexsort((key, gram))
        gram, key = gram[order], key[order]
        fresh = np.ones(len(gram), dtype=bool)
        fresh[1:] = (gram[1:] != gram[:-1]) | (key[1:] != key[:-1])
        gram, key = gram[fresh], key[fresh]
        vocabulary, starts, counts = np.unique(gram, return_index=True, return_counts=True)
        weights = np.repeat(_rarity(len(keys), counts), counts)
        lengths = np.zeros(len(keys), dtype=np.float32)
        for begin in range(0, len(key), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            lengths += np.bincount(key[part], weights=weights[part], minlength=len(keys)).astype(np.float32)
        return cls(vocabulary, np.append(starts, len(gram)).astype(np.int64), key, lengths)

    def candidates(self, query: str, limit: int, *, length_weight: float = _LENGTH_WEIGHT) -> NDArray[np.int64]:
        """The places of at most ``limit`` keys that have most of the query's grams, in no order."""
        nothing = np.empty(0, dtype=np.int64)
        if not len(self._vocabulary):
            return nothing
        wanted = _grams_of(query)
        if not len(wanted):
            return nothing
        place = np.minimum(np.searchsorted(self._vocabulary, wanted), len(self._vocabulary) - 1)
        known = place[self._vocabulary[place] == wanted]
        if not len(known):
            return nothing
        unknown = float(np.log1p(len(self))) * (len(wanted) - len(known))
        total = float(self._weights[known].sum()) + unknown
        rarest = known[np.argsort(self._counts[known])][:GRAMS_MAX]
        affordable = int(np.searchsorted(np.cumsum(self._counts[rarest]), POSTINGS_MAX, side="right"))
        rarest = rarest[: max(1, affordable)]
        found = [self._postings[self._offsets[gram] : self._offsets[gram + 1]] for gram in rarest]
        weights = np.repeat(self._weights[rarest], self._counts[rarest])
        shared = np.bincount(np.concatenate(found), weights=weights, minlength=len(self))
        touched: NDArray[np.int64] = np.flatnonzero(shared)
        score = shared[touched] / (total + length_weight * self._lengths[touched])
        # Without this, half a million keys that share one gram are parted, and ties make that slow.
        strong = score >= score.max() * _WEAK
        touched, score = touched[strong], score[strong]
        if limit < len(touched):
            touched = touched[np.argpartition(score, -limit)[-limit:]]
        return touched

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`of_arrays` needs."""
        return {
            "vocabulary": self._vocabulary,
            "offsets": self._offsets,
            "postings": self._postings,
            "lengths": self._lengths,
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "GramIndex":
        """The index that :meth:`arrays` took apart, over the same arrays."""
        return cls(arrays["vocabulary"], arrays["offsets"], arrays["postings"], arrays["lengths"])


def _rarity(keys: int, counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """How much it says that two keys share a gram, which ``counts`` of ``keys`` have."""
    return np.log1p(keys / np.maximum(counts, 1)).astype(np.float32)


@lru_cache(256)
def _grams_of(query: str) -> NDArray[np.int64]:
    """Each gram of a query once, in their order.  It is looked for in several indexes."""
    wanted = np.unique(_grams([query])[0])
    wanted.flags.writeable = False
    return wanted


def _grams(keys: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """All grams of all ``keys``, and the place of the key each is of; with repetitions, in no order.

    Trigrams of a key without its spaces (words may be written together or apart), the first two letters of each word, and
    pairs of neighbouring ideographs.
    """
    text = "".join(f"{key}\n" for key in keys)
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.int64)
    end = codes == _LINE_FEED
    owner = (np.cumsum(end) - end).astype(np.int32)
    gap = end | (codes == _SPACE)
    after_gap = np.ones(len(codes), dtype=bool)
    after_gap[1:] = gap[:-1]
    word = np.flatnonzero(after_gap[:-1] & ~gap[:-1] & ~gap[1:])
    words = (_WORD << 2 * _BITS) | (codes[word] << _BITS) | codes[word + 1]
    written = codes != _SPACE
    code, place = codes[written], owner[written]
    stop = code == _LINE_FEED
    first = np.full(len(code), _START, dtype=np.int64)
    second = first.copy()
    first[1:] = np.where(stop[:-1], _START, code[:-1])
    second[2:] = np.where(stop[1:-1] | stop[:-2], _START, code[:-2])
    inside = ~stop
    trigrams = ((second << 2 * _BITS) | (first << _BITS) | code)[inside]
    pair = inside & (code >= _FIRST_IDEOGRAPH) & (first >= _FIRST_IDEOGRAPH)
    pairs = (_PAIR << 2 * _BITS) | (first[pair] << _BITS) | code[pair]
    return np.concatenate([trigrams, words, pairs]), np.concatenate([place[inside], owner[word], place[pair]])
