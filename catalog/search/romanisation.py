"""Names in Latin letters, and what different romanisations of one sound have in common.

Kana after modified Hepburn (ALA-LC), Cyrillic after Polivanov turned into Hepburn ("дзюцу" → "jutsu"), every other script as
``anyascii`` writes it.  Kanji need a dictionary to be read: see ``adapters/readings.py``.
"""

import re
from functools import lru_cache
from typing import Final

from anyascii import anyascii

_ROWS: Final = {
    "": "あいうえお", "k": "かきくけこ", "g": "がぎぐげご", "s": "さしすせそ", "z": "ざじずぜぞ", "t": "たちつてと", "d": "だぢづでど",
    "n": "なにぬねの", "h": "はひふへほ", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ", "m": "まみむめも", "r": "らりるれろ",
}  # fmt: skip
_IRREGULAR: Final = {
    "し": "shi", "じ": "ji", "ち": "chi", "つ": "tsu", "ぢ": "ji", "づ": "zu", "ふ": "fu", "や": "ya", "ゆ": "yu", "よ": "yo",
    "わ": "wa", "を": "o", "ん": "n", "ゔ": "v", "ゐ": "i", "ゑ": "e", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o",
    "ゃ": "ya", "ゅ": "yu", "ょ": "yo", "ゎ": "wa", "っ": "", "ゕ": "ka", "ゖ": "ke",
}  # fmt: skip
_KANA: Final = {
    kana: consonant + vowel
    for consonant, row in _ROWS.items()
    for kana, vowel in zip(row, "aiueo", strict=True)
} | _IRREGULAR  # fmt: skip
_SMALL: Final = {"ゃ": "a", "ゅ": "u", "ょ": "o", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o", "ゎ": "a"}
_KANA_RUN: Final = re.compile("[ぁ-ゖ]+")
_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")

_CYRILLIC: Final = {
    "дзи": "ji", "дзя": "ja", "дзю": "ju", "дзе": "jo", "джи": "ji", "дж": "j", "дз": "z", "си": "shi", "ся": "sha", "сю": "shu",
    "се": "se", "ти": "chi", "тя": "cha", "тю": "chu", "цу": "tsu", "тсу": "tsu", "фу": "fu", "ва": "wa", "кс": "x",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "z", "и": "i", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "sh", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "є": "e", "і": "i", "ї": "i", "ґ": "g", "ў": "u",
}  # fmt: skip
_CYRILLIC_RUN: Final = re.compile("|".join(sorted(_CYRILLIC, key=len, reverse=True)))

_SOUNDS: Final = (
    (re.compile(r"\bwo\b"), "o"),
    (re.compile(r"\bha\b"), "wa"),
    (re.compile("tch"), "ch"),
    (re.compile("sy(?=[auo])"), "sh"),
    (re.compile("ty(?=[auo])"), "ch"),
    (re.compile("[zj]y(?=[auo])"), "j"),
    (re.compile("dz"), "z"),
    (re.compile("m(?=[bp])"), "n"),
    (re.compile("ou|oh(?![aeiouy])"), "o"),
    (re.compile(r"(\D)\1"), r"\1"),
)
"""Long vowels short, doubled letters single, Kunrei as Hepburn: what people and catalogues do differently."""


@lru_cache(512)
def romanised(folded: str) -> str:
    """Folded text in Latin letters, sounds folded as in :func:`sounds`.  A query is, again and again."""
    if not folded.isascii():
        folded = _CYRILLIC_RUN.sub(lambda found: _CYRILLIC[found[0]], folded)
        folded = anyascii(_KANA_RUN.sub(lambda found: _hepburn(found[0]), folded)).lower()
        folded = _NO_LETTERS.sub(" ", folded)
    return sounds(folded)


def sounds(latin: str) -> str:
    """Lower-case Latin words without what romanisations of the same sounds differ in ("Toukyou", "Tōkyō", "Tokyo")."""
    for pattern, replacement in _SOUNDS:
        latin = pattern.sub(replacement, latin)
    return latin.strip()


def _hepburn(kana: str) -> str:
    letters: list[str] = []
    for letter in kana:
        vowel = _SMALL.get(letter)
        if vowel is None or not letters:
            letters.append(_KANA.get(letter, ""))
            continue
        before = letters[-1]
        if letter in "ゃゅょ" and before.endswith("i"):
            letters[-1] = before[:-1] + ("" if before[:-1] in {"sh", "ch", "j"} else "y") + vowel
        elif letter not in "ゃゅょ" and len(before) > 1:
            letters[-1] = before[:-1] + vowel
        else:
            letters.append(vowel)
    return "".join(letters)
