"""How a name and a query are spelt alike before they are compared: case, marks, widths, scripts of kana, numerals, seasons."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

FOLDED_MAX: Final = 160
"""Characters kept of a folded name: what is longer differs long before; compatibility folding makes up to 18 of one."""

SOUND_MARKS: Final = {"\u3099", "\u309a"}
"""Combining marks that make another letter: か and が, は and ぱ."""

_LETTERS: Final = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "×": "x",
        "✕": "x",
        "✖": "x",
        "☓": "x",
        "'": "",
        "’": "",
        "‘": "",
        "`": "",
        "´": "",
        "ʼ": "",
        "&": " and ",
        "＆": " and ",
        "ー": "",
        "〜": " ",
        "²": " 2 ",
        "³": " 3 ",
        "ヵ": "カ",
        "ヶ": "ケ",
    }
)
_KATAKANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_REPEATED: Final = re.compile("(.)々")
_NOT_WORD: Final = re.compile(r"[\W_]+")

_ROMAN: Final = {
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "xi": "11",
    "xii": "12",
}
"""Without v and x, which are words of titles ("Hunter x Hunter"); v counts at the end alone."""
_ORDINALS: Final = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "перви": "1", "второи": "2", "третии": "3", "четвертыи": "4", "пятыи": "5",
}  # fmt: skip
_SEASON: Final = r"(?:season|series|part|cour|stage|сезон|часть|тв)"
_NUMBERED: Final = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b|\b(\d{1,2}) ?(?:и|ыи|ои|ии|я)\b(?= (?:сезон|част))")
_SEASON_AFTER: Final = re.compile(rf"\b(\d{{1,2}}) {_SEASON}\b")
_SEASON_BEFORE: Final = re.compile(rf"\b(?:{_SEASON} ?|s)0?(\d{{1,2}})\b")
_MAY_COUNT: Final = re.compile(rf"[0-9]|\b(?:{'|'.join((*_ROMAN, *_ORDINALS, 'v'))})\b|[期季部]|しり|くる|しず")
"""Without any of these, nothing is counted."""
_HAN_DIGITS: Final = {digit: str(value) for value, digit in enumerate("一二三四五六七八九", start=1)}
_HAN_SEASON: Final = re.compile(
    "(?:第([0-9]{1,2}|[一二三四五六七八九十]{1,2})|([0-9]{1,2}))(?:期|季|部|しりず|しずん|くる)"
)


def fold(text: str) -> str:
    """``text`` in the spelling names are compared in: words parted by single spaces, at most ``FOLDED_MAX`` characters."""
    return _folded(text[: 2 * FOLDED_MAX])


@lru_cache(512)
def _folded(text: str) -> str:
    """A query is folded for each index that it is looked for in, and for each name that it is compared with."""
    plain = text.translate(_LETTERS)
    if plain.isascii():
        plain = plain.lower()
    else:
        apart = unicodedata.normalize("NFKD", plain).casefold().translate(_LETTERS)
        plain = "".join(c for c in apart if not unicodedata.combining(c) or c in SOUND_MARKS)
        plain = _REPEATED.sub(r"\1\1", unicodedata.normalize("NFC", plain).translate(_KATAKANA))
    words = _NOT_WORD.sub(" ", plain[: 4 * FOLDED_MAX]).strip()
    return _numbered(words)[:FOLDED_MAX].strip() if _MAY_COUNT.search(words) else words[:FOLDED_MAX].strip()


def _numbered(words: str) -> str:
    """Folded ``words`` with every way to say the number of a season as that number, and the first left out at the end."""
    words = _HAN_SEASON.sub(lambda found: f" {_han_number(found[1] or found[2])} ", words)
    parts = words.split()
    for place, word in enumerate(parts[1:], start=1):
        if word in _ROMAN:
            parts[place] = _ROMAN[word]
        elif word == "v" and place == len(parts) - 1:
            parts[place] = "5"
        elif word in _ORDINALS and place + 1 < len(parts):
            parts[place] = f"{_ORDINALS[word]}th"
    counted = " ".join(parts)
    words = _NUMBERED.sub(lambda found: found[1] or found[2], counted)
    words = _SEASON_BEFORE.sub(r"\1", _SEASON_AFTER.sub(r"\1", words))
    kept = words.split()
    first = len(kept) > 1 and kept[-1] == "1" and words != counted
    return " ".join(kept[:-1] if first else kept)


def _han_number(text: str) -> str:
    if text.isdigit():
        return str(int(text))
    tens, found, units = text.partition("十")
    if not found:
        return "".join(_HAN_DIGITS[digit] for digit in text)
    return str(int(_HAN_DIGITS.get(tens, "1")) * 10 + int(_HAN_DIGITS.get(units, "0")))
