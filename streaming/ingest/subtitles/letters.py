"""How likely a text is in a language, by its letters and pairs of letters.

The frequencies in ``letters.json`` were counted over the word lists of wordfreq 3.1 (PyPI), in bits: ``letters`` of one
standing anywhere, ``pairs`` of the second letter after the first, where ``_`` is the edge of a word.  Thai, Estonian and Thai, which the lists do not have, are estimates.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final

_WORD: Final = re.compile(r"(?:[^\W\d_]|[\u0e31-\u0e4e])+|[^\x00-\x7f]")
"""Letters, with the vowels that Thai writes as marks; or one other character."""
_MIXED: Final = re.compile(r"[A-Za-z][\u0370-\u2dff]|[\u0370-\u2dff][A-Za-z]")
_EDGE: Final = "_"
_ENGLISH: Final = "en"

_PLAIN_BITS: Final = 4.5
"""For each character of ASCII, the same in every encoding: what another reading of its byte has to compete with."""
_BACK_OFF_BITS: Final = 3.0
"""For a pair that is none of the frequent ones, besides its second letter."""
_RARE_BITS: Final = 16.0
"""For a letter that the language does not have; names and loan words bring some."""
_SYMBOL_BITS: Final = 18.0
"""For what is neither a letter nor punctuation that people write: ``¬``, ``Ё`` of box drawing, half-width forms."""
_RARE_CHARACTER_BITS: Final = 19.0
"""For a character of Chinese that is none of the frequent ones; there are 20,000."""
_EDGE_BITS: Final = 7.0
"""For a letter that words seldom end with."""
_CASE_BITS: Final = 7.0
"""For a capital behind a small letter, which is how a wrong encoding looks."""

_MIXED_BITS: Final = 12.0
"""For a word in letters of ASCII and of another alphabet."""

_PUNCTUATION: Final = {
    **dict.fromkeys("…–—’“”«»„♪", 7.0),
    **dict.fromkeys("¿¡‘\u00a0·№€°♫™®©‹›\u200e\u200f\u200c\u200d،؟؛・ー", 10.0),
    **dict.fromkeys("。、「」『』！？，：；（）～《》\u3000", 6.0),
}


@dataclass(frozen=True, slots=True)
class _Language:
    letters: Mapping[str, float]
    pairs: Mapping[str, float]


def sample(text: str) -> tuple[dict[str, int], int]:
    """The words of ``text`` (and its other characters beyond ASCII), and how many characters stand outside them."""
    words: dict[str, int] = {}
    inside = 0
    for word in _WORD.findall(text):
        words[word] = words.get(word, 0) + 1
        inside += len(word)
    return words, len(text) - inside


def bits(words: Mapping[str, int], plain: int, language: str) -> float:
    """How surprising such a text is in ``language``: the fewer, the likelier.

    Words of ASCII alone may be English anywhere.
    """
    return plain * _PLAIN_BITS + sum(count * _word_bits(word, language) for word, count in words.items())


def languages() -> Iterable[str]:
    """The languages whose letters were counted (BCP 47)."""
    return _model().keys()


@lru_cache(maxsize=8192)
def _word_bits(word: str, language: str) -> float:
    bits = _bits_in(word, _model()[language])
    return min(bits, _bits_in(word, _model()[_ENGLISH])) if word.isascii() else bits


def _bits_in(word: str, model: _Language) -> float:
    if len(word) == 1 and not word.isalpha():
        return model.letters.get(word, _PUNCTUATION.get(word, _SYMBOL_BITS))
    total = 0.0
    before, small = _EDGE, False
    for character in word:
        letter = character.lower()[0]  # İ becomes two
        known = model.pairs.get(before + letter)
        total += _letter_bits(letter, model) if known is None else known
        if small and character != letter:
            total += _CASE_BITS
        before, small = letter, character == letter and letter != character.upper()
    if model.pairs:
        total += model.pairs.get(before + _EDGE, _EDGE_BITS)
    mixed = _MIXED.search(word) is not None
    return total + (_MIXED_BITS if mixed else 0.0)


def _letter_bits(letter: str, model: _Language) -> float:
    back_off = _BACK_OFF_BITS if model.pairs else 0.0
    if letter in model.letters:
        return model.letters[letter] + back_off
    if not letter.isalpha():
        return _SYMBOL_BITS
    return back_off + (_RARE_BITS if letter < "\u2e80" else _RARE_CHARACTER_BITS)


@cache
def _model() -> dict[str, _Language]:
    text = resources.files(__package__).joinpath("letters.json").read_text("utf-8")
    return {
        language: _Language(_costs(tables["letters"], 1), _costs(tables["pairs"], 2))
        for language, tables in json.loads(text).items()
    }


def _costs(levels: Mapping[str, str], size: int) -> dict[str, float]:
    return {keys[at : at + size]: float(bits) for bits, keys in levels.items() for at in range(0, len(keys), size)}
