"""What of a name was typed: together, word by word, or nearly.  Pure; some 0.2 ms a name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from catalog.search import ranking
from catalog.search.folding import fold
from catalog.search.highlights.letters import Word, counted, follows, latin, latin_length, words_of
from catalog.search.highlights.model import Matched, MatchedBy, Range
from catalog.search.keyboard import other_layout
from catalog.search.model import Name, Readings
from catalog.search.romanisation import romanised

NAMES_MAX: Final = 120
"""Names of one release that are looked at: as many as it can have."""
_QUERY_MAX: Final = 100
_COVERED: Final = 0.6
"""Of the query's letters: what marks less is a coincidence of single words."""
_NEARLY: Final = 70.0
"""Of a hundred: how alike a part of a name is that is marked as a whole."""


@dataclass(frozen=True, slots=True)
class _Marks:
    """Places in a name, and how many letters of the query they stand for."""

    places: frozenset[int]
    letters: int


_NOTHING: Final = _Marks(frozenset(), 0)


def matched(query: str, names: Sequence[Name], readings: Readings) -> Matched | None:
    """The name of ``names`` that ``query`` is most like, earlier ones first among equals, and what of it was typed.

    ``None`` where it is like none of them.
    """
    return matched_each(query, {"": names}, readings).get("")


def matched_each(query: str, named: Mapping[str, Sequence[Name]], readings: Readings) -> dict[str, Matched]:
    """The same of each of ``named`` that has such a name; all names are compared at once, which saves half of the time."""
    found = _matched(query[:_QUERY_MAX], named, readings)
    rest = {one: names for one, names in named.items() if one not in found}
    if rest and (turned := other_layout(query[:_QUERY_MAX])) is not None:
        found |= _matched(turned, rest, readings)
    return found


def _matched(query: str, named: Mapping[str, Sequence[Name]], readings: Readings) -> dict[str, Matched]:
    folded = fold(query)
    letters = folded.replace(" ", "")
    if not letters:
        return {}
    spoken = romanised(folded)
    looked_at = {one: names[:NAMES_MAX] for one, names in named.items() if names}
    keys = [_keys(name.text) for names in looked_at.values() for name in names]
    if not keys:
        return {}
    scores = ranking.likeness(folded, [key for key, _ in keys])
    if spoken:
        scores = np.maximum(scores, ranking.likeness(spoken, [sound for _, sound in keys]))
    least = ranking.least_alike(len(letters))
    found: dict[str, Matched] = {}
    begin = 0
    for one, names in looked_at.items():
        own = scores[begin : begin + len(names)].tolist()
        begin += len(names)
        match = _best(folded, names, own, least) or _shortened(letters, spoken.replace(" ", ""), names)
        match = match or _read(spoken, least, names, readings)
        if match is not None:
            found[one] = match
    return found


def _best(folded: str, names: Sequence[Name], scores: Sequence[float], least: float) -> Matched | None:
    for place in sorted(range(len(names)), key=lambda at: (-round(scores[at], 2), at)):
        if scores[place] < least:
            break
        if (ranges := marked(folded, names[place].text)) is not None:
            return Matched(names[place].text, ranges, MatchedBy.NAME)
    return None


@lru_cache(16_384)
def _keys(name: str) -> tuple[str, str]:
    """A name folded, and in Latin letters; titles that many search for are compared again and again."""
    folded = fold(name)
    return folded, romanised(folded)


def marked(folded: str, name: str) -> tuple[Range, ...] | None:
    """The ranges of ``name`` that a folded query means; ``None`` where too little of it is there."""
    words = words_of(name)
    if not words:
        return None
    asked = folded.split()
    joined = "".join(asked)
    ways: tuple[Callable[[], _Marks], ...] = (
        lambda: _together(joined, words),
        lambda: _word_by_word(asked, words),
        lambda: _together_in_latin(latin(joined), words),
        lambda: _word_by_word([latin(word) for word in asked], words, in_latin=True),
        lambda: _nearly(joined, words),
        lambda: _nearly(latin(joined), words, in_latin=True),
    )
    best = _NOTHING
    for way in ways:
        found = way()
        if found.letters > best.letters:
            best = found
        if best.letters >= len(joined):
            break
    if best.letters < _COVERED * min(len(joined), sum(len(word.key) for word in words)):
        return None
    return _ranges(best.places, words, name)


def _together(joined: str, words: Sequence[Word]) -> _Marks:
    """All letters in a row, however words are parted; from the beginning of a word where that can be."""
    text = "".join(word.key for word in words)
    places = [place for word in words for place in word.places]
    start, at = 0, -1
    for word in words:
        if text.startswith(joined, start):
            at = start
            break
        start += len(word.key)
    if at < 0 and (len(joined) >= ranking.SHORT or not joined.isascii()):
        at = text.find(joined)
    if at < 0 or not joined:
        return _NOTHING
    return _Marks(frozenset(places[at : at + len(joined)]), len(joined))


def _together_in_latin(joined: str, words: Sequence[Word]) -> _Marks:
    """The same by how it sounds."""
    spoken = [latin(word.key) for word in words]
    text, start = "".join(spoken), 0
    for first, sound in enumerate(spoken):
        if joined and text.startswith(joined, start):
            return _heard(joined, words[first:], spoken[first:])
        start += len(sound)
    return _NOTHING


def _heard(joined: str, words: Sequence[Word], spoken: Sequence[str]) -> _Marks:
    places: set[int] = set()
    left = len(joined)
    for word, sound in zip(words, spoken, strict=True):
        if left <= 0:
            break
        taken = min(left, len(sound))
        length = len(word.key) if taken == len(sound) else latin_length(word.key, taken)
        places.update(word.places[:length])
        left -= taken
    return _Marks(frozenset(places), len(joined))


def _word_by_word(asked: Sequence[str], words: Sequence[Word], *, in_latin: bool = False) -> _Marks:
    """Each word of the query for itself, in any order; the last one may be half typed."""
    free = list(words)
    places: set[int] = set()
    letters = 0
    for number, word in enumerate(asked):
        last = number == len(asked) - 1
        best = min(
            ((_distance(word, latin(one.key) if in_latin else one.key, last=last), at) for at, one in enumerate(free)),
            default=(None, 0),
            key=lambda pair: (99, 0) if pair[0] is None else (pair[0][0], pair[1]),
        )
        if best[0] is None or not word:
            continue
        one = free.pop(best[1])
        length = best[0][1]
        if in_latin and length < len(latin(one.key)):
            length = latin_length(one.key, length)
        elif in_latin:
            length = len(one.key)
        places.update(one.places[:length])
        letters += len(word)
    return _Marks(frozenset(places), letters)


def _distance(asked: str, word: str, *, last: bool) -> tuple[int, int] | None:
    """How far ``asked`` is from ``word``, and how many letters of that it is; ``None``: it is another word."""
    if asked == word or counted(asked) == counted(word):
        return 0, len(word)
    if (last or len(asked) > 1) and word.startswith(asked):
        return 1, len(asked)
    allowed = 2 if len(asked) >= 8 else 1 if len(asked) >= 4 else 0
    if not allowed:
        return None
    whole = OSA.distance(asked, word, score_cutoff=allowed)
    if whole <= allowed:
        return 1 + whole, len(word)
    part = OSA.distance(asked, word[: len(asked)], score_cutoff=allowed)
    return (2 + part, min(len(asked), len(word))) if last and part <= allowed else None


def _nearly(joined: str, words: Sequence[Word], *, in_latin: bool = False) -> _Marks:
    """The part that is most alike, where that is near enough: several typing errors in a long name."""
    if len(joined) < ranking.SHORT:
        return _NOTHING
    owners: list[int] = []
    text = ""
    for word in words:
        key = latin(word.key) if in_latin else word.key
        text += key
        for at in range(len(key)):
            place = at if len(key) == len(word.key) else latin_length(word.key, at + 1) - 1
            owners.append(word.places[place])
    found = fuzz.partial_ratio_alignment(joined, text, score_cutoff=_NEARLY)
    if found is None or found.score < _NEARLY:
        return _NOTHING
    # Of a name inside the query the other way round: then all of it is marked.
    return _Marks(
        frozenset(owners[found.dest_start : found.dest_end]), int((found.src_end - found.src_start) * found.score / 100)
    )


def _ranges(places: Iterable[int], words: Sequence[Word], name: str) -> tuple[Range, ...]:
    """Marked places as ranges; marks and joining signs go with the letter before them, and so does what parts two marked words."""
    wanted = set(places)
    known = {place for word in words for place in word.places}
    ranges: list[list[int]] = []
    for place in sorted(wanted):
        end = place + 1
        while end < len(name) and end not in known and (follows(name[end]) or _joins(end, name, words)):
            end += 1
        if ranges and place <= ranges[-1][1]:
            ranges[-1][1] = max(end, ranges[-1][1])
        elif ranges and not (known & set(range(ranges[-1][1], place))):
            ranges[-1][1] = end
        else:
            ranges.append([place, end])
    return tuple((start, end) for start, end in ranges)


def _joins(place: int, name: str, words: Sequence[Word]) -> bool:
    """Whether what stands at ``place`` is inside a word and stands for no letter of its own."""
    return not name[place].isspace() and any(word.places[0] < place < word.places[-1] for word in words)


def _shortened(letters: str, spoken: str, names: Sequence[Name]) -> Matched | None:
    for name in names:
        words = words_of(name.text)
        for wanted, key_of in ((letters, lambda word: word.key), (spoken, lambda word: latin(word.key))):
            pieces = _pieces(wanted, [key_of(word) for word in words])
            if pieces is not None:
                places = {
                    place
                    for word, length in zip(words, pieces, strict=False)
                    if length
                    for place in word.places[: min(length, len(word.places))]
                }
                return Matched(name.text, _ranges(places, words, name.text), MatchedBy.INITIALS)
    return None


def _pieces(letters: str, keys: Sequence[str]) -> list[int] | None:
    """How many letters of each word make ``letters``: the first of all of them, or beginnings of some as in "konosuba"."""
    if ranking.initials(" ".join(keys)) == letters:
        return [1] * len(keys)
    if len(letters) not in ranking.CONTRACTION_LETTERS or not ranking.is_contraction(letters, " ".join(keys)):
        return None
    left = letters
    taken = []
    for key in keys:
        length = next((size for size in range(min(len(left), len(key)), 0, -1) if key.startswith(left[:size])), 0)
        # One letter is no piece, and none is left over.
        while length and (length == 1 or len(left) - length == 1):
            length -= 1
        taken.append(length)
        left = left[length:]
    return taken if not left else None


def _read(spoken: str, least: float, names: Sequence[Name], readings: Readings) -> Matched | None:
    """By a dictionary's reading: which letter makes which sound nobody says, so that all of the name is marked."""
    for name in names if spoken else ():
        if name.text.isascii():
            continue
        heard = [romanised(fold(reading)) for reading in readings(name.text)]
        if heard and float(max(ranking.likeness(spoken, heard))) >= least:
            return Matched(name.text, ((0, len(name.text)),), MatchedBy.READING)
    return None
